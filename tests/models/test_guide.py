"""A guide: logits of images, and what they tell a generator."""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import guide as guides
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import classifier
from dpgan_tf.privacy import scattering
from tests.models import tiny


def linear(seed=0, num_classes=tiny.NUM_CLASSES):
    rng = np.random.default_rng(seed)
    size = scattering.num_features(tiny.SHAPE)
    return classifier.Linear(
        kernel=rng.normal(size=[size, num_classes]),
        bias=rng.normal(size=[num_classes]),
    )


def test_bytes_and_scaled_images_have_the_logits_of_their_features():
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, [7, *tiny.SHAPE]).astype(np.uint8)
    made = linear()
    features = scattering.transform(tf.constant(pixels / 255.0)).numpy()
    expected = made.logits(features)
    guide = guides.Guide(made)
    scaled = tf.constant(pixels / 127.5 - 1, tf.float32)
    np.testing.assert_allclose(guide(scaled), expected, atol=1e-3)
    np.testing.assert_array_equal(
        guide.classes(pixels), expected.argmax(axis=1)
    )


def test_the_loss_is_the_mean_surprise_at_the_labels():
    scaled = tf.constant(tiny.images(5))
    labels = tf.constant([0, 1, 2, 1, 0], tf.int64)
    guide = guides.Guide(linear())
    logits = guide(scaled).numpy()
    surprise = np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1))
    surprise -= (logits - logits.max(1, keepdims=True))[range(5), labels]
    np.testing.assert_allclose(
        guide.loss(scaled, labels), surprise.mean(), rtol=1e-4
    )


def _after_steps(guide, weight, num=12):
    networks = tiny.parts(num_classes=tiny.NUM_CLASSES)
    model = wgan_gp.WGANGP(
        *networks,
        batch_size=16,
        num_critic_steps=1,
        num_classes=tiny.NUM_CLASSES,
        guide=guide,
        guide_weight=weight,
    )
    model.compile(
        critic_optimizer=keras.optimizers.SGD(0.0),
        generator_optimizer=keras.optimizers.Adam(0.01),
    )
    for _ in range(num):
        model.generator_step()
    labels = tf.constant(np.arange(60) % tiny.NUM_CLASSES)
    latents = tf.random.stateless_normal([60, 4], [1, 2])
    fakes = model.generator([latents, labels], training=False)
    return model, float(guides.Guide(linear()).loss(fakes, labels))


def test_a_generator_follows_its_guide_as_much_as_it_weighs():
    guide = guides.Guide(linear())
    _, alone = _after_steps(None, 1.0)
    _, little = _after_steps(guide, 0.001)
    _, much = _after_steps(guide, 1.0)
    assert much < 0.5 * alone
    assert much < little


def test_a_guide_adds_nothing_to_what_is_trained_or_kept():
    with_one, _ = _after_steps(guides.Guide(linear()), 1.0, num=1)
    without, _ = _after_steps(None, 1.0, num=1)
    assert len(with_one.variables) == len(without.variables)
