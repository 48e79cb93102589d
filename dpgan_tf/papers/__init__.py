"""The tables and figures of the papers, and all that only reproduces."""
