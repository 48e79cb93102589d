"""The tables of the papers, computed anew: what they hold and how."""
