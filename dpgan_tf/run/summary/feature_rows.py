"""Features of a run's images, along directions that public images suggest."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from dpgan_tf import progress
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import image_features
from dpgan_tf.privacy.summary import projection as projections

MOST_PUBLIC = 10_000
"""Surrogates, or public records, that features are reduced by."""

_AT_A_TIME = 500
"""Images whose features are in memory before they are reduced."""


def projection(
    recipe: recipes.Recipe, public: records.PublicRecords
) -> projections.Projection:
    """Return directions that features of public records suggest, or surrogates.

    Args:
      recipe: recipe with the number of directions.
      public: records, of which at most `MOST_PUBLIC` are looked at.
    """
    # From all of them alike: many sets are sorted by class.
    num = min(MOST_PUBLIC, len(public))
    seen = public.examples[np.linspace(0, len(public) - 1, num, dtype=int)]
    rows = list(
        features(seen, "features that suggest directions", dtype=tf.float32)
    )
    progress.note("directions of the features")
    return projections.project(
        np.concatenate(rows), num_directions=recipe.summary.feature_directions
    )


def projected(examples, projection: projections.Projection) -> np.ndarray:
    """Return features of images along the directions, float32 [n, r].

    They are computed in float64, since a convolution may round otherwise beside
    other images: what is left of that, some 1e-15, is far below the noise.

    Args:
      examples: images, uint8 or float32 in [-1, 1], [n, height, width,
        channels].
      projection: directions of their features.
    """
    rows = np.empty([len(examples), projection.size], np.float32)
    done = 0
    for some in features(examples, "features", dtype=tf.float64):
        rows[done : done + len(some)] = projection.rows(some)
        done += len(some)
    return rows


def features(examples, title: str, *, dtype: tf.DType) -> Iterator[np.ndarray]:
    """Yield features of images in order, [c, d].

    Args:
      examples: images, uint8 or float32 in [-1, 1], [n, height, width,
        channels].
      title: title of the progress bar.
      dtype: their type.
    """
    transform = tf.function(image_features.transform, reduce_retracing=True)
    with progress.bar(title, total=len(examples), unit="image") as bar:
        for start in range(0, len(examples), _AT_A_TIME):
            images = examples[start : start + _AT_A_TIME]
            if images.dtype == np.uint8:
                pixels = images / records.MAX_PIXEL
            else:
                pixels = (images.astype(np.float64) + 1) / 2
            yield transform(tf.constant(pixels, dtype)).numpy()
            bar.update(len(images))
