"""Marginals of pairs: what one row, or one person, can change in them."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.summary import pair_marginals
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)
BLOCKS = (3, 1, 2, 1)
PAIRS = tuple(itertools.combinations(range(len(BLOCKS)), 2))
COLUMNS = [slice(0, 3), slice(3, 4), slice(4, 6), slice(6, 7)]


def valid_rows(num, *, seed=0):
    """Return rows with a 1 in each block of several."""
    rng = np.random.default_rng(seed)
    parts = [
        np.eye(size, dtype=np.uint8)[rng.integers(0, size, num)]
        if size > 1
        else rng.integers(0, 2, [num, 1]).astype(np.uint8)
        for size in BLOCKS
    ]
    return np.concatenate(parts, axis=1)


def nasty_rows():
    """Return rows that no encoder makes: several ones, counts, nothing."""
    rng = np.random.default_rng(1)
    return np.concatenate(
        [
            np.ones([2, 7], np.uint8),
            np.zeros([2, 7], np.uint8),
            np.full([2, 7], 255, np.uint8),
            rng.integers(0, 4, [10, 7]).astype(np.uint8),
            valid_rows(6),
        ]
    )


def candidates(*, expected=None, penalties=None):
    rng = np.random.default_rng(2)
    return pair_marginals.Candidates(
        blocks=BLOCKS,
        pairs=PAIRS,
        expected=rng.uniform(0, 5, [7, 7]) if expected is None else expected,
        penalties=rng.uniform(0, 3, len(PAIRS))
        if penalties is None
        else penalties,
    )


def clipped_sum(statistic, rows, units=None):
    return summary._clipped_sum(statistic, rows, 1.0, units=units)


def scores_of(wanted, rows, units=None):
    return wanted.scores(clipped_sum(wanted.statistic, rows, units))


def test_the_columns_of_blocks_follow_each_other():
    assert pair_marginals.ends(BLOCKS) == COLUMNS


def test_a_marginal_is_the_count_of_rows_in_both_cells():
    rows = valid_rows(50)
    found = pair_marginals.marginal(BLOCKS, (0, 2)).weighted_sum(
        rows, np.ones(50)
    )
    counts = [
        [np.sum(rows[:, i] & rows[:, 4 + j]) for j in range(2)]
        for i in range(3)
    ]
    np.testing.assert_array_equal(found.reshape(3, 2), counts)
    assert found.sum() == 50


@pytest.mark.parametrize("pair", PAIRS)
def test_norms_are_those_of_what_is_summed(pair):
    statistic = pair_marginals.marginal(BLOCKS, pair)
    rows = nasty_rows()
    alone = [
        np.linalg.norm(statistic.weighted_sum(row[None], np.ones(1)))
        for row in rows
    ]
    np.testing.assert_allclose(statistic.norms(rows), alone, rtol=1e-12)


@pytest.mark.parametrize("pair", PAIRS)
def test_no_row_moves_a_marginal_by_more_than_one(pair):
    statistic, rows = pair_marginals.marginal(BLOCKS, pair), nasty_rows()
    mechanism = summary.SummaryMechanism([1e-9] * 30, num_examples=1)

    def released(some):
        return mechanism.privatize(
            statistic, some, clip_norm=pair_marginals.CLIP_NORM, key=KEY
        )

    whole = released(rows)
    moved = [
        np.linalg.norm(whole - released(np.delete(rows, i, axis=0)))
        for i in range(len(rows))
    ]
    assert 1 - 1e-5 < max(moved) <= 1 + 1e-7  # And the noise that there is.


def test_valid_rows_are_not_shortened():
    rows = valid_rows(200)
    for pair in PAIRS:
        statistic = pair_marginals.marginal(BLOCKS, pair)
        np.testing.assert_allclose(
            clipped_sum(statistic, rows),
            statistic.weighted_sum(rows, np.ones(200)),
            rtol=1e-6,
        )
    every = pair_marginals.AllMarginals(BLOCKS)
    assert (every.norms(rows) == 1).all()


def test_no_row_moves_a_score_by_more_than_one():
    wanted, rows = candidates(), nasty_rows()
    whole = scores_of(wanted, rows)
    moved = [
        abs(whole - scores_of(wanted, np.delete(rows, i, axis=0)))
        for i in range(len(rows))
    ]
    assert 1 - 1e-5 < np.max(moved) <= 1


def test_no_row_moves_the_l1_norm_of_any_marginal_by_more_than_one():
    """Each row alone, where nothing cancels."""
    every = pair_marginals.AllMarginals(BLOCKS)
    for row in nasty_rows():
        total = clipped_sum(every, row[None])
        for a, b in PAIRS:
            assert abs(total[COLUMNS[a], COLUMNS[b]]).sum() <= 1


def test_no_person_moves_a_score_by_more_than_one():
    rng = np.random.default_rng(4)
    rows = np.concatenate([nasty_rows(), valid_rows(20, seed=5)])
    units = rng.integers(0, 8, len(rows))
    wanted = candidates()
    whole = scores_of(wanted, rows, units)
    for person in range(8):
        stays = units != person
        left = scores_of(wanted, rows[stays], units[stays])
        assert abs(whole - left).max() <= 1
        alone = scores_of(
            candidates(expected=np.zeros([7, 7]), penalties=np.zeros(6)),
            rows[~stays],
            units[~stays],
        )
        assert alone.max() <= 1


def test_scores_are_distances_without_the_penalties_by_hand():
    rows = np.array([[1, 0, 0, 1, 1, 0, 0], [0, 1, 0, 1, 1, 0, 1]], np.uint8)
    expected = np.zeros([7, 7])
    expected[0, 4] = 1.5  # Of blocks 0 and 2: cells (0, 0) and (1, 0) have 1.
    penalties = np.arange(6.0)
    found = (
        scores_of(candidates(expected=expected, penalties=penalties), rows)
        + penalties
    )
    wanted = {
        (0, 1): 2,
        (0, 2): 1.5,
        (0, 3): 1,
        (1, 2): 2,
        (1, 3): 1,
        (2, 3): 1,
    }
    np.testing.assert_allclose(
        found, [wanted[pair] for pair in PAIRS], atol=1e-5
    )


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_row_of_floats_that_is_no_number_does_not_count():
    rows = valid_rows(5).astype(np.float64)
    for hole in (np.nan, np.inf):
        spoiled = np.concatenate([rows, np.zeros([1, 7])])
        spoiled[-1, 2] = hole
        every = pair_marginals.AllMarginals(BLOCKS)
        np.testing.assert_array_equal(
            clipped_sum(every, spoiled), clipped_sum(every, rows)
        )
        for pair in PAIRS[:3]:
            statistic = pair_marginals.marginal(BLOCKS, pair)
            np.testing.assert_array_equal(
                clipped_sum(statistic, spoiled), clipped_sum(statistic, rows)
            )
