"""What a plan of noisy steps costs: epsilon, noise, steps."""
