"""Tests of the bench of unseen data."""
