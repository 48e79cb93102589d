"""What draws are told apart by. Members enter keys, so their values stay."""

import enum


class Purpose(enum.IntEnum):
    """What a step of a GAN draws for."""

    WAITING = -2
    """Fakes that say whether a generator step is due."""
    GENERATOR = -1
    CRITIC = 0
    BOUNDS = 1
    """Fakes that public records meet where bounds are estimated."""
    OTHERS = 2
    """Fakes that stand where there are no public records."""
    FAKES_AS_SEEN = 3
    """Shifts of the critic's fakes, beside those of the records."""


class Kind(enum.IntEnum):
    """What a step of a GAN draws for one purpose."""

    LATENTS = 0
    MIXES = 1
    LABELS = 2
    COUNTS = 3
    SHIFTS = 4


class OfSamples(enum.IntEnum):
    """What a block of samples of a release is drawn from."""

    LATENTS = 0
    COUNTS = 1
