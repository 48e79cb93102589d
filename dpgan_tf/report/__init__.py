"""One page about a run: pictures, curves, scores, the privacy statement."""
