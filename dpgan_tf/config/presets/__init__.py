"""Named configurations. Paper numbers cite their table; `# ours` is ours."""

import difflib

from dpgan_tf import errors
from dpgan_tf.config import settings
from dpgan_tf.config.presets import digits
from dpgan_tf.config.presets import health
from dpgan_tf.config.presets import pictures
from dpgan_tf.config.presets import ppgan

_PRESETS = (
    digits.DPGAN_MNIST,
    digits.MNIST,
    digits.MNIST_BASIC,
    digits.MNIST_CONDITIONAL,
    digits.MNIST_DECOUPLED,
    digits.MNIST_SURROGATE,
    digits.MNIST_FEATURES,
    ppgan.PPGAN_INFINITY,
    ppgan.PPGAN_20,
    ppgan.PPGAN_10,
    ppgan.PPGAN_5,
    ppgan.XIE_DPGAN,
    ppgan.DPGAN_10,
    health.DPGAN_EHR,
    health.PPGAN_EHR,
    digits.MNIST_QUICK,
    digits.FASHION_MNIST,
    pictures.CELEBA,
    pictures.LSUN_U,
    pictures.LSUN_L,
    pictures.PHOTOS_48,
    pictures.PHOTOS_64,
    digits.MNIST_NONE,
    digits.MNIST_S1,
    digits.MNIST_S3,
    digits.MNIST_S1_S3,
    digits.MNIST_S2_S3,
    digits.MNIST_S1_S3_S4,
)


def names() -> list[str]:
    """Return the names of all presets."""
    return [preset.preset for preset in _PRESETS]


def get(name: str) -> settings.Config:
    """Return a preset.

    Args:
      name: one of `names()`.

    Returns:
      Its configuration.

    Raises:
      ConfigError: if there is none of that name.
    """
    for preset in _PRESETS:
        if preset.preset == name:
            return preset
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {names()}."
    raise errors.ConfigError(f"unknown preset {name!r}; {hint}")
