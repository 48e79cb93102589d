"""A private classifier: what a record moves, and what is learnt."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import projection as projections
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)
NUM_CLASSES = 3
SIZE = 5
QUIET = 1e-9


def records(num, *, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, NUM_CLASSES, num)
    centers = np.eye(NUM_CLASSES, SIZE) * 3
    features = centers[labels] + rng.normal(size=[num, SIZE])
    return summary.Labelled((scale * features).astype(np.float32), labels)


def without(some, i):
    return summary.Labelled(
        np.delete(some.examples, i, axis=0), np.delete(some.labels, i)
    )


def statistic(seed=7):
    rng = np.random.default_rng(seed)
    return classifier.GradientStatistic(rng.normal(size=[SIZE, NUM_CLASSES]))


def prepared(some, by=None):
    return (by or statistic()).prepared(classifier.measured(some))


def identity():
    return projections.Projection(
        center=np.zeros(SIZE), directions=np.eye(SIZE)
    )


def learn(some, *, sigma=QUIET, num_steps=20, releases=None, **changes):
    mechanism = summary.SummaryMechanism(
        [sigma] * (releases or num_steps), num_examples=len(some)
    )
    settings = {"clip_norm": 5.0, "learning_rate": 0.3, "key": KEY} | changes
    return classifier.train(
        mechanism,
        some,
        identity(),
        num_classes=NUM_CLASSES,
        num_steps=num_steps,
        **settings,
    )


def test_gradients_are_those_of_the_cross_entropy():
    some = records(12)
    weights = tf.Variable(statistic().weights)
    with tf.GradientTape() as tape:
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
            some.labels, tf.cast(some.examples, tf.float64) @ weights
        )
        total = tf.reduce_sum(losses)
    np.testing.assert_allclose(
        statistic().weighted_sum(prepared(some), np.ones(12)),
        tf.reshape(tape.gradient(total, weights), [-1]),
        rtol=1e-10,
    )


def test_norms_are_those_of_what_is_summed():
    some = records(20)
    alone = [
        np.linalg.norm(
            statistic().weighted_sum(prepared(some[i : i + 1]), np.ones(1))
        )
        for i in range(len(some))
    ]
    np.testing.assert_allclose(
        statistic().norms(prepared(some)), alone, rtol=1e-12
    )


@pytest.mark.parametrize("key", [slice(3, 9), np.array([7, 2, 2, 5])])
def test_a_length_stays_with_its_record(key):
    some = records(20)
    lengths = np.linalg.norm(some.examples.astype(np.float64), axis=1)
    found = classifier.measured(some)[key]
    np.testing.assert_allclose(found.lengths, lengths[key], rtol=1e-12)
    kept = statistic().prepared(found)[np.arange(len(found)) > 1]
    np.testing.assert_allclose(kept.lengths, lengths[key][2:], rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("clip_norm", [0.1, 1.0])
def test_one_record_moves_a_sum_by_the_bound_at_most(scale, clip_norm):
    some = records(30, scale=scale)

    def released(some):
        mechanism = summary.SummaryMechanism([QUIET], num_examples=1)
        return mechanism.privatize(
            statistic(),
            classifier.measured(some),
            clip_norm=clip_norm,
            key=KEY,
        )

    whole = released(some)
    moved = [
        np.linalg.norm(whole - released(without(some, i)))
        for i in range(len(some))
    ]
    assert max(moved) <= clip_norm * (1 + 1e-6)
    if scale == 1e6:
        assert max(moved) > clip_norm * (1 - 1e-6)


def test_a_record_with_nan_adds_nothing():
    some = records(8)
    some.examples[3, 1] = np.nan
    np.testing.assert_array_equal(
        learn(some).kernel,
        learn_with_n(without(some, 3), num=8).kernel,
    )


def learn_with_n(some, *, num):
    mechanism = summary.SummaryMechanism([QUIET] * 20, num_examples=num)
    return classifier.train(
        mechanism,
        some,
        identity(),
        num_classes=NUM_CLASSES,
        num_steps=20,
        clip_norm=5.0,
        learning_rate=0.3,
        key=KEY,
    )


def test_it_learns_what_plain_descent_learns():
    """Without noise and clipping: momentum descent, written out."""
    some = records(60)
    weights, velocity, kept = np.zeros([SIZE, NUM_CLASSES]), 0.0, []
    for _ in range(20):
        by = classifier.GradientStatistic(weights)
        gradient = by.weighted_sum(prepared(some, by), np.ones(60))
        velocity = 0.9 * velocity - 0.3 * gradient.reshape(weights.shape) / 60
        weights = weights + velocity
        kept.append(weights)
    found = learn(some, clip_norm=1e6, sigma=1e-18)
    np.testing.assert_allclose(
        found.kernel, np.mean(kept[-5:], axis=0), rtol=1e-6
    )
    classes = found.logits(some.examples).argmax(axis=1)
    assert np.mean(classes == some.labels) > 0.9


def test_records_are_seen_through_the_noisy_gradients_alone(monkeypatch):
    """Given the noisy gradients, neighbours have the same classifier."""
    rng = np.random.default_rng(5)
    frozen = rng.normal(size=[20, SIZE * NUM_CLASSES])
    calls = []

    def replay(self, statistic, some, **kwargs):
        calls.append(len(some))
        return frozen[(len(calls) - 1) % 20]

    monkeypatch.setattr(summary.SummaryMechanism, "privatize", replay)
    some = records(10)
    first, second = learn(some), learn(without(some, 4))
    np.testing.assert_array_equal(first.kernel, second.kernel)
    np.testing.assert_array_equal(first.bias, second.bias)
    assert calls == [10] * 20 + [9] * 20


def test_each_step_is_a_release_with_noise_of_its_own(monkeypatch):
    seen = []
    privatize = summary.SummaryMechanism.privatize

    def watch(self, *args, **kwargs):
        seen.append(privatize(self, *args, **kwargs))
        return seen[-1]

    monkeypatch.setattr(summary.SummaryMechanism, "privatize", watch)
    nobody = records(4)[:0]
    mechanism = summary.SummaryMechanism([2.0] * 400, num_examples=10)
    classifier.train(
        mechanism,
        nobody,
        identity(),
        num_classes=NUM_CLASSES,
        num_steps=400,
        clip_norm=0.5,
        learning_rate=1e-6,
        key=KEY,
    )
    drawn = np.stack(seen)
    assert len(np.unique(drawn)) == drawn.size
    # 6,000 draws: the deviation is known to 1%, five times over.
    assert drawn.std() == pytest.approx(2.0 * 0.5 / 10, rel=0.05)


def test_a_step_that_is_not_charged_is_refused():
    with pytest.raises(errors.BudgetError, match="all 5 releases"):
        learn(records(10), num_steps=6, releases=5)


def test_logits_are_the_same_before_and_after_the_projection():
    rng = np.random.default_rng(2)
    features = rng.normal(size=[50, SIZE])
    projection = projections.project(features, num_directions=3)
    rows = projection.rows(features)
    labels = (rows[:, 0] > 0).astype(int)
    found = classifier.train(
        summary.SummaryMechanism([QUIET], num_examples=50),
        summary.Labelled(rows, labels),
        projection,
        num_classes=2,
        num_steps=1,
        clip_norm=100.0,
        learning_rate=1.0,
        key=KEY,
    )
    first = classifier.GradientStatistic(np.zeros([3, 2]))
    gradient = first.weighted_sum(
        prepared(summary.Labelled(rows, labels), first), np.ones(50)
    )
    np.testing.assert_allclose(
        found.logits(features),
        -rows @ gradient.reshape(3, 2) / 50,
        atol=1e-6,
    )
