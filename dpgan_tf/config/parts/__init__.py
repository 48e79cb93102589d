"""The parts of a recipe; each has only the settings that it uses."""
