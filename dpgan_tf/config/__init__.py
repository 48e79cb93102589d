"""The settings of a run: their rules, their texts, the presets."""
