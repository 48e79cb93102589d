"""The user's pictures: finding, decoding, storing and reading them."""
