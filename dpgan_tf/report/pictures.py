"""Pictures of a generator: samples, and interpolations of latents."""

import numpy as np
import tensorflow as tf

from dpgan_tf import images
from dpgan_tf.release import grids
from dpgan_tf.release import latents
from dpgan_tf.release import sampling

NUM_OF_A_CLASS = 10
"""Number of samples that are shown of each class."""

_COLUMNS = 10
_ROWS = 8
_SEED = 1
_MOST_CLASSES, _FIRST_CLASSES = 26, 20
"""Most classes that are all shown, and how many are shown of more."""


def samples(
    generator: sampling.ExportedGenerator, *, variety: float = 1.0
) -> bytes:
    """Return a hundred samples as PNG, in the order of their seed.

    Args:
      generator: the release's generator.
      variety: factor of their latents.
    """
    made = generator.all_samples(_COLUMNS * _COLUMNS, _SEED, variety=variety)
    return png(made.examples)


def of_classes(
    generator: sampling.ExportedGenerator, *, variety: float = 1.0
) -> list[bytes]:
    """Return ten samples of each class as PNG, in a row for each class.

    Of many classes the first are shown.

    Args:
      generator: the release's generator.
      variety: factor of their latents.

    Returns:
      A picture for each class; none if the generator has no classes, or a
      class is so rare that ten samples of it are not found.
    """
    num_classes = generator.num_classes
    if num_classes > _MOST_CLASSES:
        num_classes = _FIRST_CLASSES
    if not num_classes:
        return []
    found = grids.first_of_classes(
        generator,
        _SEED,
        num_classes=num_classes,
        num=NUM_OF_A_CLASS,
        variety=variety,
    )
    return [png(some) for some in found or []]


def interpolation(generator: sampling.ExportedGenerator) -> bytes:
    """Return rows of samples, each between two latent vectors, as PNG.

    In each row the latent vector moves from one to the other on a great
    circle; the class, if there are classes, stays the same.

    Args:
      generator: the release's generator.
    """
    ends = latents.block_latents(_SEED, 0, latent_dim=generator.latent_dim)
    ends = ends.numpy()[: 2 * _ROWS].reshape(_ROWS, 2, -1)
    angles = np.linspace(0, np.pi / 2, _COLUMNS)
    # Independent normal vectors are nearly at right angles.
    between = (
        np.cos(angles)[:, None] * ends[:, :1]
        + np.sin(angles)[:, None] * ends[:, 1:]
    )
    inputs = {
        "latent": tf.constant(
            between.reshape(-1, generator.latent_dim), tf.float32
        )
    }
    if generator.num_classes:
        classes = np.repeat(np.arange(_ROWS) % generator.num_classes, _COLUMNS)
        labels = tf.constant(classes, tf.int64)
        inputs["label"] = labels + generator.first_label
    return png(generator.generate(inputs).numpy())


def png(some: np.ndarray) -> bytes:
    """Return images as one picture, in rows of ten.

    Args:
      some: [n, height, width, channels] in [-1, 1].

    Returns:
      A PNG file.
    """
    return images.png(images.make_grid(some, columns=_COLUMNS))
