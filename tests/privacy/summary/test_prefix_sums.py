"""Shares of rows below each cell, from one release of bounded sensitivity."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.summary import prefix_sums
from dpgan_tf.privacy.summary import summary

STATISTIC = prefix_sums.PrefixSums(((1, 6), (8, 11)))
SIZE = 12
KEY = tf.constant([3, 4, 5, 6], tf.int64)


def released(rows, *, sigma=1e-9, num_examples=1):
    mechanism = summary.SummaryMechanism([sigma], num_examples=num_examples)
    return mechanism.privatize(
        STATISTIC, rows, clip_norm=STATISTIC.clip_norm, key=KEY
    )


def one_hot(first, second):
    rows = np.zeros([len(first), SIZE], np.uint8)
    rows[np.arange(len(first)), 1 + np.array(first)] = 1
    rows[np.arange(len(second)), 8 + np.array(second)] = 1
    return rows


def test_the_matrix_is_the_root_of_that_of_all_sums():
    for size in (1, 2, 7, 300):
        found = prefix_sums.root(size)
        np.testing.assert_allclose(
            found @ found, np.tri(size), atol=1e-12, rtol=1e-12
        )
        norms = np.linalg.norm(found, axis=0)
        assert norms.argmax() == 0


def test_shares_count_rows_up_to_each_cell():
    rows = one_hot([0, 3, 3, 4], [2, 2, 0, 1])
    rows[0, 1:6] = 0  # A missing value, or a point.
    first, second = STATISTIC.shares(released(rows, num_examples=4))
    np.testing.assert_allclose(first, [0, 0, 0, 0.5, 0.75], atol=1e-7)
    np.testing.assert_allclose(second, [0.25, 0.5, 1], atol=1e-7)


@pytest.mark.parametrize(
    "row",
    [
        np.zeros([1, SIZE], np.uint8),
        np.ones([1, SIZE], np.uint8),
        np.full([1, SIZE], 255, np.uint8),
        one_hot([0], [0]),
        one_hot([4], [2]),
    ],
)
def test_no_row_moves_the_sum_by_more_than_the_bound(row):
    rng = np.random.default_rng(0)
    others = rng.integers(0, 2, [30, SIZE]).astype(np.uint8)
    moved = released(np.concatenate([others, row])) - released(others)
    assert np.linalg.norm(moved) <= STATISTIC.clip_norm * (1 + 1e-6)


def test_the_first_cells_reach_the_bound():
    moved = released(one_hot([0], [0]))
    assert np.linalg.norm(moved) == pytest.approx(STATISTIC.clip_norm)
    by_hand = [np.linalg.norm(prefix_sums.root(n)[:, 0]) for n in (5, 3)]
    assert STATISTIC.clip_norm == pytest.approx(np.hypot(*by_hand))


def test_a_smaller_bound_is_kept_by_a_clip():
    mechanism = summary.SummaryMechanism([1e-9], num_examples=1)
    found = mechanism.privatize(
        STATISTIC, one_hot([0], [0]), clip_norm=0.5, key=KEY
    )
    assert np.linalg.norm(found) == pytest.approx(0.5, rel=1e-5)


def test_noise_in_shares_is_as_large_as_said():
    found = []
    for number in range(300):
        mechanism = summary.SummaryMechanism([2.0], num_examples=10)
        noisy = mechanism.privatize(
            STATISTIC,
            np.zeros([0, SIZE], np.uint8),
            clip_norm=STATISTIC.clip_norm,
            key=tf.constant([number, 1, 2, 3], tf.int64),
        )
        found.append(STATISTIC.shares(noisy)[0][-1])
    expected = 2 * STATISTIC.clip_norm / 10 * STATISTIC.growth
    assert np.std(found) == pytest.approx(expected, rel=0.15)
