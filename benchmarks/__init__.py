"""Speed and memory of private and non-private critic steps."""
