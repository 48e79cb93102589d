"""Tables of mixed columns: their schema, reading, and writing."""
