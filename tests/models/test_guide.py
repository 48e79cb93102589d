"""A guide: logits of images, and what they look like."""

import numpy as np
import tensorflow as tf

from dpgan_tf.models import guide as guides
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import scattering
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
