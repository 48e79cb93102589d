"""Data sources, a file each; `registry` finds them here."""
