"""Records drawn from a private summary: they stand for public ones.

Whatever follows from a summary that is private already needs no more
protection. Each class is a Gaussian of reduced images, which are brought back
to their size; pixels are cut to what a picture may have, and have the moments
of the summary when they are.
"""

import numpy as np
import tensorflow as tf

from dpgan_tf.data import records
from dpgan_tf.models import imitation
from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.run.summary import censoring

_AT_A_TIME = 1_000
"""Images that are in memory as float32."""

_LEAST_SPREAD = 1e-9


def draw(
    moments: class_moments.ClassMoments,
    *,
    shape: tuple[int, int, int],
    num: int,
    seed: int,
) -> records.PublicRecords:
    """Draw records, as many of each class as of another, or one more.

    Args:
      moments: of the classes.
      shape: height, width and channels of an image.
      num: how many.
      seed: the same one gives the same records; not protective.

    Returns:
      uint8 images with labels 0, 1, ..., 0, 1, ....
    """
    num_classes, size = moments.means.shape
    side = round((size / shape[2]) ** 0.5)
    labels = np.arange(num) % num_classes
    means, wider = _before_cut(moments)
    draws = np.random.default_rng(seed).standard_normal([len(labels), size])
    reduced = np.empty([len(labels), size], np.float32)
    for label in range(num_classes):
        mine = labels == label
        varied = draws[mine] @ moments.factors[label].T
        reduced[mine] = means[label] + wider[label] * varied
    images = np.empty([len(labels), *shape], np.uint8)
    for start in range(0, len(labels), _AT_A_TIME):
        some = slice(start, start + _AT_A_TIME)
        enlarged = tf.image.resize(
            reduced[some].reshape(-1, side, side, shape[2]),
            shape[:2],
            method="bicubic",
        )
        whole = tf.clip_by_value(enlarged, 0.0, 1.0) * records.MAX_PIXEL
        images[some] = tf.cast(tf.round(whole), tf.uint8)
    return records.PublicRecords(images, labels, num_classes=num_classes)


def law(
    moments: class_moments.ClassMoments, *, latent_dim: int
) -> imitation.Law:
    """Return the law of surrogates as functions of latents.

    Args:
      moments: moments of the classes.
      latent_dim: length of a latent vector; directions beyond it are left out.
    """
    means, wider = _before_cut(moments)
    factors = wider[:, :, None] * moments.factors
    return imitation.law(
        means, factors @ factors.transpose(0, 2, 1), latent_dim=latent_dim
    )


def _before_cut(
    moments: class_moments.ClassMoments,
) -> tuple[np.ndarray, np.ndarray]:
    """Return means before pixels are cut, and deviations over those after."""
    spreads = np.sqrt(np.sum(moments.factors**2, axis=2))
    means, deviations = censoring.before_cut(moments.means, spreads**2)
    return means, deviations / np.maximum(spreads, _LEAST_SPREAD)


def keep(
    drawn: records.PublicRecords, classes: np.ndarray, *, least: int
) -> records.PublicRecords:
    """Return the records that look like their labels.

    Args:
      drawn: of `draw`.
      classes: what each looks like, int64 [n].
      least: records that are needed; a class with fewer than its part of them
        is returned as it is.
    """
    agrees = drawn.labels == classes
    for label in range(drawn.num_classes):
        mine = drawn.labels == label
        if agrees[mine].sum() < -(-least // drawn.num_classes):
            agrees |= mine
    agree = np.flatnonzero(agrees)
    return records.PublicRecords(
        drawn.examples[agree],
        drawn.labels[agree],
        num_classes=drawn.num_classes,
    )
