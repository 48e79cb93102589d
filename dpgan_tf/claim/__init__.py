"""The privacy claim of a release and its check; no TensorFlow."""
