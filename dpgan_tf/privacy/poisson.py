"""Which units are in a step: each independently, with probability q.

This is what the accountant prices. A sample is a pure function of a secret key
and a step; how it is drawn has no part in its law.
"""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import gaps
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy.ledger import header

MANY = 2**17
"""Units from which on gaps are drawn, not a number for each unit."""

Select = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
"""Function from a key, int64 [4], and a step, int64 [], to the numbers of the
drawn units, int64 [b], and a random id of each below 2**52, int64 [b]."""


def selector(num_units: int, *, probability: float, sampler: str) -> Select:
    """Return what draws the samples of all steps.

    Philox draws a number for each unit, since what a seed means may not change.

    Args:
      num_units: number n of units.
      probability: probability q of a unit, in (0, 1].
      sampler: one of `header.NOISE_SAMPLERS`.

    Raises:
      ValueError: if the probability is out of range.
    """
    if not 0 < probability <= 1:
        raise ValueError(
            f"sampling_probability={probability}; expected > 0 and <= 1."
        )
    steps = threshold(probability)
    if steps and num_units >= MANY and sampler == header.CHACHA20:
        return _by_gaps(num_units, gaps.Gaps.of(steps))
    return _by_units(num_units, steps / gaps.STEPS, sampler)


def threshold(probability: float) -> int:
    """Return the most steps of 2**-52 that are at most a probability.

    A uniform number of steps is below it with exactly that probability, so that
    no unit is drawn more often than is accounted.

    Args:
      probability: probability q, in (0, 1].
    """
    return math.floor(probability * gaps.STEPS)


def _by_units(num_units: int, below: float, sampler: str) -> Select:
    def select(key, step):
        uniforms = keystream.uniforms(
            num_units, sampler=sampler, key=key, step=step
        )
        included = tf.where(uniforms < below)[:, 0]
        # An included unit's number is uniform below the threshold: it serves
        # as a second draw.
        random_ids = tf.cast(
            tf.gather(uniforms, included) * gaps.STEPS, tf.int64
        )
        return included, random_ids

    return select


def _by_gaps(num_units: int, law: gaps.Gaps) -> Select:
    def sample(key: np.ndarray, step: np.ndarray):
        return law.sample(num_units, key=key, step=int(step))

    def select(key, step):
        # A pure function: nothing is lost if the graph takes a result twice.
        included, random_ids = tf.numpy_function(
            sample, [key, step], (tf.int64, tf.int64), stateful=False
        )
        return (
            tf.ensure_shape(included, [None]),
            tf.ensure_shape(random_ids, [None]),
        )

    return select
