"""Networks, losses and the GANs built from them."""
