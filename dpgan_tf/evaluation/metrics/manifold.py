"""Precision and recall of samples (Kynkäänniemi et al., 2019)."""

import numpy as np

from dpgan_tf.evaluation import metrics

_NEIGHBOURS = 3
_MOST = 10_000
_AT_ONCE = 1000


class _Manifold(metrics.Metric):
    """Which images lie within reach of others, by features.

    Precision is the share of samples that lie no further from some real image
    than its third nearest real neighbour: do samples look real? Recall is the
    same with both sets exchanged: is everything real within reach?
    """

    name = "manifold"
    needs = frozenset({metrics.CLASSIFIER})
    order = 2
    columns = {"precision": "precision", "recall": "recall"}
    larger_is_better = {"precision": True, "recall": True}
    sentences = {
        "precision": "Share of the images that look like real ones.",
        "recall": "Share of real images that look like these.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del test
        for images in (samples, train):
            images.require(_NEIGHBOURS + 1, why="a nearest neighbour")
        num = min(_MOST, len(samples), len(train))
        chosen = np.random.default_rng(seed).permutation(len(train))[:num]
        made, real = samples.features[:num], train.features[np.sort(chosen)]
        return {
            "precision": covered(made, by=real),
            "recall": covered(real, by=made),
        }


def covered(points: np.ndarray, *, by: np.ndarray) -> float:
    """Return the share of points within reach of another set.

    Args:
      points: features [n, d].
      by: features [m, d]; each reaches as far as its third nearest neighbour
        in this set.
    """
    reach = np.concatenate(
        [
            np.partition(_squared_distances(rows, by), _NEIGHBOURS, axis=1)[
                :, _NEIGHBOURS
            ]
            for rows in _parts(by)
        ]
    )
    hits = [
        (_squared_distances(rows, by) <= reach).any(axis=1)
        for rows in _parts(points)
    ]
    return float(np.concatenate(hits).mean())


def _parts(points):
    return np.split(points, range(_AT_ONCE, len(points), _AT_ONCE))


def _squared_distances(a, b):
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)
    return np.maximum(squares - 2 * a @ b.T, 0)


METRIC = _Manifold()
