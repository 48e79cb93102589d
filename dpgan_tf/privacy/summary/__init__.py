"""Noisy sums over all records, made once: moments and features."""
