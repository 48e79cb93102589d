"""Public declarations of census tables."""
