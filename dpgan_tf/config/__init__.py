"""The settings of a run: their rules, their texts, and the presets."""
