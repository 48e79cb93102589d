"""Named recipes. Paper numbers cite their table; ours are marked `# ours`."""

import difflib
from collections.abc import Mapping

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.presets import digits
from dpgan_tf.config.presets import health
from dpgan_tf.config.presets import pictures
from dpgan_tf.config.presets import ppgan

PURPOSES: Mapping[str, str] = {
    "mnist_quick": "MNIST with tiny networks and few steps, for tests",
    "mnist": "dp-GAN's Algorithm 3 on two CPU cores in half an hour",
    "mnist_basic": "dp-GAN's Algorithm 1: one group, a fixed clip norm",
    "dpgan_mnist": "dp-GAN's Table 1 settings, for a GPU",
    "mnist_decoupled": "labelled MNIST, noise on one term of the loss only",
    "mnist_surrogate": "labelled images, none public: our best",
    "mnist_features": "labelled images, 2% public: our best",
    "ppgan": "PPGAN (Liu et al., 2019) on MNIST",
    "dpgan_ehr": "health records: rows of codes",
    "celeba": "dp-GAN's faces, 48 x 48, for a GPU",
    "lsun_l": "dp-GAN's labelled rooms, 64 x 64, for a GPU",
    "photos_48": "colour patches of photographs, in minutes",
}
"""What each preset is for."""

_RECIPES = {
    recipe.name: recipe
    for recipe in (
        digits.MNIST_QUICK,
        digits.MNIST,
        digits.MNIST_BASIC,
        digits.DPGAN_MNIST,
        digits.MNIST_DECOUPLED,
        digits.MNIST_SURROGATE,
        digits.MNIST_FEATURES,
        ppgan.PPGAN,
        health.DPGAN_EHR,
        pictures.CELEBA,
        pictures.LSUN_L,
        pictures.PHOTOS_48,
    )
}


def names() -> list[str]:
    """Return the names of all presets."""
    return list(_RECIPES)


def get(name: str) -> recipes.Recipe:
    """Return a preset.

    Args:
      name: one of `names()`.

    Returns:
      Its recipe.

    Raises:
      ConfigError: if there is no such preset.
    """
    if name in _RECIPES:
        return _RECIPES[name]
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {names()}."
    raise errors.ConfigError(f"unknown preset {name!r}; {hint}")
