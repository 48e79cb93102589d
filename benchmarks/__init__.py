"""Speed and memory of private critic steps, beside non-private ones."""
