"""The non-private base: its schedule, its average, its types."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import wgan_gp
from tests.models import tiny


def make(**settings):
    return tiny.compiled(
        wgan_gp.WGANGP(*tiny.parts(), **({"batch_size": 4} | settings))
    )


def weights(model):
    return [v.numpy() for v in model.trainable_variables]


def test_the_generator_moves_after_every_n_critic_steps_only():
    model = make(num_critic_steps=3)
    step = tf.function(model.train_step)
    moved = []
    for _ in range(6):
        before = weights(model.generator)
        step(tiny.public_batch())
        after = weights(model.generator)
        moved.append(
            any(np.any(a != b) for a, b in zip(before, after, strict=True))
        )
    assert moved == [False, False, True, False, False, True]
    assert int(model.steps) == 6


def test_the_critic_follows_the_gradient_of_the_mean_loss():
    model = make(num_critic_steps=100)
    batch = tiny.public_batch(5)
    fakes, mixes = model.draw_fakes(5, purpose=0)
    variables = [v.value for v in model.critic.trainable_variables]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model.critic_loss(batch.images, fakes, mixes))
    gradients = tape.gradient(loss, variables)
    before = weights(model.critic)
    model.train_step(batch)
    for old, gradient, new in zip(
        before, gradients, weights(model.critic), strict=True
    ):
        np.testing.assert_allclose(
            new, old - 1e-2 * tf.convert_to_tensor(gradient), atol=1e-6
        )


def test_the_average_follows_the_generator_with_its_decay():
    model = make(num_critic_steps=1, generator_ema_decay=0.75)
    start = weights(model.averaged_generator)
    model.train_step(tiny.public_batch())
    for old, current, average in zip(
        start,
        weights(model.generator),
        weights(model.averaged_generator),
        strict=True,
    ):
        np.testing.assert_allclose(
            average, 0.75 * old + 0.25 * current, atol=1e-6
        )


def test_draws_differ_by_step_and_purpose_and_repeat_for_a_seed():
    model, same = make(), make()
    _, first = model.draw_fakes(4, purpose=0)
    _, other = model.draw_fakes(4, purpose=1)
    _, again = same.draw_fakes(4, purpose=0)
    np.testing.assert_array_equal(first, again)
    assert np.all(first != other)
    model.steps.assign_add(1)
    _, later = model.draw_fakes(4, purpose=0)
    assert np.all(first != later)


def test_private_records_are_refused():
    with pytest.raises(TypeError, match="PublicBatch"):
        make().train_step(tiny.private_batch(tiny.images(3)))


def test_fit_trains_without_retracing():
    model = make()
    batch = tiny.public_batch()
    dataset = tf.data.Dataset.from_tensors(batch).repeat()
    model.fit(dataset, steps_per_epoch=5, verbose=0)
    assert int(model.steps) == 5
