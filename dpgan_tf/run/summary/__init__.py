"""The private summary of all records, and what is fitted to it."""
