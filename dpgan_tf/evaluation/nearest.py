"""Samples beside the training images that are nearest to them.

A generator that learnt records by heart shows them here. The picture has
private records in it and belongs into the private folder.
"""

import numpy as np
from sklearn import neighbors

from dpgan_tf.evaluation import image_set

NUM_SAMPLES = 12
NUM_NEIGHBOURS = 8


def beside_neighbours(
    samples: image_set.ImageSet, train: image_set.ImageSet
) -> np.ndarray:
    """Return each of the first samples, and its nearest training images.

    Args:
      samples: generated images.
      train: at least NUM_NEIGHBOURS real training images, near by the
        classifier's features.

    Returns:
      uint8 [n * (1 + NUM_NEIGHBOURS), height, width, channels], where n is
      NUM_SAMPLES or the number of samples.
    """
    index = neighbors.NearestNeighbors(
        n_neighbors=NUM_NEIGHBOURS, algorithm="brute"
    )
    index.fit(train.features)
    first = samples.features[:NUM_SAMPLES]
    rows = index.kneighbors(first, return_distance=False)
    parts = [
        np.concatenate([samples.images[i : i + 1], train.images[found]])
        for i, found in enumerate(rows)
    ]
    return np.concatenate(parts)
