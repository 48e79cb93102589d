"""Settings and helpers for tests of runs with a summary."""

import numpy as np
import tensorflow as tf

from dpgan_tf.run.summary import protocol

SETTINGS = {
    "data.public_fraction": 0.0,
    "data.num_private_examples": 300,
    "networks.conditional": True,
    "loss": "decoupled",
    "loss.objective": "bce",
    "grouping": "single",
    "summary": "class_moments",
    "summary.share": 0.5,
    "summary.side": 7,
    "summary.num_surrogates": 40,
    "budget.target_epsilon": 2.0,
}
"""Settings of a run on surrogates from moments of classes."""

GUIDED = SETTINGS | {
    "summary": "class_features",
    "summary.num_surrogates": 300,
    "summary.guide_steps": 12,
    "summary.feature_directions": 24,
    "summary.fit_steps": 2,
    "summary.fit_batch_size": 20,
}
"""Settings of a run whose summary has moments, features and a guide."""


def pixels(num):
    """Return images of noise, uint8 [num, 28, 28, 1]."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, [num, 28, 28, 1]).astype(np.uint8)


class Follower:
    """Receives what a chief sent, in the same order, types and shapes."""

    size = 2

    def __init__(self, said):
        self.said = list(said)

    def from_chief(self, values):
        sent, values = self.said.pop(0), [np.asarray(v) for v in values]
        assert [v.shape for v in values] == [v.shape for v in sent]
        assert [v.dtype for v in values] == [v.dtype for v in sent]
        return sent


class Chief:
    """Records what it sends."""

    size = 2

    def __init__(self):
        self.said = []

    def from_chief(self, values):
        self.said.append([np.asarray(value) for value in values])
        return self.said[-1]


class Replayed:
    """A mechanism whose sums and choices are the same for every data set.

    Attributes:
      num_released: number of releases.
      candidates: what was to be chosen from.
    """

    def __init__(self):
        self.num_released = 0
        self.candidates = []
        self._rng = np.random.default_rng(6)

    def privatize(self, statistic, private, *, clip_norm, key):
        self.num_released += 1
        nobody = statistic.prepared(private[:0])
        size = len(statistic.weighted_sum(nobody, np.zeros(0)))
        return 0.1 + 0.01 * self._rng.normal(size=size)

    def choose(self, candidates, private, *, key):
        self.num_released += 1
        self.candidates.append(candidates)
        return int(self._rng.integers(len(candidates.pairs)))

    def deviation(self, number, *, clip_norm):
        return 1e-4


def source(private, public=None):
    """Return what a summary is taken from, with sums that are replayed."""
    return protocol.Source(
        mechanism=Replayed(),
        private=private,
        public=public,
        key=tf.constant([1, 2, 3, 4], tf.int64),
    )


def require_same(first, second):
    """Fail unless two summaries have the same arrays."""
    assert type(first) is type(second)
    for name in first.PARTS:
        ours, theirs = getattr(first, name), getattr(second, name)
        assert (ours is None) == (theirs is None), name
        for field, array in vars(ours).items() if ours is not None else ():
            np.testing.assert_array_equal(
                array, getattr(theirs, field), err_msg=f"{name}.{field}"
            )
