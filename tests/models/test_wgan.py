"""PPGAN, DPGAN of Xie et al., WGAN: the box, the clips, the sensitivity."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import wgan
from tests.models import tiny

ENGINES = pytest.mark.parametrize("engine", ["ghost", "vectorized"])
PRIVATE = pytest.mark.parametrize("kind", [wgan.XieDPGAN, wgan.PPGAN])
RATE = 1e-2


def gan(kind=wgan.PPGAN, **settings):
    chosen = {"groups": "single", "clip_norm": 0.5, "weight_clip": 1e3}
    return tiny.private_gan(kind, **chosen | settings)


@ENGINES
@PRIVATE
def test_no_clip_and_no_noise_is_the_step_of_a_wgan(kind, engine):
    records = tiny.images(7)
    model = gan(
        kind,
        sigma=1e-12,
        expected=7.0,
        clip_norm=20.0,
        num_fakes=7,
        engine=engine,
    )
    same = gan(kind, num_fakes=7)
    fakes, _ = same.draws.fakes(7, purpose=0)
    critic = same.critic
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(critic(fakes)) - tf.reduce_mean(critic(records))
    expected = tape.gradient(
        loss, [v.value for v in critic.trainable_variables]
    )
    before = [v.numpy() for v in model.critic.trainable_variables]
    model.critic_step(tiny.private_batch(records))
    for old, gradient, new in zip(
        before, expected, model.critic.trainable_variables, strict=True
    ):
        np.testing.assert_allclose(
            new.numpy(), old - RATE * gradient, rtol=1e-3, atol=1e-5
        )


@PRIVATE
def test_weights_are_clipped_after_the_step(kind):
    model = gan(kind, weight_clip=0.03)
    before = [v.numpy() for v in model.critic.trainable_variables]
    assert max(np.abs(values).max() for values in before) > 0.05
    model.critic_step(tiny.private_batch(tiny.images(5)))
    after = [v.numpy() for v in model.critic.trainable_variables]
    for values in after:
        assert np.abs(values).max() <= np.float32(0.03)
    # What was in the box before may still move within it.
    assert any((np.abs(values) < 0.03).any() for values in after)
    generator = np.abs(model.generator.get_weights()[0]).max()
    assert generator > 0.03, "only the critic has a box"


def test_a_wgan_without_privacy_has_the_box_too():
    model = tiny.compiled(
        wgan.WGAN(*tiny.parts(), batch_size=4, weight_clip=0.02)
    )
    model.train_step([tiny.public_batch()] * 4)
    for weight in model.critic.trainable_variables:
        assert np.abs(weight.numpy()).max() <= np.float32(0.02)


def published_gradient(critic, images, fakes, *, clip_norm):
    """PPGAN's code: the gradient of the batch, clipped as a whole."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            losses.wasserstein_loss(critic, images, fakes[:, None])
        )
    gradients = tape.gradient(
        loss, [v.value for v in critic.trainable_variables]
    )
    gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
    return tf.clip_by_global_norm(gradients, clip_norm)[0]


def neighbours(records):
    """Return twenty images, and these with each of the records."""
    others = tiny.images(20)
    return [others, *(np.append(others, [one], axis=0) for one in records)]


@ENGINES
@PRIVATE
def test_one_record_moves_the_mean_by_at_most_its_bound(kind, engine):
    """Close to the others, far off, and not a number."""
    record = tiny.images(1, seed=5)[0]
    data_sets = neighbours([scale * record for scale in (1.0, 1e3, np.nan)])
    (without, close, far, poisoned), _ = tiny.updates(
        gan(kind, sigma=1e-9, engine=engine),
        [tiny.private_batch(images) for images in data_sets],
        rate=RATE,
    )
    bound = 0.5 / 8
    for one in (close, far):
        assert 0.01 * bound < tiny.distance(without, one) <= bound * (1 + 1e-3)
    assert tiny.distance(without, poisoned) <= 1e-3 * bound


def test_the_published_clip_of_the_batch_fails_the_same_test():
    """Noise for C / m would be drawn, and one record moves it by C and more."""
    model = gan()
    fakes, _ = model.draws.fakes(21, purpose=0)

    def update(images):
        found = published_gradient(
            model.critic,
            tf.constant(images),
            fakes[: len(images)],
            clip_norm=0.5,
        )
        return [gradient.numpy() for gradient in found]

    without, with_one = neighbours([-1e3 * tiny.images(1, seed=5)[0]])
    moved = tiny.distance(update(without), update(with_one))
    assert moved > 10 * 0.5 / 21


def test_only_ppgan_clips_the_gradient_of_its_generator():
    for kind, is_clipped in ((wgan.PPGAN, True), (wgan.XieDPGAN, False)):
        model = gan(kind, clip_norm=1e-4)
        for v in model.critic.trainable_variables:
            v.assign(10 * v)
        before = [v.numpy() for v in model.generator.trainable_variables]
        model.generator_step()
        after = [v.numpy() for v in model.generator.trainable_variables]
        moved = tiny.distance(before, after)
        assert (moved <= 1e-4 * RATE * 1.01) == is_clipped


def test_a_private_step_needs_the_permit():
    model = gan(allow=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="reserved"):
        model._critic_step(tiny.private_batch(tiny.images(3)))


@PRIVATE
def test_a_whole_round_trains_both_networks(kind):
    model = gan(kind, num_critic_steps=2, weight_clip=0.05)
    batches = [tiny.private_batch(tiny.images(5, seed=i)) for i in range(2)]
    before = tiny.state(model)
    statistics = model.train_step(batches)
    after = tiny.state(model)
    assert float(statistics["num_records"]) == 5
    assert int(model.steps.numpy()) == 2
    assert all(np.isfinite(values).all() for values in after)
    assert sum((a != b).any() for a, b in zip(before, after, strict=True)) > 10


def test_an_empty_box_is_refused():
    with pytest.raises(ValueError, match="weight_clip=0"):
        gan(weight_clip=0.0)


def test_critics_that_mix_records_are_refused():
    from dpgan_tf.privacy import errors

    critic = keras.Sequential(
        [
            keras.Input(tiny.SHAPE),
            keras.layers.Flatten(),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(1),
        ]
    )
    with pytest.raises(errors.PrivacyError, match="batch_normalization"):
        gan(wgan.XieDPGAN, critic=critic)
