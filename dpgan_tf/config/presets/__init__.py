"""Named recipes. Paper numbers cite their table; `# ours` is ours."""

import difflib
from collections.abc import Mapping

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.presets import digits
from dpgan_tf.config.presets import health
from dpgan_tf.config.presets import pictures
from dpgan_tf.config.presets import ppgan

PURPOSES: Mapping[str, str] = {
    "mnist_quick": "tiny networks, to see every stage in four minutes",
    "mnist": "dp-GAN's Algorithm 3 on two CPU cores in half an hour",
    "mnist_basic": "dp-GAN's Algorithm 1: one group, a fixed bound",
    "dpgan_mnist": "the numbers of dp-GAN's Table 1, for a GPU",
    "mnist_decoupled": "labels, and noise against one term of the loss",
    "mnist_surrogate": "labelled images without public ones: our best",
    "mnist_features": "labelled images with public ones: our best",
    "ppgan": "PPGAN of Liu et al.",
    "dpgan_ehr": "rows of health records",
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
      ConfigError: if there is none of that name.
    """
    if name in _RECIPES:
        return _RECIPES[name]
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {names()}."
    raise errors.ConfigError(f"unknown preset {name!r}; {hint}")
