"""Tests of the benchmarks: what they compute, never how fast it is."""
