"""Means and covariances of classes: what a record moves, what is found."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import shrinkage
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)
SHAPE = (6, 5, 2)
NUM_CLASSES = 3
QUIET = 1e-9
REDUCTION = class_moments.Reduction(SHAPE, 3)


def images(num, *, seed=0, shape=SHAPE):
    rng = np.random.default_rng(seed)
    return summary.Labelled(
        rng.integers(0, 256, [num, *shape]).astype(np.uint8),
        rng.integers(0, NUM_CLASSES, num),
    )


def without(records, i):
    return summary.Labelled(
        np.delete(records.examples, i, axis=0), np.delete(records.labels, i)
    )


def statistics():
    means = np.random.default_rng(7).uniform(0, 1, [NUM_CLASSES, 18])
    return [
        class_moments.SumStatistic(REDUCTION, NUM_CLASSES),
        class_moments.ScatterStatistic(REDUCTION, means),
    ]


def released(statistic, records, *, sigma=QUIET, clip_norm=1.0, n=1):
    mechanism = summary.SummaryMechanism([sigma], num_examples=n)
    return mechanism.privatize(statistic, records, clip_norm=clip_norm, key=KEY)


@pytest.mark.parametrize("statistic", statistics())
@pytest.mark.parametrize("clip_norm", [0.1, 1.0, 100.0])
def test_one_record_moves_a_sum_by_the_bound_at_most(statistic, clip_norm):
    records = images(30)
    whole = released(statistic, records, clip_norm=clip_norm)
    moved = [
        np.linalg.norm(
            whole
            - released(statistic, without(records, i), clip_norm=clip_norm)
        )
        for i in range(len(records))
    ]
    assert max(moved) <= clip_norm * (1 + 1e-6)
    if clip_norm < 1:
        assert max(moved) > clip_norm * (1 - 1e-6)


@pytest.mark.parametrize("statistic", statistics())
def test_norms_are_those_of_what_is_summed(statistic):
    records = images(20)
    alone = [
        np.linalg.norm(statistic.weighted_sum(records[i : i + 1], np.ones(1)))
        for i in range(len(records))
    ]
    np.testing.assert_allclose(statistic.norms(records), alone, rtol=1e-12)


@pytest.mark.parametrize("statistic", statistics())
def test_a_record_adds_to_the_block_of_its_class_alone(statistic):
    record = images(1)
    blocks = statistic.weighted_sum(record, np.ones(1))
    blocks = blocks.reshape(NUM_CLASSES, -1)
    others = np.arange(NUM_CLASSES) != record.labels[0]
    assert not blocks[others].any()
    assert blocks[record.labels[0]].any()


@pytest.mark.parametrize("statistic", statistics())
def test_a_record_with_nan_adds_nothing(statistic):
    records = images(5)
    scaled = records.examples.astype(np.float32) / 127.5 - 1
    scaled[2] = np.nan
    some = summary.Labelled(scaled, records.labels)
    np.testing.assert_array_equal(
        released(statistic, some), released(statistic, without(some, 2))
    )


def test_bytes_and_floats_are_reduced_alike():
    records = images(4).examples
    scaled = records.astype(np.float64) / 127.5 - 1
    rows = REDUCTION.rows(records)
    np.testing.assert_allclose(rows, REDUCTION.rows(scaled), atol=1e-12)
    assert rows.shape == (4, REDUCTION.size)
    assert 0 <= rows.min() and rows.max() <= 1


@pytest.mark.parametrize("side", [1, 2, 4, 6])
def test_reduced_images_are_means_of_areas(side):
    one = np.zeros((1, 4, 6, 1), np.uint8)
    one[0, :2, :3] = 255
    rows = class_moments.Reduction((4, 6, 1), side).rows(one)
    assert rows.mean() == pytest.approx(0.25)
    if side == 2:
        np.testing.assert_allclose(rows[0], [1, 0, 0, 0], atol=1e-12)


def classes_of(num_of_each, *, rank=2, side=4, spread=0.08):
    """Return images of two classes that vary in `rank` directions."""
    rng = np.random.default_rng(2)
    parts, means, covariances = [], [], []
    for label in range(2):
        mean = 0.3 + 0.4 * label
        directions = np.linalg.qr(rng.normal(size=(side**2, rank)))[0]
        factor = spread * directions
        rows = mean + rng.normal(size=(num_of_each, rank)) @ factor.T
        assert 0 < rows.min() and rows.max() < 1
        parts.append(rows)
        means.append(np.full(side**2, mean))
        covariances.append(factor @ factor.T)
    scaled = np.concatenate(parts).reshape(-1, side, side, 1) * 2 - 1
    labels = np.repeat([0, 1], num_of_each)
    records = summary.Labelled(scaled.astype(np.float32), labels)
    return records, np.stack(means), np.stack(covariances)


def taken(records, *, multipliers, num_examples, num_classes=2, most=10.0):
    mechanism = summary.SummaryMechanism(multipliers, num_examples=num_examples)
    return class_moments.take(
        mechanism,
        records,
        num_classes=num_classes,
        side=4,
        scatter_clip_norm=most,
        key=KEY,
    )


def test_without_noise_it_is_what_the_classes_have():
    records, means, covariances = classes_of(20_000)
    found = taken(records, multipliers=[QUIET, QUIET], num_examples=40_000)
    np.testing.assert_allclose(found.means, means, atol=5e-3)
    for factor, covariance in zip(found.factors, covariances, strict=True):
        np.testing.assert_allclose(factor @ factor.T, covariance, atol=1e-3)


def test_given_what_was_released_moments_do_not_see_the_records(monkeypatch):
    """Record the releases of one data set, replay them on its neighbour.

    What is asked of the records follows from releases, too.
    """
    releases, asked, bounds = [], [], []
    privatize = summary.SummaryMechanism.privatize

    def record(self, statistic, *args, clip_norm, key):
        asked.append(statistic)
        bounds.append(clip_norm)
        settings = {"clip_norm": clip_norm, "key": key}
        releases.append(privatize(self, statistic, *args, **settings))
        return releases[-1]

    def replay(self, statistic, *_, clip_norm, **__):
        self._begin()
        asked.append(statistic)
        bounds.append(clip_norm)
        return next(replayed)

    records, _, _ = classes_of(300)
    settings = {"multipliers": [0.01, 1.0], "num_examples": 600, "most": 1.0}
    monkeypatch.setattr(summary.SummaryMechanism, "privatize", record)
    first = taken(records, **settings)
    replayed = iter(releases)
    monkeypatch.setattr(summary.SummaryMechanism, "privatize", replay)
    others = records[150:]
    others.examples[:] *= 0.5
    second = taken(others, **settings)
    np.testing.assert_array_equal(first.means, second.means)
    np.testing.assert_array_equal(first.factors, second.factors)
    np.testing.assert_array_equal(first.shares, second.shares)
    assert len(asked) == 4 and asked[0] == asked[2]
    assert bounds[:2] == bounds[2:] and bounds[1] < 1.0
    np.testing.assert_array_equal(asked[1].means, asked[3].means)


def bound_of(records, monkeypatch, *, sigma=QUIET, n=4_000, most=10.0):
    """Return the bound on what is left of an image, as noise is told of it."""
    bounds, told = [], []
    privatize, factors = summary.SummaryMechanism.privatize, shrinkage.factors

    def record(self, *args, clip_norm, key):
        bounds.append(clip_norm)
        return privatize(self, *args, clip_norm=clip_norm, key=key)

    def tell(*args, noise, cosines):
        told.append(noise)
        return factors(*args, noise=noise, cosines=cosines)

    with monkeypatch.context() as patched:
        patched.setattr(summary.SummaryMechanism, "privatize", record)
        patched.setattr(shrinkage, "factors", tell)
        taken(records, multipliers=[sigma, sigma], num_examples=n, most=most)
    assert told == [pytest.approx(sigma * bounds[1] / n)]
    return bounds[1]


def test_the_bound_is_what_is_left_of_an_image_on_average(monkeypatch):
    """So noise is in proportion to contrast; a wrong number does not matter."""
    records, means, _ = classes_of(2_000)
    rows = (records.examples.reshape(4_000, -1) + 1) / 2
    left = np.mean(np.sum((rows - means[records.labels]) ** 2, axis=1))
    for n in (4_000, 3_800):
        found = bound_of(records, monkeypatch, n=n, most=0.2)
        assert found == pytest.approx(left, rel=0.02)
    pale = summary.Labelled(records.examples / 2, records.labels)
    found = bound_of(pale, monkeypatch, most=0.2)
    assert found == pytest.approx(left / 4, rel=0.02)


def test_the_bound_is_never_more_than_the_recipes_or_nothing(monkeypatch):
    records, _, _ = classes_of(100)
    assert bound_of(records, monkeypatch, n=200, most=0.001) == 0.001
    blank = summary.Labelled(0 * records.examples, records.labels)
    assert bound_of(blank, monkeypatch, n=200) == 0.1
    # Where noise hides what is left, the recipe's is taken.
    assert bound_of(blank, monkeypatch, sigma=50.0, n=200) == 10.0


def test_counts_of_classes_are_found_not_assumed():
    """A class of a tenth of the records is as bright as its records are."""
    records, means, _ = classes_of(9_000)
    few = np.r_[0:1_000, 9_000:18_000]
    found = taken(
        summary.Labelled(records.examples[few], records.labels[few]),
        multipliers=[QUIET, QUIET],
        num_examples=10_000,
    )
    np.testing.assert_allclose(found.means, means, atol=0.02)
    np.testing.assert_allclose(found.shares, [0.1, 0.9], atol=1e-6)


@pytest.mark.parametrize("shade", ["black", "white", "grey", "noise"])
@pytest.mark.parametrize("shape", [SHAPE, (8, 8, 1), (9, 12, 3)])
def test_no_image_is_longer_than_the_bound_of_sums(shape, shade):
    """Neither dark grounds nor bright ones are clipped."""
    some = images(20, shape=shape)
    shades = {"black": 0, "white": 255, "grey": 127}
    if shade in shades:
        some.examples[:] = shades[shade]
    reduction = class_moments.Reduction(shape, 4)
    norms = class_moments.SumStatistic(reduction, NUM_CLASSES).norms(some)
    assert norms.max() <= reduction.largest_norm * (1 + 1e-12)
    if shade in ("black", "white"):
        assert norms.min() > reduction.largest_norm * (1 - 1e-12)


def test_inverted_images_have_the_inverted_moments():
    """With the same noise, turned: no ground is better than another."""
    records, _, _ = classes_of(2_000)
    inverted = summary.Labelled(-records.examples, records.labels)
    settings = {"multipliers": [QUIET, QUIET], "num_examples": 4_000}
    first, second = taken(records, **settings), taken(inverted, **settings)
    np.testing.assert_allclose(1 - first.means, second.means, atol=1e-6)
    for one, other in zip(first.factors, second.factors, strict=True):
        np.testing.assert_allclose(one @ one.T, other @ other.T, atol=1e-6)


def test_a_class_without_records_has_moments_all_the_same():
    records, _, _ = classes_of(500)
    found = taken(
        records, multipliers=[1.0, 1.0], num_examples=1_000, num_classes=3
    )
    assert np.isfinite(found.factors).all()
    assert (found.means[2] >= 0).all() and (found.means[2] <= 1).all()


def test_vectors_have_the_norm_of_their_matrices():
    matrix = np.random.default_rng(0).normal(size=(7, 7))
    matrix = matrix + matrix.T
    vector = class_moments.to_vector(matrix)
    assert np.linalg.norm(vector) == pytest.approx(np.linalg.norm(matrix))
    np.testing.assert_allclose(class_moments.to_matrix(vector), matrix)
    assert len(vector) * 3 == class_moments.num_products(
        (7, 7, 7), side=1, num_classes=3
    )


def test_the_noise_is_as_large_as_the_mechanism_says():
    mechanism = summary.SummaryMechanism([5.0, 2.0], num_examples=50)
    empty = images(0)
    statistic = class_moments.ScatterStatistic(
        REDUCTION, np.zeros([NUM_CLASSES, 18])
    )
    for number, sigma in enumerate([5.0, 2.0]):
        noise = mechanism.privatize(statistic, empty, clip_norm=3.0, key=KEY)
        expected = sigma * 3.0 / 50
        assert mechanism.deviation(number, clip_norm=3.0) == expected
        # 513 draws: the deviation of their deviation is 3%.
        assert noise.std() == pytest.approx(expected, rel=0.15)


def test_moments_are_frozen():
    moments = class_moments.ClassMoments(
        means=np.ones(1), factors=np.ones(1), shares=np.ones(1)
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        moments.means = np.zeros(1)
