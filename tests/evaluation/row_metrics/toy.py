"""Rows in which two columns mostly go together."""

import numpy as np

from dpgan_tf.evaluation import row_metrics


def rows(num, *, seed, dependent=True, shares=(0.5, 0.3, 0.3, 0.2, 0.1)):
    """Columns 1 and 2 mostly go together, if they depend; none other does."""
    rng = np.random.default_rng(seed)
    made = rng.random([num, len(shares)]) < shares
    if dependent:
        same = rng.random(num) < 0.8
        made[same, 2] = made[same, 1]
    return made.astype(np.uint8)


TRAIN, TEST = rows(4000, seed=1), rows(4000, seed=2)


def run(name, judged, *, train=TRAIN, test=TEST):
    """Return what a metric says of rows."""
    metric = row_metrics.every()[name]
    found = metric.run(judged, train=train, test=test, seed=0)
    assert set(metric.columns) <= set(found)
    return found
