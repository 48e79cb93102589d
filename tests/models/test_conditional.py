"""Labels: fakes match their records, and a label is protected like a pixel."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.models import losses
from dpgan_tf.models import networks
from dpgan_tf.models import wgan_gp
from tests.models import tiny

ENGINES = pytest.mark.parametrize("engine", ["ghost", "vectorized"])


def test_the_score_is_a_projection_on_the_label():
    """D(x, y) = w . h(x) + v_y . h(x) (Miyato and Koyama, 2018)."""
    critic, _ = tiny.parts(num_classes=tiny.NUM_CLASSES)
    images = tiny.images(4)
    hidden = tf.constant(images)
    for i in (1, 2, 3):
        hidden = critic.get_layer(f"conv_{i}")(hidden)
        hidden = tf.nn.leaky_relu(hidden, 0.2)
    hidden = tf.reshape(hidden, [4, -1]).numpy()
    labels = np.array([0, 2, 1, 2])
    direction = critic.get_layer("project").embeddings.numpy()[labels]
    weight = critic.get_layer("score").kernel.numpy()[:, 0]
    np.testing.assert_allclose(
        critic([images, labels])[:, 0],
        np.sum(hidden * (weight + direction), axis=1),
        rtol=1e-4,
        atol=1e-6,
    )


def test_the_generator_makes_different_images_for_different_labels():
    _, generator = tiny.parts(num_classes=tiny.NUM_CLASSES)
    latents = np.zeros([3, 4], np.float32)
    images = generator([latents, np.arange(3)]).numpy()
    assert np.abs(images[0] - images[1]).max() > 1e-4
    assert np.abs(images[1] - images[2]).max() > 1e-4


class Painter(networks.keras.Model):
    """Makes images whose every pixel is the label."""

    def call(self, inputs, training=None):
        latents, labels = inputs
        shade = tf.cast(labels, tf.float32)[:, None, None, None]
        return shade + tf.zeros([tf.shape(latents)[0], *tiny.SHAPE])


def test_a_record_meets_fakes_of_its_own_label(monkeypatch):
    model = tiny.private_gan(
        dpgan.DPGAN,
        num_classes=tiny.NUM_CLASSES,
        num_fakes=8,
        draws_per_record=2,
    )
    monkeypatch.setattr(model.draws, "_generator", Painter())
    seen = {}

    def look(loss_fn, critic, records):
        seen.update(records)
        return None, None

    model.engine = type(model.engine)("spy", "", look, joint_pass=False)
    labels = tf.constant([2, 0, 1, 1, 2, 0, 0], tf.int64)
    model.make_gradient_fn()(
        tf.constant(tiny.images(7)), labels, tf.range(100, 107, dtype=tf.int64)
    )
    np.testing.assert_array_equal(
        seen["fakes"][:, :, 5, 5, 0], np.stack([labels, labels], axis=1)
    )


@ENGINES
def test_a_record_and_its_label_move_the_sum_by_at_most_the_bound(engine):
    """Whatever its label."""
    others, labels = tiny.images(20), np.arange(20) % tiny.NUM_CLASSES
    record = 1e3 * tiny.images(1, seed=5)
    data_sets = [tiny.private_batch(others, labels=labels)] + [
        tiny.private_batch(
            np.append(others, record, axis=0), labels=np.append(labels, label)
        )
        for label in range(tiny.NUM_CLASSES)
    ]
    model = tiny.private_gan(
        dpgan.DPGAN,
        sigma=1e-9,
        groups="single",
        num_classes=tiny.NUM_CLASSES,
        engine=engine,
    )
    (without, *with_one), logs = tiny.updates(model, data_sets)
    bound = logs["clip_norms"].numpy()[0]
    for one in with_one:
        moved = 8.0 * tiny.distance(without, one)
        assert 0.9 * bound < moved <= bound * (1 + 1e-3)


def test_engines_agree_on_a_critic_with_labels():
    sums = []
    for engine in ("ghost", "vectorized"):
        model = tiny.private_gan(
            dpgan.DPGAN,
            sigma=1e-12,
            num_classes=tiny.NUM_CLASSES,
            draws_per_record=2,
            engine=engine,
        )
        model._critic_step(
            tiny.private_batch(tiny.images(9), labels=np.arange(9) % 3)
        )
        sums.append([v.numpy() for v in model.critic.trainable_variables])
    for ghost, vectorized in zip(*sums, strict=True):
        np.testing.assert_allclose(ghost, vectorized, rtol=1e-4, atol=1e-6)


def test_joint_and_separate_losses_agree_with_labels():
    critic, _ = tiny.parts(num_classes=tiny.NUM_CLASSES)
    images, labels = tiny.images(5), np.array([0, 1, 2, 2, 1])
    fakes = tiny.images(10, seed=1).reshape(5, 2, *tiny.SHAPE)
    mixes = np.random.default_rng(2).uniform(size=[5, 2]).astype("float32")
    found = [
        loss(
            critic,
            tf.constant(images),
            tf.constant(fakes),
            tf.constant(mixes),
            penalty_weight=10.0,
            labels=tf.constant(labels),
        ).numpy()
        for loss in (losses.critic_loss, losses.joint_critic_loss)
    ]
    np.testing.assert_allclose(*found, rtol=1e-4)


def test_the_warm_start_learns_with_labels():
    model = tiny.compiled(
        wgan_gp.WGANGP(
            *tiny.parts(num_classes=tiny.NUM_CLASSES),
            batch_size=4,
            num_critic_steps=2,
            num_classes=tiny.NUM_CLASSES,
        )
    )
    before = tiny.state(model)
    model.train_step([tiny.public_batch(4)] * 2)
    assert all(
        np.any(old != new)
        for old, new in zip(before, tiny.state(model), strict=True)
    )
