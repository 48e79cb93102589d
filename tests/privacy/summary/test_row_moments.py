"""Moments of rows: norms, means that are possible, pairs by hand."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)


LARGEST = 3


QUIET = 1e-9


def rows(num, *, columns=6, seed=0, largest=LARGEST):
    rng = np.random.default_rng(seed)
    return rng.integers(0, largest + 1, [num, columns]).astype(np.uint8)


def statistics():
    mean = np.array([0.5, 0.001, 0.2, 0.9999, 0.05, 0.3])
    pairs = row_moments.PairStatistic(LARGEST, mean)
    return [
        row_moments.RowStatistic(LARGEST),
        pairs,
        row_moments.KeptStatistic(pairs, 2.0),
    ]


@pytest.mark.parametrize("statistic", statistics())
def test_norms_are_those_of_what_is_summed(statistic):
    records = rows(30)
    alone = [
        np.linalg.norm(statistic.weighted_sum(row[None], np.ones(1)))
        for row in records
    ]
    np.testing.assert_allclose(statistic.norms(records), alone, rtol=1e-8)
    assert (statistic.norms(records) >= np.array(alone) * (1 - 1e-12)).all()


def test_pairs_are_products_of_centred_and_scaled_columns_by_hand():
    mean = np.array([0.5, 0.1])
    statistic = row_moments.PairStatistic(1, mean)
    records = np.array([[1, 0], [0, 1]], np.uint8)
    scale = 0.25**-0.25 * 0.09**-0.25
    expected = 1.0 * (0.5 * -0.1) * scale + 2.0 * (-0.5 * 0.9) * scale
    found = statistic.weighted_sum(records, np.array([1.0, 2.0]))
    np.testing.assert_allclose(found, [expected])


def take(records, multipliers, *, pair_clip_norm):
    return row_moments.take(
        summary.SummaryMechanism(multipliers, num_examples=len(records)),
        records,
        largest=1,
        row_clip_norm=10.0,
        pair_clip_norm=pair_clip_norm,
        key=KEY,
    )


class Replayed:
    """A mechanism whose noisy sums are the same for every data set."""

    def __init__(self):
        self._rng = np.random.default_rng(6)

    def privatize(self, statistic, rows, *, clip_norm, key):
        size = len(statistic.weighted_sum(rows[:0], np.zeros(0)))
        return 0.1 + 0.01 * self._rng.normal(size=size)

    def deviation(self, number, *, clip_norm):
        return 1e-3


def test_given_the_noisy_sums_moments_do_not_see_the_rows():
    rows = np.eye(5, dtype=np.uint8)[[0, 0, 0, 1, 2]]
    settings = {"largest": 1, "row_clip_norm": 1.0, "pair_clip_norm": 1.0}
    found = [
        row_moments.take(Replayed(), some, key=KEY, **settings)
        for some in (rows, rows[3:], 1 - rows)
    ]
    for other in found[1:]:
        np.testing.assert_array_equal(found[0].mean, other.mean)
        np.testing.assert_array_equal(found[0].pairs, other.pairs)


def test_without_noise_moments_are_those_of_the_rows():
    records = (np.random.default_rng(1).random([3000, 5]) < 0.3).astype(
        np.uint8
    )
    records[:, 1] = records[:, 0]
    found = take(records, [QUIET] * 3, pair_clip_norm=1e3)
    np.testing.assert_allclose(found.mean, records.mean(axis=0), atol=1e-6)
    y = (records - found.mean) * found.scale
    expected = y.T @ y / len(y)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(found.pairs, expected, atol=1e-6)
    # The covariance of two equal columns, scaled by the root of the variance.
    assert found.pairs[0, 1] == pytest.approx(np.sqrt(0.3 * 0.7), abs=0.02)


def test_noise_of_pairs_is_symmetric_and_not_on_the_diagonal():
    records = np.random.default_rng(2).integers(0, 2, [100, 40], np.uint8)
    found = take(records, [QUIET, QUIET, 5.0], pair_clip_norm=20.0)
    np.testing.assert_array_equal(found.pairs, found.pairs.T)
    np.testing.assert_array_equal(np.diag(found.pairs), 0)
    above = found.pairs[np.triu_indices(40, 1)]
    assert above.std() == pytest.approx(5.0 * 20 / 100, rel=0.1)
    assert len(np.unique(above)) == len(above)


def planted(num):
    """Return rows of which half are long, and two columns that go together.

    Columns 0 and 1 are equal in all rows; rows that have 2 have many others.
    """
    rng = np.random.default_rng(3)
    found = (rng.random([num, 40]) < 0.05).astype(np.uint8)
    is_long = rng.random(num) < 0.5
    found[:, 2] = is_long
    found[:, 3:][is_long] = rng.random([is_long.sum(), 37]) < 0.6
    found[:, 0] = found[:, 1] = rng.random(num) < 0.3
    return found


def test_each_release_of_moments_is_clipped_as_the_recipe_says():
    asked = []

    class Asked(Replayed):
        def privatize(self, statistic, rows, *, clip_norm, key):
            asked.append((type(statistic), clip_norm))
            return super().privatize(
                statistic, rows, clip_norm=clip_norm, key=key
            )

    row_moments.take(
        Asked(),
        np.eye(5, dtype=np.uint8),
        largest=1,
        row_clip_norm=2.0,
        pair_clip_norm=7.0,
        key=KEY,
    )
    assert asked == [
        (row_moments.RowStatistic, 2.0),
        (row_moments.KeptStatistic, 2.0),
        (row_moments.PairStatistic, 7.0),
    ]


def test_a_clip_of_long_rows_does_not_hide_that_columns_go_together():
    rows = planted(4_000)
    statistic = row_moments.PairStatistic(1, rows.mean(axis=0))
    norms = statistic.norms(rows)
    clip_norm = float(np.quantile(norms, 0.2))
    weights = np.minimum(1, clip_norm / norms)
    assert weights.mean() < 0.75  # The clip is felt.
    found = take(rows, [QUIET] * 3, pair_clip_norm=clip_norm).pairs[0, 1]
    wanted = np.sqrt(0.3 * 0.7)
    assert found == pytest.approx(wanted, abs=0.02)
    clipped = statistic.weighted_sum(rows, weights)[0] / len(rows)
    assert clipped < 0.75 * wanted


def test_weights_that_are_kept_are_means_over_the_rows_of_a_column():
    rows = planted(1_000)
    mean = rows.mean(axis=0)
    statistic = row_moments.PairStatistic(1, mean)
    kept = row_moments.KeptStatistic(statistic, 3.0)
    weights = np.minimum(1, 3.0 / statistic.norms(rows))
    found = row_moments.kept_weights(
        mean, kept.weighted_sum(rows, np.ones(1_000)) / 1_000, deviation=0.0
    )
    wanted = [weights[rows[:, j] == 1].mean() for j in range(40)]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_column_that_is_rare_beside_the_noise_has_the_common_weight():
    mean = np.array([0.5, 0.5, 1e-6])
    kept = np.array([0.4, 0.2, 0.3e-3])
    found = row_moments.kept_weights(mean, kept, deviation=1e-3)
    of_sum = 0.01 * np.sqrt(3)
    common = (kept.sum() + of_sum) / (mean.sum() + of_sum)
    assert found[2] == pytest.approx((0.3e-3 + 0.01 * common) / 0.010001)
    assert found[:2] == pytest.approx([0.8, 0.4], abs=0.01)
    for wild in (np.full(3, -5.0), np.full(3, 5.0)):
        weights = row_moments.kept_weights(mean, wild, deviation=1e-3)
        assert ((weights >= 0.1) & (weights <= 1)).all()


def test_noise_alone_does_not_say_that_rows_were_clipped():
    """Else the noise of pairs would be multiplied by up to ten."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        mean = row_moments.possible_means(0.1 * rng.normal(size=300))
        kept = 0.1 * rng.normal(size=300)
        found = row_moments.kept_weights(mean, kept, deviation=0.1)
        assert np.median(found) > 0.7


def test_means_alone_need_one_release():
    found = take(rows(50, largest=1), [QUIET], pair_clip_norm=None)
    assert found.pairs is None


def test_possible_means_keep_their_sum():
    rng = np.random.default_rng(0)
    noisy = rng.normal(0.001, 0.01, 800)
    noisy[:20] += 0.2
    found = row_moments.possible_means(noisy)
    assert found.min() > 0
    assert found.sum() == pytest.approx(noisy.sum(), rel=1e-3)
    # The large ones are lowered by one number.
    assert np.ptp(noisy[:20] - found[:20]) < 1e-9
    for hopeless in (np.full(4, -1.0), np.full(4, 2.0), np.zeros(4)):
        possible = row_moments.possible_means(hopeless)
        assert ((possible > 0) & (possible < 1)).all()


def test_rare_and_certain_columns_are_scaled_by_the_floor():
    """v^(-1/4) of a variance by hand, and no division by zero."""
    found = row_moments.column_scale(np.array([0.5, 0.1, 0.0, 1.0, 1e-4]))
    of_floor = 4e-3**-0.25
    np.testing.assert_allclose(
        found, [0.25**-0.25, 0.09**-0.25, of_floor, of_floor, of_floor]
    )


def test_counts_are_shares_of_the_largest():
    statistic = row_moments.RowStatistic(4)
    records = np.array([[4, 0, 2], [3, 4, 0]], np.uint8)
    np.testing.assert_allclose(
        statistic.weighted_sum(records, np.array([1.0, 2.0])), [2.5, 2.0, 0.5]
    )
    np.testing.assert_allclose(statistic.norms(records), [np.sqrt(1.25), 1.25])


@pytest.mark.parametrize(
    ("noisy", "expected"),
    [
        # Possible already: nothing moves.
        ([0.5, 0.25], [0.5, 0.25]),
        # What is negative is raised, and the others are lowered as much.
        ([0.5, 0.4, -0.1], [0.45, 0.35, 1e-6]),
        # One is lowered below zero on the way, and stays there.
        ([0.5, 0.01, -0.2], [0.31, 1e-6, 1e-6]),
    ],
)
def test_means_are_lowered_by_one_number_until_their_sum_is_right(
    noisy, expected
):
    found = row_moments.possible_means(np.array(noisy))
    np.testing.assert_allclose(found, expected, atol=1e-12)
