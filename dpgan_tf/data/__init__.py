"""Records: where they come from, how they are split and sampled."""
