"""Evaluation: scores of synthetic records."""
