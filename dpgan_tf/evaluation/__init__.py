"""How good the synthetic records are."""
