"""A run from its records to its release."""
