"""The record of what was spent, written before it is spent."""
