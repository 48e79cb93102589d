"""Features of images of any size and colour."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.summary import image_features
from dpgan_tf.privacy.summary import scattering

SHAPES = [
    (8, 8, 1),
    (28, 28, 1),
    (16, 24, 2),
    (32, 32, 3),
    (40, 33, 1),
    (64, 64, 3),
    (128, 100, 3),
]


def pixels(shape, num=3, seed=0):
    rng = np.random.default_rng(seed)
    return tf.constant(rng.uniform(size=[num, *shape]), tf.float64)


@pytest.mark.parametrize("shape", SHAPES)
def test_there_are_as_many_as_is_said_and_few_for_any_size(shape):
    found = image_features.transform(pixels(shape))
    assert found.shape == (3, image_features.num_features(shape))
    assert found.shape[1] <= 2 * image_features.num_features((32, 32, 1))
    assert np.isfinite(found).all()


def test_grey_images_that_are_small_have_their_scattering():
    some = pixels((28, 28, 1))
    np.testing.assert_array_equal(
        image_features.transform(some), scattering.transform(some)
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_an_image_has_the_same_features_beside_any_other(shape):
    some, others = pixels(shape), pixels(shape, seed=1)
    mixed = tf.concat([some[:1], others[1:]], axis=0)
    np.testing.assert_allclose(
        image_features.transform(some)[0],
        image_features.transform(mixed)[0],
        atol=1e-12,
    )


def test_colours_of_one_brightness_are_told_apart():
    red = np.zeros([1, 16, 16, 3])
    red[..., 0] = 0.587
    green = np.zeros([1, 16, 16, 3])
    green[..., 1] = 0.299
    first, second = (
        image_features.transform(tf.constant(each)) for each in (red, green)
    )
    num = scattering.num_features((16, 16, 1))
    np.testing.assert_allclose(first[:, :num], second[:, :num], atol=1e-9)
    assert np.abs(first[:, num:] - second[:, num:]).max() > 0.2


@pytest.mark.parametrize("shape", [(40, 40, 1), (48, 64, 3)])
def test_a_generator_can_follow_them(shape):
    """Every pixel moves the features of a reduced view."""
    some = tf.cast(pixels(shape, num=1), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(some)
        loss = tf.reduce_sum(image_features.transform(some) ** 2)
    slopes = tape.gradient(loss, some).numpy()
    assert np.isfinite(slopes).all()
    assert np.mean(slopes != 0) > 0.99
