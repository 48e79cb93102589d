"""Data sources, each in a file; `registry` finds them here."""
