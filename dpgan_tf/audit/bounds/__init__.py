"""Lower bounds from scores of canaries that are in the data, and are not."""
