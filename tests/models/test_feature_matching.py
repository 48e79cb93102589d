"""A generator is fitted to what a summary asks."""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import feature_matching
from tests.models import tiny

NUM_CLASSES = tiny.NUM_CLASSES


def _shades(images, labels):
    """The squared distance of images from a shade of each class."""
    shades = tf.gather(tf.constant([-0.5, 0.0, 0.5]), labels % 3)
    return tf.reduce_mean((images - shades[:, None, None, None]) ** 2)


def _model(loss):
    _, generator = tiny.parts(num_classes=NUM_CLASSES)
    model = feature_matching.FeatureMatching(
        generator, loss=loss, num_classes=NUM_CLASSES
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    return model


def _latents(i, num=30):
    return tf.random.stateless_normal([num, 4], [i, 0])


def test_a_generator_comes_nearer_to_what_is_asked():
    model = _model(_shades)
    losses = [float(model.train_step(_latents(i))["loss"]) for i in range(60)]
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:3])


def test_each_half_has_each_class_as_often():
    seen = []

    def watch(images, labels):
        seen.append(labels.numpy())
        return _shades(images, labels)

    _model(watch).train_step(_latents(0, num=2 * 4 * NUM_CLASSES))
    for half in np.split(seen[0], 2):
        np.testing.assert_array_equal(np.bincount(half), [4] * NUM_CLASSES)
