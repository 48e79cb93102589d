"""Shares on a grid: their sums are exact, and hardly anything is lost."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ghost import grid as grids

BOUND = tf.constant(0.3, tf.float64)


def shares_of(grid, gradients, factors):
    scales = grid.scales(tf.constant(factors, tf.float64), bound=BOUND)
    return tf.constant(gradients) * scales[:, None]


@pytest.mark.parametrize("bits", [16, 19, 21, 23, 24])
def test_a_sum_of_as_many_of_the_largest_shares_as_allowed_is_exact(bits):
    """In every order: half of them are the bound, half a unit and a half."""
    grid = grids.Grid(bits)
    rows = np.full([grid.num_rows, 3], 2.0**bits, np.float32)
    rows[: grid.num_rows // 2, 1] = 1.5
    rows[1::2, 2] *= -1
    expected = np.sum(np.rint(rows).astype(np.float64), axis=0)
    for order in (rows, rows[::-1], np.roll(rows, 1, axis=0)):
        np.testing.assert_array_equal(grid.sum_of(tf.constant(order)), expected)


def test_a_larger_block_is_summed_in_parts_that_are_exact():
    grid = grids.Grid(bits=22)
    rng = np.random.default_rng(0)
    rows = rng.uniform(-1, 1, [12 * grid.num_rows, 5]) * 2**22
    rows = rows.astype(np.float32)
    rows[:, 0] = 2**22
    expected = np.sum(np.rint(rows).astype(np.float64), axis=0)
    np.testing.assert_array_equal(grid.sum_of(tf.constant(rows)), expected)


def test_the_sum_is_in_units_of_the_bound():
    grid = grids.Grid(bits=21)
    gradients = np.array([[3.0, -4.0], [0.3, 0.1]], np.float32)
    total = grid.sum_of(shares_of(grid, gradients, [0.06, 0.5]))
    np.testing.assert_allclose(
        total * grid.unit(BOUND), [0.33, -0.19], atol=0.3 * 2.0**-20
    )


@pytest.mark.parametrize("num_weights", [10, 1_030_144, 1_048_577, 4_314_752])
def test_what_rounding_adds_to_a_share_is_within_the_slack(num_weights):
    """Its entries are half a unit off at most, each of them upwards here."""
    grid = grids.of(num_weights)
    most = np.sqrt(num_weights) / 2 * 2.0**-grid.bits
    assert most <= 2.0**-11 < clipping.ROUNDING_SLACK
    coarser = grids.Grid(grid.bits - 1)
    assert grid.bits == 20 or most * 2 > 2.0**-11
    assert coarser.num_rows == 2 * grid.num_rows


def test_the_grid_is_coarser_for_smaller_critics():
    sizes = [1, 2**20, 2**20 + 1, 2**22 + 1, 2**26, 2**28]
    bits = [grids.of(size).bits for size in sizes]
    assert bits == [20, 20, 21, 22, 23, 24]


def test_a_critic_with_more_weights_than_any_grid_is_for_is_refused():
    with pytest.raises(errors.PrivacyError, match="engine=vectorized"):
        grids.of(2**28 + 1)


@pytest.mark.parametrize(
    ("factor", "bound"), itertools.product([1.0, 1e-30], [1e-38, 1e-6, 1e6])
)
def test_a_scale_is_finite_and_not_too_large(factor, bound):
    grid = grids.Grid(bits=24)
    factors = tf.constant([factor, 0.0], tf.float64)
    scales = grid.scales(factors, bound=tf.constant(bound, tf.float64))
    assert np.isfinite(scales).all() and scales[1] == 0
    exact = factor / (bound * 2.0**-24)
    assert scales[0] <= exact * (1 + 2.0**-23)


def test_nothing_is_added_under_a_bound_of_zero():
    """Public records may have no gradient at all in a variable."""
    grid = grids.Grid(bits=20)
    zero = tf.constant(0.0, tf.float64)
    factors = tf.constant([0.0, 1.0], tf.float64)
    np.testing.assert_array_equal(grid.scales(factors, bound=zero), [0, 0])
