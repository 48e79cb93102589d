"""One person moves a clipped sum by at most the bound, with all records.

No tolerance: the bound is c, and the clip leaves the slack for rounding.
"""

import contextlib
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy import vectorized
from dpgan_tf.privacy.ghost import engine as ghost
from tests.privacy.ghost import reference

SLACK = clipping.ROUNDING_SLACK
SIZES = (4, 2)
BOUNDS = (0.5, 2.0)


def make_groups(columns):
    return grouping.fixed(columns)(tf.constant(BOUNDS))


def adversarial(num_units, most, seed):
    """Return gradients of each unit's slots, and the slots that are taken."""
    rng = np.random.default_rng(seed)
    num = num_units * most
    scales = 10.0 ** rng.choice([-30, -3, -1, 0, 0, 2, 12], [num, 1])
    gradients = (scales * rng.normal(size=(num, sum(SIZES)))).astype(np.float32)
    for u in range(num_units):
        mine = slice(u * most, (u + 1) * most)
        kind = rng.choice(["apart", "alike", "opposite", "odd"])
        if kind == "alike":
            gradients[mine] = 3 * gradients[mine.start]
        if kind == "opposite":
            gradients[mine.start + 1 : mine.stop] = -gradients[mine.start]
        if kind == "odd":
            values = [np.nan, np.inf, -np.inf, 3e38, 1e-45, -0.0]
            gradients[rng.integers(mine.start, mine.stop)] = rng.choice(
                values, sum(SIZES)
            )
    sizes = rng.integers(0, most + 1, num_units)
    return gradients, (np.arange(most) < sizes[:, None]).reshape(-1)


def clipped_sum(gradients, mask, groups, most):
    parts = np.split(gradients, np.cumsum(SIZES)[:-1], axis=1)
    return clipping.clip_and_sum(
        per_example.ExplicitGradients([tf.constant(part) for part in parts]),
        tf.constant(mask),
        groups=groups,
        most_records_per_unit=most,
    )


def moved(one, other, groups):
    """Return how far each group is moved, over its bound."""
    squares = [
        np.sum((a.numpy() - b.numpy()) ** 2)
        for a, b in zip(one.gradients, other.gradients, strict=True)
    ]
    of_groups = np.array(squares) @ groups.membership.numpy()
    return np.sqrt(of_groups) / groups.clip_norms.numpy()


@pytest.mark.parametrize("columns", [(0, 0), (0, 1)])
@pytest.mark.parametrize("most", [1, 2, 5])
def test_no_unit_moves_a_group_by_more_than_its_bound(columns, most):
    groups = make_groups(columns)
    farthest = 0.0
    for seed in range(12):
        gradients, mask = adversarial(6, most, seed)
        whole = clipped_sum(gradients, mask, groups, most)
        for u in range(6):
            without = mask & (np.arange(len(mask)) // most != u)
            rest = clipped_sum(gradients, without, groups, most)
            each = moved(whole, rest, groups)
            assert (each <= 1).all()
            whitened = np.sqrt(np.mean(each**2))
            farthest = max(farthest, whitened)
    assert farthest == pytest.approx(1, rel=2 * SLACK)


@pytest.mark.parametrize("num_records", [1, 2, 3, 4])
def test_a_unit_of_huge_records_moves_every_group_by_its_bound(num_records):
    groups = make_groups((0, 1))
    gradients = np.full([4, sum(SIZES)], 1e6, np.float32)
    mask = np.arange(4) < num_records
    nothing = clipped_sum(gradients, np.zeros(4, bool), groups, 4)
    found = moved(clipped_sum(gradients, mask, groups, 4), nothing, groups)
    np.testing.assert_allclose(found, 1, rtol=2 * SLACK)


def test_a_unit_counts_as_the_mean_of_its_records():
    """Else a term of records would outweigh the same term of fakes."""
    gradients = np.random.default_rng(0).normal(size=(4, 6)) / 100
    gradients = gradients.astype(np.float32)
    mask = np.array([True, True, True, False])
    total = clipped_sum(gradients, mask, make_groups((0, 1)), 4)
    found = np.concatenate([part.numpy() for part in total.gradients])
    np.testing.assert_allclose(found, gradients[:3].mean(0), rtol=1e-6)
    assert total.num_records == 3 and not total.num_clipped.numpy().any()


def test_records_of_a_unit_have_one_factor():
    groups = make_groups((0, 0))
    gradients = np.zeros([2, 6], np.float32)
    gradients[0, 0], gradients[1, 1] = 30.0, 10.0
    total = clipped_sum(gradients, np.ones(2, bool), groups, 2)
    first = total.gradients[0].numpy()
    assert first[0] == pytest.approx(3 * first[1])
    bound = groups.clip_norms.numpy()[0]
    assert first[0] + first[1] == pytest.approx(bound, rel=2 * SLACK)
    assert total.num_clipped.numpy() == 2


def test_a_record_that_is_not_finite_is_as_if_its_person_had_one_less():
    gradients, _ = adversarial(1, 3, seed=3)
    gradients = np.random.default_rng(1).normal(size=(3, 6)).astype(np.float32)
    gradients[1, 2] = np.nan
    groups = make_groups((0, 1))
    with_it = clipped_sum(gradients, np.ones(3, bool), groups, 3)
    mask = np.array([True, False, True])
    without = clipped_sum(gradients, mask, groups, 3)
    for one, other in zip(with_it.gradients, without.gradients, strict=True):
        np.testing.assert_array_equal(one, other)


def test_with_one_record_each_units_change_nothing():
    gradients, mask = adversarial(8, 1, seed=0)
    groups = make_groups((0, 1))
    one = clipped_sum(gradients, mask, groups, 1)
    parts = np.split(gradients, [4], axis=1)
    other = clipping.clip_and_sum(
        per_example.ExplicitGradients([tf.constant(part) for part in parts]),
        tf.constant(mask),
        groups=groups,
    )
    for a, b in zip(one, other, strict=True):
        tf.nest.map_structure(np.testing.assert_array_equal, a, b)


SHAPE = (6, 6, 1)


def small_critic():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(3, 3, strides=2),
            layers.LeakyReLU(),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


@pytest.mark.parametrize(
    "form", ["vectorized", "gram", "explicit in blocks of 2"]
)
def test_both_engines_clip_a_unit_as_one(form, monkeypatch):
    critic, images = small_critic(), reference.records(6, SHAPE)
    loss_fn = reference.wasserstein(critic)
    expected = reference.one_at_a_time(loss_fn, critic, images).gradients
    of_unit = {
        "groups": reference.random_groups("weight_bias", expected, seed=4),
        "most_records_per_unit": 3,
    }
    mask = tf.constant([True, True, False, True, True, True])
    known = clipping.clip_and_sum(
        per_example.ExplicitGradients(map(tf.constant, expected)),
        mask,
        **of_unit,
    )
    assert 0 < known.num_clipped.numpy().sum() < 10
    engine, forced = vectorized, contextlib.nullcontext()
    if form != "vectorized":
        engine, forced = ghost, reference.forced(monkeypatch, form)
    with forced:
        _, gradients = engine.differentiate(loss_fn, critic, images)
        total = clipping.clip_and_sum(gradients, mask, **of_unit)
    for ours, theirs in zip(total.gradients, known.gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(total.num_clipped, known.num_clipped)


VARIABLES = [tf.Variable(tf.zeros([6]))]


def record_as_gradient(examples, labels, random_ids):
    del labels, random_ids
    rows = tf.reshape(examples, [-1, 6])
    return rows[:, 0], per_example.ExplicitGradients([rows])


def noisy_sum(private, *, most, chunk_size, bound=1.5):
    """Return a step's sum over all persons, with next to no noise."""
    made = mechanism.GroupedGaussianMechanism(
        noise_multiplier=1e-12,
        num_groups=1,
        sampling_probability=1.0,
        expected_batch_size=1.0,
        most_records_per_unit=most,
    )
    rounds = pipelines.poisson_batches(
        private,
        sampling_probability=1.0,
        chunk_size=batches.whole_units(chunk_size, most_records_per_unit=most),
        most_records_per_unit=most,
        key=np.array([1, 2, 3, 4]),
        steps_per_round=1,
    )
    [batch] = next(iter(rounds))
    [total], _ = made.privatize(
        record_as_gradient,
        batch,
        variables=VARIABLES,
        groups=grouping.Groups(tf.ones([1, 1]), tf.constant([bound])),
        key=tf.constant([1, 2, 3, 4], tf.int64),
        step=tf.constant(0, tf.int64),
    )
    return total.numpy()


def persons(seed):
    """Return records, all pixels alike, and persons in no order."""
    rng = np.random.default_rng(seed)
    units = np.concatenate([np.arange(4), rng.integers(0, 4, 6)])
    units = units[rng.permutation(len(units))]
    signs = rng.choice([-1, 1], len(units)) if seed else np.ones(len(units))
    images = np.ones([len(units), 2, 3, 1]) * signs[:, None, None, None]
    return images.astype(np.float32), units


@pytest.mark.parametrize(("seed", "chunk_size"), [(0, 1), (1, 11)])
def test_no_person_moves_a_step_by_more_than_the_bound(seed, chunk_size):
    """From the records to the noise: drawn, put into chunks, and clipped."""
    images, units = persons(seed)
    most = int(np.bincount(units).max())
    whole = noisy_sum(
        records.PrivateRecords(images, units=units),
        most=most,
        chunk_size=chunk_size,
    )
    far = []
    for person in range(4):
        left = units != person
        numbers = np.unique(units[left], return_inverse=True)[1]
        rest = records.PrivateRecords(images[left], units=numbers)
        without = noisy_sum(rest, most=most, chunk_size=chunk_size)
        far.append(np.linalg.norm(whole - without) / 1.5)
    assert max(far) <= 1 + 1e-6
    if seed == 0:
        np.testing.assert_allclose(far, 1, rtol=2 * SLACK)


def test_a_person_is_clipped_by_one_of_two_replicas(monkeypatch):
    images, units = persons(seed=0)
    private = records.PrivateRecords(images, units=units)
    most = int(np.bincount(units).max())
    alone = noisy_sum(private, most=most, chunk_size=8)
    sums = []
    for index in range(2):
        context = types.SimpleNamespace(
            num_replicas_in_sync=2,
            replica_id_in_sync_group=index,
            all_reduce=lambda _, values: values,
        )
        with monkeypatch.context() as patch:
            patch.setattr(
                tf.distribute, "get_replica_context", lambda c=context: c
            )
            sums.append(noisy_sum(private, most=most, chunk_size=8))
    assert all(np.linalg.norm(each) > 1 for each in sums)
    np.testing.assert_allclose(sum(sums), alone, rtol=1e-5)


def test_chunks_that_divide_a_unit_are_refused():
    made = mechanism.GroupedGaussianMechanism(
        noise_multiplier=1.0,
        num_groups=1,
        sampling_probability=1.0,
        expected_batch_size=1.0,
        most_records_per_unit=3,
    )
    batch = batches.PrivateBatch(
        examples=tf.zeros([1, 4, 6]),
        labels=tf.zeros([1, 4], tf.int64),
        mask=tf.ones([1, 4], tf.bool),
        random_ids=tf.zeros([1, 4], tf.int64),
    )
    with pytest.raises(errors.PrivacyError, match="chunks of 4 records"):
        made.privatize(
            record_as_gradient,
            batch,
            variables=VARIABLES,
            groups=grouping.Groups(tf.ones([1, 1]), tf.constant([1.0])),
            key=tf.constant([1, 2, 3, 4], tf.int64),
            step=tf.constant(0, tf.int64),
        )


def test_what_is_charged_names_the_records_of_a_unit():
    def parameters(most):
        return mechanism.GroupedGaussianMechanism(
            noise_multiplier=2.0,
            num_groups=4,
            sampling_probability=0.1,
            expected_batch_size=1.0,
            most_records_per_unit=most,
        ).parameters

    assert "most_records_per_unit" not in parameters(1)
    assert parameters(3) == parameters(1) | {"most_records_per_unit": 3}
    assert parameters(3)["effective_noise_multiplier"] == 1.0
    with pytest.raises(ValueError, match="most_records_per_unit"):
        parameters(0)
