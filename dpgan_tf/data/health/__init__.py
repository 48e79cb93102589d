"""Health records: MIMIC-III, simulated ones, rows of codes."""
