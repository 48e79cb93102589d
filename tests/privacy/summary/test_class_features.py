"""Moments of features in each class: what a record moves, what is found."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.summary import class_features
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)
NUM_CLASSES = 3
SIZE = 6
NUM_PRODUCTS = 4
QUIET = 1e-9
STATISTIC = class_features.FeatureStatistic(NUM_CLASSES, NUM_PRODUCTS)


def records(num, *, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    return summary.Labelled(
        (scale * rng.normal(0.5, 1, [num, SIZE])).astype(np.float32),
        rng.integers(0, NUM_CLASSES, num),
    )


def without(some, i):
    return summary.Labelled(
        np.delete(some.examples, i, axis=0), np.delete(some.labels, i)
    )


def released(some, *, clip_norm, n=1, sigma=QUIET):
    mechanism = summary.SummaryMechanism([sigma], num_examples=n)
    return mechanism.privatize(STATISTIC, some, clip_norm=clip_norm, key=KEY)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("clip_norm", [0.1, 1.0, 5.0])
def test_one_record_moves_a_sum_by_the_bound_at_most(scale, clip_norm):
    some = records(30, scale=scale)
    whole = released(some, clip_norm=clip_norm)
    moved = [
        np.linalg.norm(whole - released(without(some, i), clip_norm=clip_norm))
        for i in range(len(some))
    ]
    assert max(moved) <= clip_norm * (1 + 1e-6)
    if scale == 1e6:
        assert max(moved) > clip_norm * (1 - 1e-6)


def test_norms_are_those_of_what_is_summed():
    some = records(20)
    alone = [
        np.linalg.norm(STATISTIC.weighted_sum(some[i : i + 1], np.ones(1)))
        for i in range(len(some))
    ]
    np.testing.assert_allclose(STATISTIC.norms(some), alone, rtol=1e-12)


def test_a_record_adds_to_the_block_of_its_class_alone():
    record = records(1)
    blocks = STATISTIC.weighted_sum(record, np.ones(1))
    blocks = blocks.reshape(NUM_CLASSES, -1)
    others = np.arange(NUM_CLASSES) != record.labels[0]
    assert not blocks[others].any()
    assert blocks[record.labels[0]].any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_record_with_nan_or_infinity_adds_nothing(bad):
    some = records(8)
    some.examples[3, 5] = bad
    np.testing.assert_array_equal(
        released(some, clip_norm=1.0), released(without(some, 3), clip_norm=1.0)
    )


def take(some, *, clip_norm=1e3, sigma=QUIET, n=None):
    return class_features.take(
        summary.SummaryMechanism([sigma], num_examples=n or len(some)),
        some,
        num_classes=NUM_CLASSES,
        num_products=NUM_PRODUCTS,
        clip_norm=clip_norm,
        key=KEY,
    )


def test_without_noise_they_are_the_moments_of_each_class():
    some = records(500)
    found = take(some)
    for label in range(NUM_CLASSES):
        mine = some.examples[some.labels == label].astype(float)
        leading = mine[:, :NUM_PRODUCTS]
        np.testing.assert_allclose(
            found.means[label], mine.mean(axis=0), atol=1e-5
        )
        np.testing.assert_allclose(
            found.products[label], leading.T @ leading / len(mine), atol=1e-5
        )


def test_records_that_are_clipped_count_for_less():
    """So that means of a class are not shorter than what it has."""
    some = records(300)
    some.examples[:] = some.examples[:1]
    found = take(some, clip_norm=0.5)
    expected = np.tile(some.examples[0].astype(float), [NUM_CLASSES, 1])
    np.testing.assert_allclose(found.means, expected, rtol=1e-5)


def test_the_noise_is_what_is_charged():
    statistic = class_features.FeatureStatistic(40, 30)
    nobody = summary.Labelled(np.zeros([0, 50], np.float32), np.zeros(0, int))
    mechanism = summary.SummaryMechanism([1.5], num_examples=300)
    drawn = mechanism.privatize(statistic, nobody, clip_norm=2.0, key=KEY)
    # 20,600 draws: the deviation is known to .5%, five times over.
    assert drawn.size == 40 * (51 + 30 * 31 // 2)
    assert drawn.std() == pytest.approx(1.5 * 2.0 / 300, rel=0.025)


def test_records_are_seen_through_the_noisy_sum_alone(monkeypatch):
    frozen = np.random.default_rng(1).normal(
        size=NUM_CLASSES * (1 + SIZE + NUM_PRODUCTS * (NUM_PRODUCTS + 1) // 2)
    )
    monkeypatch.setattr(
        summary.SummaryMechanism, "privatize", lambda *args, **kwargs: frozen
    )
    some = records(20)
    first, second = (
        class_features.take(
            summary.SummaryMechanism([1.0], num_examples=20),
            each,
            num_classes=NUM_CLASSES,
            num_products=NUM_PRODUCTS,
            clip_norm=1.0,
            key=KEY,
        )
        for each in (some, without(some, 3))
    )
    np.testing.assert_array_equal(first.means, second.means)
    np.testing.assert_array_equal(first.products, second.products)
