"""The summary: what one record can change, and what noise hides it."""

import itertools
import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import noise
from dpgan_tf.privacy.ledger import header
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
    return [
        row_moments.RowStatistic(LARGEST),
        row_moments.PairStatistic(LARGEST, mean),
    ]


def released(statistic, records, *, sigma=QUIET, clip_norm=1.0, key=KEY, n=1):
    mechanism = summary.SummaryMechanism([sigma], num_examples=n)
    return mechanism.privatize(statistic, records, clip_norm=clip_norm, key=key)


@pytest.mark.parametrize("statistic", statistics())
@pytest.mark.parametrize("clip_norm", [0.1, 1.0, 30.0])
def test_one_record_moves_a_sum_by_the_bound_at_most(statistic, clip_norm):
    records = rows(40)
    whole = released(statistic, records, clip_norm=clip_norm)
    moved = [
        np.linalg.norm(
            whole
            - released(
                statistic, np.delete(records, i, axis=0), clip_norm=clip_norm
            )
        )
        for i in range(len(records))
    ]
    assert max(moved) <= clip_norm * (1 + 1e-6)
    if clip_norm < 1:
        assert max(moved) > clip_norm * (1 - 1e-6)


@pytest.mark.parametrize("statistic", statistics())
def test_short_records_are_not_changed_by_clipping(statistic):
    records = rows(25)
    np.testing.assert_allclose(
        released(statistic, records, clip_norm=1e4, n=5, sigma=1e-12),
        statistic.weighted_sum(records, np.ones(25)) / 5,
        atol=1e-6,
    )


@pytest.mark.parametrize("statistic", statistics())
@pytest.mark.parametrize("num", [0, 1, 1023, 1024, 1025, 2500])
def test_chunks_do_not_show(statistic, num):
    records = rows(num)
    norms = statistic.norms(records)
    weights = 2.0 / np.maximum(norms, 2.0)
    np.testing.assert_allclose(
        released(statistic, records, clip_norm=2.0),
        statistic.weighted_sum(records, weights),
        rtol=1e-6,
        atol=1e-5,
    )


def test_noise_is_that_of_the_sum_on_every_coordinate():
    sigma, clip_norm, n = 3.0, 2.0, 10
    found = np.concatenate(
        [
            released(
                row_moments.RowStatistic(LARGEST),
                np.zeros([5, 500], np.uint8),
                sigma=sigma,
                clip_norm=clip_norm,
                key=tf.constant([7, i, 0, 0], tf.int64) * 1000,
                n=n,
            )
            for i in range(40)
        ]
    )
    scaled = found * n / (sigma * clip_norm)
    assert abs(scaled.std() - 1) < 4 / math.sqrt(2 * len(scaled))
    assert stats.kstest(scaled, "norm").pvalue > 1e-3


@pytest.mark.parametrize("sampler", header.NOISE_SAMPLERS)
def test_noise_is_of_the_sampler_that_is_named(sampler):
    """Without records a release is the noise, over n."""
    mechanism = summary.SummaryMechanism(
        [2.0], num_examples=4, noise_sampler=sampler
    )
    drawn = mechanism.privatize(
        row_moments.RowStatistic(1),
        np.zeros([0, 6], np.uint8),
        clip_norm=3.0,
        key=KEY,
    )
    bits = keystream.bits(
        [2, 3], sampler=sampler, key=KEY, step=tf.constant(0, tf.int64)
    )
    expected = 2.0 * 3.0 * np.ravel(noise.to_pairs(bits)) / 4
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)


def test_an_unknown_sampler_is_refused():
    with pytest.raises(errors.PrivacyError, match="noise_sampler="):
        summary.SummaryMechanism([1.0], num_examples=1, noise_sampler="none")


def test_each_release_has_noise_of_its_own():
    mechanism = summary.SummaryMechanism([1.0, 1.0], num_examples=1)
    empty = np.zeros([0, 50], np.uint8)
    first, second = (
        mechanism.privatize(
            row_moments.RowStatistic(1), empty, clip_norm=1.0, key=KEY
        )
        for _ in range(2)
    )
    assert not np.isclose(first, second).any()
    with pytest.raises(errors.BudgetError, match="all 2 releases"):
        mechanism.privatize(
            row_moments.RowStatistic(1), empty, clip_norm=1.0, key=KEY
        )


def test_a_record_without_a_norm_does_not_count():
    class Broken(row_moments.RowStatistic):
        def norms(self, records):
            return np.where(records[:, 0] == 3, np.nan, super().norms(records))

        def weighted_sum(self, records, weights):
            assert not (records[:, 0] == 3).any()
            return super().weighted_sum(records, weights)

    records = rows(50)
    kept = records[records[:, 0] != 3]
    assert 0 < len(kept) < 50
    np.testing.assert_allclose(
        released(Broken(LARGEST), records),
        released(row_moments.RowStatistic(LARGEST), kept),
        atol=1e-7,
    )


def test_multipliers_add_up_in_inverse_squares():
    assert summary.combined([3.0]) == pytest.approx(3.0)
    assert summary.combined([3.0, 4.0]) == pytest.approx(12 / 5)
    mechanism = summary.SummaryMechanism([15.0, 4.2], num_examples=9)
    assert 1 / mechanism.effective_noise_multiplier**2 == pytest.approx(
        1 / 15**2 + 1 / 4.2**2
    )


@pytest.mark.parametrize(
    "multipliers, n",
    [
        ([], 1),
        ([1.0], 0),
        *(([1.0, bad], 1) for bad in (0.0, -1.0, math.nan, math.inf)),
    ],
)
def test_what_protects_nothing_is_refused(multipliers, n):
    with pytest.raises(errors.PrivacyError):
        summary.SummaryMechanism(multipliers, num_examples=n)


@pytest.mark.parametrize("clip_norm", [0.0, -1.0, math.nan, math.inf])
def test_a_bound_that_is_none_is_refused(clip_norm):
    with pytest.raises(errors.PrivacyError, match="clip_norm"):
        released(row_moments.RowStatistic(1), rows(3), clip_norm=clip_norm)


def test_rows_of_a_summary_are_clipped_by_their_own_norm():
    long = np.ones([1, 400], np.uint8)
    found = released(row_moments.RowStatistic(1), long, clip_norm=5.0)
    assert np.linalg.norm(found) == pytest.approx(5.0, rel=1e-6)


def test_order_of_records_does_not_matter():
    records = rows(60)
    for statistic, seed in itertools.product(statistics(), (1, 2)):
        shuffled = np.random.default_rng(seed).permutation(records)
        np.testing.assert_allclose(
            released(statistic, records),
            released(statistic, shuffled),
            atol=1e-6,
        )


@pytest.mark.parametrize("num", [1_000, 60_000, 2_205_000])
def test_the_slack_covers_the_rounding_of_sums_of_all_data_sets(num):
    """The worst case of sums in float64, with and without a record."""
    terms = num * summary._CHUNK_SIZE / 2
    assert 2 * terms * 2.0**-53 < summary._SLACK - 1


def test_a_total_over_chunks_keeps_what_rounding_takes():
    total, lost = np.array([2.0**53]), np.zeros(1)
    for _ in range(1_001):
        total, missing = summary._add(total, np.array([1.0]))
        lost += missing
    assert (total + lost)[0] == 2.0**53 + 1_000  # Or 1,002: one is between.


class Numbers(summary.Statistic):
    """A statistic of one number for each record: itself."""

    def norms(self, records):
        return abs(records)

    def weighted_sum(self, records, weights):
        return np.array([weights @ records])


def test_the_sum_over_chunks_is_exact(monkeypatch):
    """One after another, 2^53 and one is 2^53."""
    monkeypatch.setattr(summary, "_CHUNK_SIZE", 1)
    records = np.array([2.0**53] + [1.0] * 1_000)
    found = summary._clipped_sum(Numbers(), records, 2.0**60)
    assert found[0] == 2.0**53 + 1_000


def test_a_clipped_record_leaves_room_for_the_rounding_of_others():
    found = summary._clipped_sum(Numbers(), np.array([100.0]), 3.0)[0]
    assert 3.0 * (1 - 2.0**-20) < found < 3.0 * (1 - 2.0**-22)
