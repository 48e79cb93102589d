"""Samples next to their nearest training images.

The picture shows whether a generator memorized records. It contains private
records and belongs in the private folder.
"""

import numpy as np
from sklearn.metrics import pairwise

from dpgan_tf.evaluation import image_set

NUM_SAMPLES = 12
NUM_NEIGHBOURS = 8

_AT_ONCE = 1_000


def beside_neighbours(
    samples: image_set.ImageSet, train: image_set.ImageSet
) -> np.ndarray:
    """Return the first samples, each followed by its nearest training images.

    Args:
      samples: generated images.
      train: at least NUM_NEIGHBOURS real training images. Distances are between
        the classifier's features, or between pixels if there is no classifier
        or features are not finite.

    Returns:
      uint8 [n * (1 + NUM_NEIGHBOURS), height, width, channels], where n is
      NUM_SAMPLES or the number of samples if smaller.
    """
    first, others = _rows(samples, train)
    distances = _distances(first[:NUM_SAMPLES], others)
    rows = distances.argsort(axis=1, kind="stable")[:, :NUM_NEIGHBOURS]
    parts = [
        np.concatenate([samples.images[i : i + 1], train.images[found]])
        for i, found in enumerate(rows)
    ]
    return np.concatenate(parts)


def _rows(*sets: image_set.ImageSet) -> list[np.ndarray]:
    """Return features of all images, or pixels of all."""
    if all(images.classifier is not None for images in sets):
        features = [images.features for images in sets]
        if all(np.isfinite(rows).all() for rows in features):
            return features
    return [images.images.reshape(len(images), -1) for images in sets]


def _distances(first: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return Euclidean distances [k, n], converting few rows at a time."""
    first = first.astype(np.float64)
    parts = [
        pairwise.euclidean_distances(
            first, rows[i : i + _AT_ONCE].astype(np.float64)
        )
        for i in range(0, len(rows), _AT_ONCE)
    ]
    return np.concatenate(parts, axis=1)
