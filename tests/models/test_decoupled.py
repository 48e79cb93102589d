"""The decoupled critic: what is private of it, and what the rest equals."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from dpgan_tf.models import losses
from dpgan_tf.privacy import mechanism
from tests.models import tiny

ENGINES = pytest.mark.parametrize("engine", ["ghost", "vectorized"])
CLASSES = pytest.mark.parametrize("num_classes", [0, tiny.NUM_CLASSES])


def gan(**settings):
    return tiny.private_gan(decoupled.AdvancedDecoupledDPGAN, **settings)


def batch(images, num_public=3):
    labels = np.arange(len(images)) % tiny.NUM_CLASSES
    return (
        tiny.private_batch(images, labels=labels),
        tiny.public_batch(num_public),
    )


@CLASSES
@ENGINES
def test_without_clip_and_noise_it_is_the_gradient_of_the_sum_of_terms(
    engine, num_classes
):
    """Seven records, expected seven, bounds out of reach, sigma 1e-12."""
    settings = {
        "sigma": 1e-12,
        "expected": 7.0,
        "adaptive_clip_factor": 20.0,
        "drift_weight": 0.3,
        "num_classes": num_classes,
        "engine": engine,
    }
    model, same = gan(**settings), gan(**settings)
    private, public = batch(tiny.images(7), num_public=4)

    def inputs(images, labels):
        return [images, labels] if num_classes else images

    fakes, mixes = same.draws.fakes(
        4, purpose=0, labels=public.labels if num_classes else None
    )
    critic = same.critic
    records = (
        tf.reshape(private.examples, [-1, *tiny.SHAPE])[:7],
        tf.reshape(private.labels, [-1])[:7],
    )
    with tf.GradientTape() as tape:
        mixed = losses.mix(public.examples, fakes, mixes)
        with tf.GradientTape() as inner:
            inner.watch(mixed)
            middle = critic(inputs(mixed, public.labels))
        slopes = tf.norm(
            tf.reshape(inner.gradient(middle, mixed), [4, -1]), axis=1
        )
        loss = (
            -tf.reduce_mean(critic(inputs(*records)))
            + tf.reduce_mean(critic(inputs(fakes, public.labels)))
            + 10 * tf.reduce_mean((slopes - 1) ** 2)
            + 0.3 * tf.reduce_mean(critic(inputs(*public)) ** 2)
        )
    expected = tape.gradient(
        loss, [v.value for v in critic.trainable_variables]
    )
    before = [v.numpy() for v in model.critic.trainable_variables]
    model.critic_step((private, public))
    for old, gradient, new in zip(
        before, expected, model.critic.trainable_variables, strict=True
    ):
        np.testing.assert_allclose(
            new.numpy(),
            old - 1e-2 * tf.convert_to_tensor(gradient),
            rtol=1e-3,
            atol=1e-5,
        )


@CLASSES
@ENGINES
def test_one_record_moves_each_group_by_at_most_its_bound(engine, num_classes):
    """The sum that is noised; the next test holds the rest of a step."""
    model = gan(sigma=1e-9, engine=engine, num_classes=num_classes)

    def noised(private, public):
        model.update_bounds(public)
        groups = model.make_groups(model.variable_bounds)
        return model.noisy_gradients(private, groups)

    others, record = tiny.images(20), tiny.images(1, seed=5)
    scales = (1.0, 1e3, np.nan)
    data_sets = [others] + [
        np.append(others, scale * record, axis=0) for scale in scales
    ]
    private, public = batch(others)
    compute = tiny.of_any_size(noised, (private, public))
    sums = []
    for images in data_sets:
        noisy, logs = compute(*batch(images))
        sums.append([8.0 * mean.numpy() for mean in noisy])
    membership = model.make_groups(model.variable_bounds).membership.numpy()
    bounds = logs["clip_norms"].numpy()
    without, *with_one = sums
    for scale, one in zip(scales, with_one, strict=True):
        squares = [
            np.sum((a - b) ** 2) for a, b in zip(without, one, strict=True)
        ]
        moved = np.sqrt(squares @ membership)
        if np.isfinite(scale):
            assert (moved <= bounds * (1 + 1e-3) + 1e-3).all()
            assert moved.max() > 0.1 * bounds.min()
        else:
            assert (moved <= 1e-3).all()


WITH_PUBLIC = (decoupled.AdvancedDecoupledDPGAN, {})
ALONE = (
    decoupled.DecoupledDPGAN,
    {
        "objective": "bce",
        "generator_ema_decay": 0.9,
    },
)
BASIC = (
    dpgan.DPGAN,
    {
        "objective": "bce",
        "draws_per_record": 2,
    },
)


@pytest.mark.parametrize(
    ("kind", "settings", "engine"),
    [
        (*WITH_PUBLIC, "ghost"),
        pytest.param(*WITH_PUBLIC, "vectorized", marks=pytest.mark.slow),
        (*ALONE, "ghost"),
        (*BASIC, "ghost"),
    ],
    ids=["with_public", "with_public_vectorized", "alone", "basic"],
)
def test_given_the_noisy_sum_a_step_does_not_see_the_records(
    kind, settings, engine, monkeypatch
):
    """Record the sums of one data set, replay them on another, and on none.

    Nothing else is replayed: what a step knows of its records without noise is
    that of its own.
    """
    recorded = []
    num_steps = 3 if engine == "ghost" else 1
    privatize = mechanism.GroupedGaussianMechanism.privatize

    def record(self, *args, **kwargs):
        recorded.append(privatize(self, *args, **kwargs))
        return recorded[-1]

    states = []
    for images, is_first in (
        (tiny.images(20), True),
        (7 * tiny.images(23, seed=8), False),
        (tiny.images(0), False),
    ):
        replayed = iter(recorded)

        def replay(self, *args, replayed=replayed, **kwargs):
            _, statistics = privatize(self, *args, **kwargs)
            gradients, _ = next(replayed)
            return gradients, statistics

        model = tiny.private_gan(
            kind,
            num_critic_steps=1,
            num_classes=tiny.NUM_CLASSES,
            engine=engine,
            **settings,
        )
        model._critic_step = model.critic_step  # nothing of it is compiled
        monkeypatch.setattr(
            mechanism.GroupedGaussianMechanism,
            "privatize",
            record if is_first else replay,
        )
        private, public = batch(images)
        is_alone = (kind, settings) != WITH_PUBLIC
        for _ in range(num_steps):
            model.train_step([private if is_alone else (private, public)])
        states.append([*tiny.state(model), model.variable_bounds.numpy()])
        states[-1].append(model.generator_optimizer.iterations.numpy())
    assert len(recorded) == num_steps
    for other in states[1:]:
        for one, another in zip(states[0], other, strict=True):
            np.testing.assert_array_equal(one, another)


@ENGINES
def test_fakes_are_clipped_to_the_bounds_of_the_records(engine):
    model = gan(groups="single", engine=engine)
    groups = model.make_groups(1e-3 * tf.ones([7]))
    fakes = tf.constant(tiny.images(6, seed=3))
    found = model.fake_gradients(fakes, None, groups)
    norm = np.sqrt(sum(np.sum(g.numpy() ** 2) for g in found))
    bound = groups.clip_norms.numpy()[0]
    assert 0.1 * bound < norm <= bound


def test_without_public_records_the_other_terms_are_taken_on_fakes():
    """The gradient of the sum of terms, with pairs of fakes in one class."""
    settings = {
        "sigma": 1e-12,
        "expected": 5.0,
        "clip_norm": 20.0,
        "drift_weight": 0.3,
        "num_classes": tiny.NUM_CLASSES,
        "objective": "bce",
        "groups": "single",
    }
    model, same = (
        tiny.private_gan(decoupled.DecoupledDPGAN, **settings) for _ in range(2)
    )
    private, _ = batch(tiny.images(5))
    critic = same.critic
    records = (
        tf.reshape(private.examples, [-1, *tiny.SHAPE])[:5],
        tf.reshape(private.labels, [-1])[:5],
    )
    labels = same.draws.labels(4, purpose=0)
    fakes, mixes = same.draws.fakes(4, purpose=0, labels=labels)
    others, _ = same.draws.fakes(4, purpose=2, labels=labels)
    with tf.GradientTape() as tape:
        mixed = losses.mix(others, fakes, mixes)
        with tf.GradientTape() as inner:
            inner.watch(mixed)
            middle = critic([mixed, labels])
        slopes = tf.norm(
            tf.reshape(inner.gradient(middle, mixed), [4, -1]), axis=1
        )
        loss = (
            tf.reduce_mean(tf.nn.softplus(-critic([*records])))
            + tf.reduce_mean(tf.nn.softplus(critic([fakes, labels])))
            + 10 * tf.reduce_mean((slopes - 1) ** 2)
            + 0.3 * tf.reduce_mean(critic([others, labels]) ** 2)
        )
    variables = critic.trainable_variables
    expected = tape.gradient(loss, [v.value for v in variables])
    before = [v.numpy() for v in model.critic.trainable_variables]
    model.critic_step(private)
    for old, gradient, new in zip(
        before, expected, model.critic.trainable_variables, strict=True
    ):
        np.testing.assert_allclose(
            new.numpy(),
            old - 1e-2 * tf.convert_to_tensor(gradient),
            rtol=1e-3,
            atol=1e-5,
        )


@pytest.mark.parametrize("objective", ["wasserstein", "bce"])
def test_any_objective_keeps_the_bound(objective):
    others, sums = tiny.images(20), []
    for images in (others, np.append(others, 50 * others[:1], axis=0)):
        model = tiny.private_gan(
            decoupled.DecoupledDPGAN,
            sigma=1e-9,
            clip_norm=0.3,
            objective=objective,
        )
        groups = model.make_groups(model.variable_bounds)
        noisy, _ = model.noisy_gradients(batch(images)[0], groups)
        sums.append([8.0 * mean.numpy() for mean in noisy])
    moved = np.sqrt(
        sum(np.sum((a - b) ** 2) for a, b in zip(*sums, strict=True))
    )
    assert 0.2 < moved <= 0.3 * (1 + 1e-3)


def test_nothing_is_drawn_for_a_record():
    for kind in (decoupled.DecoupledDPGAN, decoupled.AdvancedDecoupledDPGAN):
        with pytest.raises(TypeError, match="draws_per_record"):
            tiny.private_gan(kind, draws_per_record=2)


def test_anything_but_public_records_is_refused():
    model = gan()
    private, _ = batch(tiny.images(4))
    with pytest.raises(TypeError, match="PublicBatch"):
        model.critic_step((private, private))
