"""Variety within a class, relative to real images."""

import numpy as np
import scipy.spatial.distance

from dpgan_tf import errors
from dpgan_tf.evaluation import metrics

_MOST_OF_A_CLASS = 500


class _Diversity(metrics.Metric):
    """Mean distance of two samples of a class, relative to real images.

    Distances are between features. Classes are the samples' labels, or the
    classifier's answers if there are no labels. A generator that repeats one
    image per class is near 0, whatever its Inception score. `diversity_worst`
    is the smallest value of a class; a class with fewer than two samples has 0.
    """

    name = "diversity"
    needs = frozenset({metrics.CLASSIFIER})
    order = 3
    columns = {"diversity": "diversity", "diversity_worst": "worst class"}
    sentences = {
        "diversity": "Distance of two samples of a class, over that of two "
        "real images; near 1 is best, and noise exceeds it.",
        "diversity_worst": "Diversity of the class that has the least; near 1 "
        "is best, and 0 is one image again and again.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del test
        num_classes = train.probabilities.shape[1]
        shares = [
            _spread(samples, c, seed) / _spread(train, c, seed)
            for c in range(num_classes)
            if _spread(train, c, seed) > 0
        ]
        if not shares:
            raise errors.UserError(
                f"{train.title}: no class has two images that differ."
            )
        return {
            "diversity": float(np.mean(shares)),
            "diversity_worst": float(np.min(shares)),
            "diversity_by_class": [float(share) for share in shares],
        }


def _spread(images, class_number, seed):
    """Return the mean distance of two images of a class."""
    rows = np.flatnonzero(images.classes == class_number)
    if len(rows) < 2:
        return 0.0
    rows = np.random.default_rng(seed).permutation(rows)[:_MOST_OF_A_CLASS]
    return float(
        scipy.spatial.distance.pdist(images.features[np.sort(rows)]).mean()
    )


METRIC = _Diversity()
