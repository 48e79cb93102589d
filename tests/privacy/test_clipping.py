"""Clipping, against closed forms in float64 and adversarial gradients."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import per_example

SHAPES = [(2, 3), (3,), (4,)]
BOUNDS = np.array([0.5, 2.0, 1.0], np.float32)
SLACK = clipping.ROUNDING_SLACK


def make_groups(columns, bounds=BOUNDS):
    membership = np.eye(max(columns) + 1, dtype=np.float32)[list(columns)]
    return grouping.Groups(
        tf.constant(membership),
        grouping.merged_bounds(tf.constant(bounds), tf.constant(membership)),
    )


def make_gradients(num, *, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return [
        (scale * rng.normal(size=(num, *shape))).astype(np.float32)
        for shape in SHAPES
    ]


def clipped_sum(gradients, groups, mask=None):
    num = len(gradients[0])
    mask = np.ones(num, bool) if mask is None else mask
    total = clipping.clip_and_sum(
        per_example.ExplicitGradients([tf.constant(g) for g in gradients]),
        tf.constant(mask),
        groups=groups,
    )
    return total, [g.numpy() for g in total.gradients]


def reference(gradients, columns, clip_norms):
    """Alg. 3 line 12 in float64, one record and one group at a time."""
    sums = [np.zeros(shape) for shape in SHAPES]
    for i in range(len(gradients[0])):
        for j, bound in enumerate(clip_norms):
            members = [v for v, c in enumerate(columns) if c == j]
            norm = np.sqrt(
                sum(np.sum(np.float64(gradients[v][i]) ** 2) for v in members)
            )
            factor = 1 / max(1, norm / (float(bound) * (1 - SLACK)))
            for v in members:
                sums[v] += factor * np.float64(gradients[v][i])
    return sums


@pytest.mark.parametrize("columns", [(0, 0, 0), (0, 1, 2), (0, 1, 1)])
@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_clipped_sum_equals_the_closed_form(columns, scale):
    gradients = make_gradients(7, scale=scale)
    groups = make_groups(columns)
    _, sums = clipped_sum(gradients, groups)
    expected = reference(gradients, columns, groups.clip_norms.numpy())
    for ours, theirs in zip(sums, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_a_huge_record_moves_each_group_by_exactly_its_bound():
    groups = make_groups((0, 1, 1))
    _, sums = clipped_sum(make_gradients(1, scale=1e6), groups)
    moved = [
        np.linalg.norm(sums[0]),
        np.sqrt(np.linalg.norm(sums[1]) ** 2 + np.linalg.norm(sums[2]) ** 2),
    ]
    np.testing.assert_allclose(
        moved, groups.clip_norms.numpy() * (1 - SLACK), rtol=1e-6
    )


def test_small_gradients_are_not_changed():
    gradients = make_gradients(5, scale=1e-3)
    _, sums = clipped_sum(gradients, make_groups((0, 0, 0)))
    for ours, gradient in zip(sums, gradients, strict=True):
        np.testing.assert_allclose(
            ours, gradient.astype(np.float64).sum(0), rtol=1e-5, atol=1e-9
        )


def test_masked_records_count_for_nothing_even_if_they_are_nan():
    gradients = make_gradients(6)
    groups = make_groups((0, 1, 1))
    mask = np.array([True, False, True, True, False, True])
    kept = [g[mask] for g in gradients]
    for g in gradients:
        g[~mask] = np.nan
    total, sums = clipped_sum(gradients, groups, mask)
    _, expected = clipped_sum(kept, groups)
    for ours, theirs in zip(sums, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert total.num_records == 4


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_a_non_finite_record_contributes_zero_and_spares_the_others(bad):
    gradients = make_gradients(4)
    groups = make_groups((0, 1, 1))
    others = [np.delete(g, 2, axis=0) for g in gradients]
    gradients[1][2, 0] = bad
    _, sums = clipped_sum(gradients, groups)
    _, expected = clipped_sum(others, groups)
    for ours, theirs in zip(sums, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)


coordinates = st.one_of(
    st.sampled_from(
        [0.0, -0.0, 1e-45, 1e-38, 1e38, -3e38, np.inf, -np.inf, np.nan]
    ),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
)


@settings(max_examples=300, deadline=None)
@given(
    record=st.lists(coordinates, min_size=13, max_size=13),
    columns=st.sampled_from([(0, 0, 0), (0, 1, 2), (0, 1, 1)]),
    position=st.integers(0, 4),
    seed=st.integers(0, 2**16),
    scale=st.sampled_from([1e-3, 1.0, 1e4]),
)
def test_one_record_moves_the_sum_by_at_most_the_bound_of_each_group(
    record, columns, position, seed, scale
):
    """Add one record anywhere: no tolerance, the slack must cover rounding."""
    groups = make_groups(columns)
    others = make_gradients(4, scale=scale, seed=seed)
    parts = np.split(np.array(record, np.float32), [6, 9])
    with_record = [
        np.insert(g, position, part.reshape(shape), axis=0)
        for g, part, shape in zip(others, parts, SHAPES, strict=True)
    ]
    _, before = clipped_sum(others, groups)
    _, after = clipped_sum(with_record, groups)
    squares = np.zeros(max(columns) + 1)
    for v, column in enumerate(columns):
        assert np.isfinite(after[v]).all()
        squares[column] += np.sum((after[v] - before[v]) ** 2)
    assert (np.sqrt(squares) <= groups.clip_norms.numpy()).all()


def test_the_mean_of_a_batch_clipped_as_a_whole_would_fail_this_bound():
    """The published code clips batch gradients; the same check refuses it."""
    groups = make_groups((0, 0, 0))
    bound = float(groups.clip_norms[0])
    others = make_gradients(64, scale=1e-4)
    huge = make_gradients(1, scale=1e6)

    def clip_the_sum(gradients):
        flat = np.concatenate(
            [np.sum(np.float64(g), 0).ravel() for g in gradients]
        )
        return flat * min(1, bound / np.linalg.norm(flat))

    def clip_each_divided_by_the_batch(gradients):
        num = len(gradients[0])
        return num * sum(
            clip_the_sum([g[i : i + 1] / num for g in gradients])
            for i in range(num)
        )

    together = [np.concatenate(p) for p in zip(others, huge, strict=True)]
    opposite = [
        np.concatenate([o, -h]) for o, h in zip(others, huge, strict=True)
    ]
    moved = np.linalg.norm(clip_the_sum(together) - clip_the_sum(opposite))
    assert moved > 1.9 * bound
    moved = np.linalg.norm(
        clip_each_divided_by_the_batch(together)
        - clip_each_divided_by_the_batch(others)
    )
    assert moved > 8 * bound


def test_statistics_count_records_clips_and_norms():
    gradients = [np.zeros((3, *shape), np.float32) for shape in SHAPES]
    gradients[0][0, 0, 0], gradients[0][1, 0, 0] = 0.25, 3.0
    total, _ = clipped_sum(gradients, make_groups((0, 1, 2)))
    np.testing.assert_array_equal(total.num_clipped, [1, 0, 0])
    np.testing.assert_allclose(total.sum_of_norms, [3.25, 0, 0])


def test_an_empty_sum_is_zero_and_has_the_shapes_of_the_variables():
    total = clipping.empty_sum(SHAPES, num_groups=2)
    assert [tuple(g.shape) for g in total.gradients] == SHAPES
    assert all(g.dtype == tf.float64 for g in total.gradients)
    assert sum(float(tf.reduce_sum(tf.abs(g))) for g in total.gradients) == 0


def test_a_factor_that_float32_would_round_up_is_zero():
    """1e-25 over 1e18: below the normal numbers, with few digits left."""
    groups = grouping.Groups(tf.ones([1, 1]), tf.constant([1e-25]))
    squares = tf.constant([[1e36], [1e-4], [1e-60]], tf.float64)
    factors = clipping.clip_factors(squares, tf.ones([3], bool), groups=groups)
    assert factors[0, 0] == 0
    assert 0 < factors[1, 0] < 1e-22
    assert factors[2, 0] == 1


def test_a_norm_beyond_float32_counts_for_nothing_in_any_group():
    groups = make_groups((0, 1, 1))
    squares = tf.constant([[1e39, 1.0, 1.0], [1.0, 1.0, 1.0]], tf.float64)
    factors = clipping.clip_factors(squares, tf.ones([2], bool), groups=groups)
    np.testing.assert_array_equal(factors[0], 0)
    assert (factors[1].numpy() > 0).all()
