"""Score images, or a stream of them, with a classifier."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from dpgan_tf import progress
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import inception_score

SampleFn = Callable[[int, int], Iterator[np.ndarray]]
"""(num_samples, seed) -> batches of images [b, h, w, c] in [-1, 1]."""

_IMAGES_AT_ONCE = 1000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Score:
    """What a classifier says of some images.

    Attributes:
      num_images: how many were scored.
      num_splits: parts that mean and deviation are taken over.
      inception_score: mean over the splits, between 1 and num_classes.
      standard_deviation: of the Inception score over the splits.
      class_shares: share of the images in each class [num_classes]. The
        Inception score hides a class that is missing; this does not.
    """

    num_images: int
    num_splits: int
    inception_score: float
    standard_deviation: float
    class_shares: tuple[float, ...]


def score_images(
    images: np.ndarray,
    classifier: classifier_lib.ScoringClassifier,
    *,
    num_splits: int = 10,
) -> Score:
    """Score images that are in memory, in their own order.

    Args:
      images: uint8, or float32 in [-1, 1]; [n, height, width, channels].
      classifier: what to score with.
      num_splits: parts that are scored separately.

    Returns:
      The score.
    """
    batches = (
        images[start : start + _IMAGES_AT_ONCE]
        for start in range(0, len(images), _IMAGES_AT_ONCE)
    )
    return _score(batches, classifier, num_splits=num_splits)


def score_generator(
    sample_fn: SampleFn,
    classifier: classifier_lib.ScoringClassifier,
    *,
    num_samples: int,
    seed: int,
    num_splits: int = 10,
) -> Score:
    """Score samples as they are made, keeping none of them.

    Args:
      sample_fn: makes the samples of a seed, in batches.
      classifier: what to score with.
      num_samples: how many samples to score.
      seed: of the samples; it has nothing to do with noise keys.
      num_splits: parts that are scored separately.

    Returns:
      The score.
    """
    with progress.bar("score", total=num_samples, unit="image") as bar:
        return _score(
            progress.counted(sample_fn(num_samples, seed), bar),
            classifier,
            num_splits=num_splits,
        )


def _score(
    batches: Iterable[np.ndarray],
    classifier: classifier_lib.ScoringClassifier,
    *,
    num_splits: int,
) -> Score:
    probabilities = np.concatenate(
        [classifier.probabilities(batch) for batch in batches]
    )
    mean, deviation = inception_score.inception_score(
        probabilities, num_splits=num_splits
    )
    counts = np.bincount(
        probabilities.argmax(axis=1), minlength=classifier.num_classes
    )
    return Score(
        num_images=len(probabilities),
        num_splits=num_splits,
        inception_score=mean,
        standard_deviation=deviation,
        class_shares=tuple((counts / len(probabilities)).tolist()),
    )
