"""Private training: what a step equals, and what neighbours cannot change."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.data import pipelines
from dpgan_tf.data import records as data_records
from dpgan_tf.models import dpgan
from dpgan_tf.models import losses
from dpgan_tf.models import networks
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import draws
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import mechanism
from tests.models import tiny

ENGINES = pytest.mark.parametrize("engine", ["ghost", "vectorized"])


@ENGINES
@pytest.mark.parametrize("chunk_size", [2, 7])
def test_no_clip_and_no_noise_recovers_the_non_private_step(chunk_size, engine):
    """Seven records, expected seven, bounds out of reach, sigma 1e-12."""
    records = tiny.images(7)
    model = tiny.private_gan(
        dpgan.DPGAN,
        sigma=1e-12,
        expected=7.0,
        groups="single",
        clip_norm=20.0,
        num_fakes=7,
        engine=engine,
    )
    plain = tiny.compiled(wgan_gp.WGANGP(*tiny.parts(), batch_size=4))
    fakes, mixes = plain.draws.fakes(7, purpose=0)
    variables = [v.value for v in plain.critic.trainable_variables]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            losses.critic_loss(
                plain.critic,
                records,
                fakes[:, None],
                mixes[:, None],
                penalty_weight=10.0,
            )
        )
    expected = tape.gradient(loss, variables)
    before = [v.numpy() for v in model.critic.trainable_variables]
    model.critic_step(tiny.private_batch(records, chunk_size))
    for old, gradient, new in zip(
        before, expected, model.critic.trainable_variables, strict=True
    ):
        np.testing.assert_allclose(
            new.numpy(),
            old - 1e-2 * tf.convert_to_tensor(gradient),
            rtol=1e-3,
            atol=1e-5,
        )


def moves(neighbours, *, sigma=1e-9, kind=dpgan.DPGAN, **settings):
    """Return how one record among twenty moves m times the update.

    Args:
      neighbours: (record, its place among the others) of each data set.
      sigma: noise multiplier.
      kind: class of the model.
      **settings: of `tiny.private_gan`.

    Returns:
      Norms [num_neighbours, num_groups], bounds [num_groups].
    """
    others, number = tiny.images(20), 20
    data_sets = [tiny.private_batch(others, random_ids=np.arange(20))]
    for record, place in neighbours:
        with_it = np.insert(others, place, record, axis=0)
        numbers = np.insert(np.arange(20), place, number)
        data_sets.append(tiny.private_batch(with_it, random_ids=numbers))
    if kind is dpgan.AdvancedDPGAN:
        data_sets = [(batch, tiny.public_batch()) for batch in data_sets]
    model = tiny.private_gan(kind, sigma=sigma, **settings)
    (without, *with_one), logs = tiny.updates(model, data_sets)
    membership = model.make_groups(model.variable_bounds).membership.numpy()
    squares = [
        [
            np.sum((8.0 * (a - b)) ** 2)
            for a, b in zip(without, one, strict=True)
        ]
        @ membership
        for one in with_one
    ]
    return np.sqrt(squares), logs["clip_norms"].numpy()


def far_off():
    return 1e3 * tiny.images(1, seed=5)[0]


@ENGINES
def test_a_record_changes_nothing_of_the_others_wherever_it_enters(engine):
    """Before and behind others, and across the borders of chunks of four.

    What the others meet must not shift: then all would change, by several
    times the bound that is charged.
    """
    moved, bounds = moves(
        [(far_off(), place) for place in (0, 7, 20)],
        groups="single",
        engine=engine,
    )
    assert (moved <= bounds * (1 + 1e-3)).all()
    np.testing.assert_allclose(moved, np.tile(bounds, [3, 1]), rtol=1e-2)


@ENGINES
def test_the_order_of_records_does_not_change_the_step(engine):
    records, order = tiny.images(9), np.random.default_rng(1).permutation(9)
    (one, other), _ = tiny.updates(
        tiny.private_gan(dpgan.DPGAN, engine=engine),
        [
            tiny.private_batch(records[indices], random_ids=indices)
            for indices in (np.arange(9), order)
        ],
    )
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "engine"),
    [
        (dpgan.DPGAN, "ghost"),
        (dpgan.DPGAN, "vectorized"),
        (dpgan.AdvancedDPGAN, "ghost"),
        pytest.param(
            *(dpgan.AdvancedDPGAN, "vectorized"), marks=pytest.mark.slow
        ),
    ],
)
@pytest.mark.parametrize("groups", ["single", "weight_bias", "clustered"])
def test_one_record_moves_each_group_by_at_most_its_bound(groups, kind, engine):
    """Through critic_step: real gradients of a record that is far off."""
    moved, bounds = moves(
        [(far_off(), 20)], groups=groups, kind=kind, engine=engine
    )
    assert (moved <= bounds * (1 + 1e-3)).all()
    assert moved.max() > 0.1 * bounds.min()


@ENGINES
def test_a_poisoned_record_leaves_the_step_as_it_is(engine):
    moved, _ = moves(
        [
            (np.full(tiny.SHAPE, bad, np.float32), 20)
            for bad in (np.nan, np.inf, 1e38)
        ],
        engine=engine,
    )
    np.testing.assert_allclose(moved, 0, atol=1e-3)


@ENGINES
def test_draws_per_record_do_not_raise_the_sensitivity(engine):
    moved, bounds = moves([(far_off(), 20)], draws_per_record=3, engine=engine)
    assert (moved <= bounds * (1 + 1e-3)).all()


def test_every_variable_gets_noise_even_without_records():
    model = tiny.private_gan()
    before = [v.numpy() for v in model.critic.trainable_variables]
    model.critic_step((tiny.private_batch([]), tiny.public_batch()))
    for old, new in zip(before, model.critic.trainable_variables, strict=True):
        assert np.all(old != new.numpy())


def test_noise_is_new_at_every_step():
    model = tiny.private_gan(dpgan.DPGAN, num_critic_steps=100)
    moves, before = [], model.critic.get_weights()
    for _ in range(3):
        model.critic_step(tiny.private_batch([]))
        after = model.critic.get_weights()
        moves.append(
            np.concatenate(
                [np.ravel(b - a) for a, b in zip(before, after, strict=True)]
            )
        )
        before = after
    correlation = np.corrcoef(moves) - np.eye(3)
    assert np.abs(correlation).max() < 5 / np.sqrt(len(moves[0]))


def test_with_the_noisy_gradient_frozen_neighbours_train_bit_identically(
    monkeypatch,
):
    """All but the mechanism's output is a function of public data.

    The mechanism runs on the records, in one, two and five chunks and none;
    only what it returns is replaced.
    """
    original = mechanism.GroupedGaussianMechanism.privatize

    def replay(self, gradient_fn, batch, *, variables, step, **settings):
        _, statistics = original(
            self, gradient_fn, batch, variables=variables, step=step, **settings
        )
        rng = np.random.default_rng(int(step))
        frozen = [
            tf.constant(rng.normal(size=v.shape), tf.float32) for v in variables
        ]
        return frozen, statistics

    monkeypatch.setattr(mechanism.GroupedGaussianMechanism, "privatize", replay)
    finals = []
    for records in (tiny.images(4), tiny.images(5), tiny.images(17, 3), []):
        model = tiny.private_gan(num_critic_steps=2, generator_ema_decay=0.5)
        model._critic_step = model.critic_step  # not compiled: `step` is known
        for t in (0, 2):
            model.train_step(
                [
                    (tiny.private_batch(records), tiny.public_batch(seed=seed))
                    for seed in (t, t + 1)
                ]
            )
        finals.append([*tiny.state(model), model.variable_bounds.numpy()])
    for other in finals[1:]:
        for a, b in zip(finals[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_bounds_are_the_public_norms_and_are_kept_between_updates():
    model = tiny.private_gan(clip_update_every=2, adaptive_clip_factor=0.5)
    public = tiny.public_batch(4)
    _, gradients = model.make_gradient_fn(purpose=1)(
        *public, tf.range(4, dtype=tf.int64)
    )
    expected = 0.5 * np.mean(np.sqrt(gradients.squared_norms()), axis=0)
    seen = []
    for seed in (9, 1, 2):
        model.critic_step(
            (tiny.private_batch(tiny.images(3)), tiny.public_batch(4, seed))
        )
        seen.append(model.variable_bounds.numpy())
    np.testing.assert_allclose(seen[0], expected, rtol=1e-4)
    np.testing.assert_array_equal(seen[0], seen[1])
    assert np.any(seen[1] != seen[2])


def test_a_step_without_permission_draws_nothing():
    model = tiny.private_gan(dpgan.DPGAN, allow=1)
    step = tf.function(model.critic_step)
    step(tiny.private_batch(tiny.images(3)))
    before = [v.numpy() for v in model.critic.variables]
    with pytest.raises(tf.errors.InvalidArgumentError, match="ledger"):
        step(tiny.private_batch(tiny.images(3)))
    for old, new in zip(before, model.critic.variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_without_a_permit_all_is_lost_even_if_assertions_are_dropped(
    monkeypatch,
):
    """As XLA drops them."""
    model = tiny.private_gan(dpgan.DPGAN, allow=0)
    batch = tiny.private_batch(tiny.images(4))
    monkeypatch.setattr(
        draws.Permit, "next_step", lambda self: tf.constant(0, tf.int64)
    )
    groups = model.make_groups(model.variable_bounds)
    gradients, _ = model.noisy_gradients(batch, groups)
    assert all(np.isnan(value).all() for value in gradients)


def test_batches_of_any_number_of_chunks_share_one_trace():
    model = tiny.private_gan(dpgan.DPGAN)
    for num in (3, 9, 0, 17, 4, 8):
        model._critic_step(tiny.private_batch(tiny.images(num) if num else []))
    # One for the first batch, one for batches of any shape.
    assert model._critic_step.experimental_get_tracing_count() <= 2


def test_fit_traces_a_round_once_for_batches_of_any_size():
    """As training does it: from the Poisson pipeline, in the whole graph."""
    model = tiny.private_gan(dpgan.DPGAN, num_critic_steps=2)
    dataset = pipelines.poisson_batches(
        data_records.PrivateRecords(tiny.images(60)),
        sampling_probability=0.2,
        chunk_size=8,
        key=np.array([1, 2, 3, 4]),
        steps_per_round=2,
    )
    model.fit(dataset, steps_per_epoch=6, verbose=0)
    assert int(model.steps) == 12
    assert model._critic_step.experimental_get_tracing_count() == 1


def test_a_critic_that_computes_in_half_precision_is_refused():
    critic = keras.Sequential(
        [
            keras.Input(tiny.SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(1, dtype="mixed_bfloat16", name="half"),
        ]
    )
    with pytest.raises(errors.PrivacyError, match="half.*bfloat16"):
        tiny.private_gan(critic=critic, groups="single")


def test_a_critic_with_batch_statistics_is_refused():
    critic, _ = tiny.parts()
    mixing = keras.Sequential(
        [
            keras.Input(tiny.SHAPE),
            keras.layers.BatchNormalization(name="statistics"),
            critic,
        ]
    )
    with pytest.raises(errors.PrivacyError, match="statistics"):
        tiny.private_gan(critic=mixing, groups="single")


@pytest.mark.parametrize("kind", [dpgan.DPGAN, dpgan.AdvancedDPGAN])
@pytest.mark.parametrize("engine", ["auto", "ghost", "vectorized"])
def test_a_critic_that_mixes_by_an_operation_is_refused(kind, engine):
    image = keras.Input(tiny.SHAPE)
    hidden = keras.layers.Dense(3)(keras.layers.Flatten()(image))
    mean = keras.ops.mean(hidden, axis=0, keepdims=True)
    branch = keras.layers.Dense(1, kernel_initializer="zeros")(hidden - mean)
    score = keras.layers.Add()([keras.layers.Dense(1)(hidden), branch])
    critic = keras.Model(image, score)
    with pytest.raises(errors.PrivacyError, match="Mean"):
        tiny.private_gan(kind, critic=critic, engine=engine)


def test_a_critic_that_is_exchanged_later_is_refused_before_it_learns():
    model = tiny.private_gan(dpgan.DPGAN, groups="single")
    image = keras.Input(tiny.SHAPE)
    hidden = keras.layers.Flatten()(image)
    hidden = keras.layers.BatchNormalization(name="later")(hidden)
    model.critic = keras.Model(image, keras.layers.Dense(1)(hidden))
    with pytest.raises(errors.PrivacyError, match="later"):
        model.critic_step(tiny.private_batch(tiny.images(3)))


@pytest.mark.parametrize("units", [2, 64])
def test_a_critic_with_many_scores_is_refused(units):
    critic = keras.Sequential(
        [
            keras.Input(tiny.SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(units),
        ]
    )
    with pytest.raises(errors.PrivacyError, match=rf"\[n, {units}\].*\[n, 1\]"):
        tiny.private_gan(critic=critic, groups="single")


@pytest.mark.parametrize("num_classes", [0, tiny.NUM_CLASSES])
def test_a_critic_for_another_generator_is_refused(num_classes):
    smaller = networks.build_critic((14, 14, 1), width=2)
    with pytest.raises(errors.PrivacyError, match="14, 14, 1.*28, 28, 1"):
        tiny.private_gan(critic=smaller)
    other = networks.build_critic(
        tiny.SHAPE, width=2, num_classes=tiny.NUM_CLASSES - num_classes
    )
    with pytest.raises(errors.PrivacyError, match="labels"):
        tiny.private_gan(critic=other, num_classes=num_classes)


def test_an_optimizer_that_clips_is_refused():
    model = tiny.private_gan()
    with pytest.raises(errors.PrivacyError, match="clipnorm"):
        model.compile(
            critic_optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0),
            generator_optimizer=keras.optimizers.Adam(1e-3),
        )


def test_noise_follows_from_the_key_of_the_attempt():
    """No record is there: the update is noise alone."""
    updates = []
    for key in ((5, 6, 7, 8), (5, 6, 7, 9), (5, 6, 7, 8)):
        model = tiny.private_gan(
            kind=dpgan.DPGAN, groups="single", clip_norm=1.0
        )
        model.permit.begin(key)
        model.permit.allow(1)
        before = model.critic.get_weights()
        model.critic_step(tiny.private_batch(tiny.images(0)))
        updates.append(
            np.concatenate(
                [
                    np.ravel(new - old)
                    for new, old in zip(
                        model.critic.get_weights(), before, strict=True
                    )
                ]
            )
        )
    np.testing.assert_array_equal(updates[0], updates[2])
    assert np.mean(updates[0] == updates[1]) < 0.01
