"""One budget for all runs on the same records, in a file of the data owner."""
