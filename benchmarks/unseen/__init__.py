"""A test bench: what a recipe reaches on pictures it was not tuned for."""
