"""Names of draws. The members enter keys, so their values must not change."""

import enum


class Purpose(enum.IntEnum):
    """The purpose of a step's draws."""

    GENERATOR = -1
    CRITIC = 0
    BOUNDS = 1
    """Fakes for public records, in the estimation of bounds."""
    OTHERS = 2
    """Fakes that replace public records where there are none."""


class Kind(enum.IntEnum):
    """The kind of a step's draws for one purpose."""

    LATENTS = 0
    MIXES = 1
    LABELS = 2
    COUNTS = 3


class OfSamples(enum.IntEnum):
    """The draws for a block of a release's samples."""

    LATENTS = 0
    COUNTS = 1
    """Counts, or the cell of each block."""
    PLACES = 2
    """Places of numbers in their cells."""
