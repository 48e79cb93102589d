"""What draws are told apart by. Members enter keys, so their values stay."""

import enum


class Purpose(enum.IntEnum):
    """What a step of a GAN draws for."""

    GENERATOR = -1
    CRITIC = 0
    BOUNDS = 1
    """Fakes that public records meet where bounds are estimated."""
    OTHERS = 2
    """Fakes that stand where there are no public records."""


class Kind(enum.IntEnum):
    """What a step of a GAN draws for one purpose."""

    LATENTS = 0
    MIXES = 1
    LABELS = 2
    COUNTS = 3


class OfSamples(enum.IntEnum):
    """What a block of samples of a release is drawn from."""

    LATENTS = 0
    COUNTS = 1
