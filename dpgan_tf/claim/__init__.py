"""What a release states of its privacy, and the check of it; no TensorFlow."""
