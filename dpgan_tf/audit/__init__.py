"""The audit: an empirical lower bound of epsilon, beside the claim."""
