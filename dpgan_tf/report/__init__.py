"""One page about a run: privacy statement, pictures, curves, scores."""
