"""Pictures of a generator: samples, and interpolations of latents."""

import numpy as np
import tensorflow as tf

from dpgan_tf import images
from dpgan_tf.release import latents
from dpgan_tf.release import sampling

_COLUMNS = 10
_ROWS = 8
_SEED = 1


def samples(generator: sampling.ExportedGenerator) -> tuple[bytes, bool]:
    """Return samples as PNG, and whether each column is a class.

    Args:
      generator: the release's generator.
    """
    grid = sampling.grid(generator, seed=_SEED)
    picture = images.make_grid(grid.images, columns=grid.columns)
    return images.png(picture), grid.is_by_class


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
