"""One person moves each statistic's sum by at most the bound, with all records.

Persons have one to six records, in no order; chunks are smaller than they are.
"""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.summary import class_features
from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import pair_marginals
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.privacy.summary import prefix_sums
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)
NUM_PERSONS = 9
REDUCTION = class_moments.Reduction((4, 4, 1), 2)
ROW_MEAN = np.array([0.5, 0.001, 0.2, 0.9999, 0.05])


def rng_and_units(seed=0):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 7, NUM_PERSONS)
    units = rng.permutation(np.repeat(np.arange(NUM_PERSONS), sizes))
    return rng, units


def labelled(examples, units):
    # A person's records are of one class: sums of theirs do not cancel.
    return summary.Labelled(examples, units % 3)


def rows():
    rng, units = rng_and_units()
    found = rng.integers(0, 4, [NUM_PERSONS, 5]).astype(np.uint8)
    return found[units], units


def some_rows():
    """Return rows without zeros: each has a part in every marginal."""
    found, units = rows()
    return found + 1, units


def images():
    rng, units = rng_and_units()
    found = rng.integers(0, 256, [NUM_PERSONS, 4, 4, 1]).astype(np.uint8)
    return labelled(found[units], units), units


def unlabelled():
    some, units = images()
    return some.examples, units


def features():
    rng, units = rng_and_units()
    found = rng.normal(size=[NUM_PERSONS, 5]).astype(np.float32)
    return labelled(found[units], units), units


def measured():
    some, units = features()
    return classifier.measured(some), units


STATISTICS = {
    "rows": (row_moments.RowStatistic(3), rows),
    "prefixes": (prefix_sums.PrefixSums(((0, 2), (2, 5))), rows),
    "pairs": (row_moments.PairStatistic(3, ROW_MEAN), rows),
    "kept": (
        row_moments.KeptStatistic(row_moments.PairStatistic(3, ROW_MEAN), 0.5),
        rows,
    ),
    "marginal": (pair_marginals.Marginal((0, 2), (2, 5)), some_rows),
    "sums": (class_moments.SumStatistic(REDUCTION, 3), images),
    "scatter": (
        class_moments.ScatterStatistic(REDUCTION, np.full([3, 4], 0.4)),
        images,
    ),
    "ends": (pixel_range.EndStatistic(), unlabelled),
    "features": (class_features.FeatureStatistic(3, 2), features),
    "guide": (classifier.GradientStatistic(np.ones([5, 3]) / 5), measured),
}


def released(statistic, records, units, *, clip_norm):
    mechanism = summary.SummaryMechanism([1e-9], num_examples=1, units=units)
    return mechanism.privatize(statistic, records, clip_norm=clip_norm, key=KEY)


def distances(statistic, records, units, *, clip_norm):
    """Return how far each person moves the sum."""
    whole = released(statistic, records, units, clip_norm=clip_norm)
    found = []
    for person in range(NUM_PERSONS):
        left = units != person
        rest = np.unique(units[left], return_inverse=True)[1]
        without = released(statistic, records[left], rest, clip_norm=clip_norm)
        found.append(np.linalg.norm(whole - without))
    return np.array(found)


@pytest.mark.parametrize("chunk_size", [4, 1024])
@pytest.mark.parametrize("name", STATISTICS)
def test_no_person_moves_a_sum_by_more_than_the_bound(
    name, chunk_size, monkeypatch
):
    monkeypatch.setattr(summary, "_CHUNK_SIZE", chunk_size)
    statistic, make = STATISTICS[name]
    records, units = make()
    norms = statistic.norms(statistic.prepared(records))
    least = norms.min()
    assert least > 0
    for clip_norm in (least / 2, 3 * norms.max()):
        far = distances(statistic, records, units, clip_norm=clip_norm)
        assert far.max() <= clip_norm * (1 + 1e-6)
        if clip_norm < least:  # A person's records are all alike here.
            np.testing.assert_allclose(far, clip_norm, rtol=1e-6)


class Numbers(summary.Statistic):
    """The record itself, a number or infinite."""

    def norms(self, records):
        return np.abs(records)

    def weighted_sum(self, records, weights):
        return np.array([weights @ records]) if len(records) else np.zeros(1)


def sum_of(values, units, clip_norm=1.0):
    return released(
        Numbers(), np.array(values, float), np.array(units), clip_norm=clip_norm
    )[0]


def test_a_person_counts_as_the_mean_of_the_records():
    """Else means over persons would be sums of their records."""
    assert sum_of([0.5, 0.1, 0.3], [1, 0, 1]) == pytest.approx(0.4 + 0.1)
    assert sum_of([4, 2, 0], [0, 0, 0]) == pytest.approx(1)
    assert sum_of([4, -2], [0, 0]) == pytest.approx(2 / 6)


def test_a_record_without_a_norm_is_as_if_it_was_not_there():
    assert sum_of([0.5, np.inf, 0.3], [0, 0, 0]) == pytest.approx(0.4)
    assert sum_of([0.5, np.nan], [0, 1]) == pytest.approx(0.5)


@pytest.mark.parametrize("chunk_size", [1, 3, 7, 1024])
def test_chunks_hold_whole_persons(chunk_size, monkeypatch):
    monkeypatch.setattr(summary, "_CHUNK_SIZE", chunk_size)
    _, units = rng_and_units(3)
    seen = []
    for chunk, firsts in summary._chunks(units, units):
        assert len(chunk) <= max(chunk_size, np.bincount(units).max())
        np.testing.assert_array_equal(
            np.unique(chunk, return_index=True)[1], firsts
        )
        assert not set(chunk) & set(seen)
        seen += chunk.tolist()
    assert sorted(seen) == sorted(units)


@pytest.mark.parametrize("name", STATISTICS)
def test_one_record_each_is_a_sum_over_records(name):
    statistic, make = STATISTICS[name]
    records, _ = make()
    each = np.arange(len(records))
    clip_norm = np.median(statistic.norms(statistic.prepared(records)))
    one = released(statistic, records, each, clip_norm=clip_norm)
    other = released(statistic, records, None, clip_norm=clip_norm)
    np.testing.assert_array_equal(one, other)


def test_records_without_a_person_are_refused():
    with pytest.raises(errors.PrivacyError, match="3 records with 2 units"):
        released(Numbers(), np.ones(3), np.array([0, 1]), clip_norm=1.0)
