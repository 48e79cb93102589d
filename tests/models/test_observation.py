"""Draws of counts: their law, and the gradient that passes through."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import observation

_KEY = tf.constant([3, 4], tf.int64)


@pytest.mark.parametrize("largest", [1, 4])
def test_draws_are_binomial_shares(largest):
    p = tf.tile(tf.constant([[0.0, 0.03, 0.5, 1.0]]), [20_000, 1])
    drawn = observation.straight_through(p, _KEY, largest=largest).numpy()
    counts = drawn * largest
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)
    assert (drawn[:, 0] == 0).all() and (drawn[:, 3] == 1).all()
    for column, share in ((1, 0.03), (2, 0.5)):
        deviation = np.sqrt(share * (1 - share) / largest)
        assert abs(drawn[:, column].mean() - share) < 5 * deviation / 141
        assert drawn[:, column].std() == pytest.approx(deviation, rel=0.05)
    assert abs(np.corrcoef(drawn[:, 1], drawn[:, 2])[0, 1]) < 0.04


def test_the_gradient_is_that_of_the_probabilities():
    p = tf.constant([[0.2, 0.9], [0.5, 0.1]])
    weights = tf.constant([[1.0, -2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(p)
        drawn = observation.straight_through(p, _KEY, largest=1)
        value = tf.reduce_sum(weights * drawn)
    np.testing.assert_array_equal(tape.gradient(value, p), weights)


def test_one_key_gives_one_draw():
    p = tf.fill([50, 10], 0.5)
    one, same, other = (
        observation.straight_through(
            p, tf.constant([1, k], tf.int64), largest=1
        )
        for k in (5, 5, 6)
    )
    np.testing.assert_array_equal(one, same)
    assert (one.numpy() != other.numpy()).any()
