"""Squared norms and weighted sums of gradients that are held in memory."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import per_example


@pytest.mark.parametrize("size", [1, 2**14, 2**21])
@pytest.mark.parametrize("scale", [1e-30, 1e-20, 1.0, 1e15])
def test_no_gradient_is_too_small_or_too_long_for_its_norm(size, scale):
    """In float32 squares of 1e-30 vanish, and small ones beside a large one."""
    rows = np.full([2, size], scale, np.float32)
    rows[1] *= 2.0**-12.6
    rows[1, 0] = scale
    found = per_example.squared_norm(tf.constant(rows)).numpy()
    exact = np.sum(rows.astype(np.float64) ** 2, axis=1)
    np.testing.assert_allclose(found, exact, rtol=1e-12)


@pytest.mark.parametrize("num", [1, 15, 16, 17, 33])
def test_blocks_and_slabs_of_any_number_of_records_add_up(num, monkeypatch):
    monkeypatch.setattr(per_example, "_SLAB_ENTRIES", 1)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(num, 6)).astype(np.float32)
    factors = rng.uniform(size=num) * (rng.uniform(size=num) < 0.7)
    np.testing.assert_allclose(
        per_example.weighted_sum(tf.constant(rows), tf.constant(factors)),
        factors @ rows.astype(np.float64),
        atol=1e-12,
    )
    np.testing.assert_allclose(
        per_example.squared_norm(tf.constant(rows)),
        np.sum(rows.astype(np.float64) ** 2, axis=1),
    )


def test_a_record_with_the_factor_zero_adds_exactly_zero():
    """Whatever its gradient is: 0 times infinity would not be."""
    rows = tf.constant([[np.nan, np.inf], [1.0, 2.0], [-np.inf, 3e38]])
    total = per_example.weighted_sum(
        rows, tf.constant([0.0, 0.5, 0.0], tf.float64)
    )
    np.testing.assert_array_equal(total, [0.5, 1.0])


def test_a_norm_is_not_finite_where_its_gradient_is_not():
    rows = tf.constant([[np.nan, 1.0], [np.inf, 1.0], [3e38, 3e38]])
    squares = per_example.squared_norm(rows).numpy()
    assert np.isnan(squares[0]) and np.isinf(squares[1])
    # Float32 would overflow.
    np.testing.assert_allclose(squares[2], 2 * np.float32(3e38) ** 2.0)


def test_a_sum_keeps_what_float32_would_lose():
    rows = tf.constant([[2.0**24], [1.0], [-(2.0**24)]])
    total = per_example.weighted_sum(rows, tf.ones([3], tf.float64))
    np.testing.assert_array_equal(total, [1.0])


@pytest.mark.parametrize("num", [0, 1, 8, 9, 20])
def test_any_number_of_records_is_one_graph(num, monkeypatch):
    monkeypatch.setattr(per_example, "_SLAB_ENTRIES", 1)

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 2, 3]),
            tf.TensorSpec([None], tf.float64),
        ]
    )
    def both(rows, factors):
        return (
            per_example.squared_norm(rows),
            per_example.weighted_sum(rows, factors),
        )

    rng = np.random.default_rng(num)
    rows = rng.integers(-8, 9, [num, 2, 3]).astype(np.float32)
    factors = rng.integers(0, 4, [num]).astype(np.float64)
    squares, total = both(rows, factors)
    # Small integers: every sum is exact.
    np.testing.assert_array_equal(squares, (rows**2).sum((1, 2)))
    np.testing.assert_array_equal(total, np.einsum("n,nij->ij", factors, rows))


def test_the_rule_sees_the_norms_of_all_variables_and_each_record():
    gradients = per_example.ExplicitGradients(
        [
            tf.constant([[3.0, 4.0], [0.0, 1.0]]),
            tf.constant([2.0, -7.0]),
        ]
    )
    seen = []

    def rule(squares, places):
        seen.append((squares.numpy().tolist(), places.numpy().tolist()))
        return tf.constant([[1.0, 0.0], [10.0, 0.5]], tf.float64)

    squares, (first, second) = gradients.weighted_sum(
        rule, bounds=tf.fill([2], tf.constant(1e3, tf.float64))
    )
    assert seen == [([[25.0, 4.0], [1.0, 49.0]], [0, 1])]
    np.testing.assert_array_equal(squares, [[25.0, 4.0], [1.0, 49.0]])
    np.testing.assert_array_equal(first, [3.0, 14.0])
    np.testing.assert_array_equal(second, -3.5)
    assert first.dtype == second.dtype == tf.float64
