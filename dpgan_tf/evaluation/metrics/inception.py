"""Inception score and class shares (dp-GAN, Eq. 4)."""

import numpy as np

from dpgan_tf.evaluation import inception_score
from dpgan_tf.evaluation import metrics

_NUM_SPLITS = 10
_COVERED_SHARE = 0.1


class _Inception(metrics.Metric):
    """How confidently and evenly a classifier labels the samples.

    The score alone is misleading: a generator that repeats one image per class
    gets the maximum.

    `class_coverage` is the share of classes that are at least a tenth as
    frequent among samples as among real images.
    """

    name = "inception"
    needs = frozenset({metrics.CLASSIFIER})
    compared_with = None
    order = 0
    columns = {
        "inception_score": "Inception score",
        "class_coverage": "classes",
    }
    larger_is_better = {"inception_score": True, "class_coverage": True}
    sentences = {
        "inception_score": "How clear the classes are and how evenly they "
        "occur; one image for each class, again and again, has the maximum.",
        "class_coverage": "Share of classes at least a tenth as frequent as "
        "among real images.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del test, seed
        samples.require(_NUM_SPLITS, why=f"a score in {_NUM_SPLITS} splits")
        mean, deviation = inception_score.inception_score(
            samples.probabilities, num_splits=_NUM_SPLITS
        )
        made, real = _shares(samples), _shares(train)
        is_real = real > 0
        return {
            "inception_score": mean,
            "inception_score_std": deviation,
            "class_coverage": float(
                np.mean((made >= _COVERED_SHARE * real)[is_real])
            ),
            "class_shares": made.tolist(),
        }


def _shares(images):
    num_classes = images.probabilities.shape[1]
    named = images.probabilities.argmax(axis=1)
    return np.bincount(named, minlength=num_classes) / len(named)


METRIC = _Inception()
