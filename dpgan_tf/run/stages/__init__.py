"""The stages of a run, in order: warm start, private steps, release."""
