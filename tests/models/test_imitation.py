"""A generator that imitates Gaussians, latent by latent."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import imitation
from dpgan_tf.models import losses
from dpgan_tf.models import networks

SIZE, LATENT_DIM = 64, 6


def wanted(num_classes=2, rank=3):
    rng = np.random.default_rng(0)
    centers = rng.uniform(0.3, 0.7, [num_classes, SIZE])
    factors = 0.1 * rng.normal(size=[num_classes, SIZE, rank])
    covariances = factors @ factors.transpose(0, 2, 1)
    return centers, covariances


def test_images_of_latents_have_the_covariances():
    """Exactly, if the directions that classes share span all of them."""
    centers, covariances = wanted()
    law = imitation.law(centers, covariances, latent_dim=LATENT_DIM)
    for mine, covariance in zip(law.maps, covariances, strict=True):
        np.testing.assert_allclose(mine @ mine.T, covariance, atol=1e-9)


def test_classes_share_what_a_latent_means():
    """The same covariance twice is the same map twice."""
    centers, covariances = wanted()
    covariances[1] = covariances[0]
    law = imitation.law(centers, covariances, latent_dim=LATENT_DIM)
    np.testing.assert_array_equal(law.maps[0], law.maps[1])


def test_latents_beyond_the_pixels_mean_nothing():
    centers, covariances = wanted()
    law = imitation.law(centers, covariances, latent_dim=SIZE + 5)
    assert law.maps.shape == (2, SIZE, SIZE + 5)
    assert not law.maps[:, :, SIZE:].any()


@pytest.mark.parametrize("num_classes", [0, 2])
def test_a_generator_comes_near_the_image_of_each_latent(num_classes):
    keras.utils.set_random_seed(0)
    generator = networks.build_generator(
        (8, 8, 1), latent_dim=LATENT_DIM, width=8, num_classes=num_classes
    )
    law = imitation.law(*wanted(max(1, num_classes)), latent_dim=LATENT_DIM)
    model = imitation.Imitation(generator, law)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    step = tf.function(model.train_step)
    for i in range(250):
        step(tf.random.stateless_normal([32, LATENT_DIM], [i, 0]))
    latents = tf.random.stateless_normal([64, LATENT_DIM], [999, 0])
    labels = tf.range(64, dtype=tf.int64) % max(1, num_classes)
    targets = model.images(latents, labels).numpy()
    inputs = losses.with_labels(latents, labels if num_classes else None)
    made = (generator(inputs).numpy() + 1) / 2
    assert made.shape == targets.shape
    mean_only = np.mean((targets - targets.mean(axis=0)) ** 2)
    assert np.mean((made - targets) ** 2) < 0.5 * mean_only


@pytest.mark.parametrize("num", [1, 2, 7, 16])
def test_each_latent_is_moved_by_the_map_of_its_class(num):
    """Also where the last turn is not whole, in both halves."""
    centers, covariances = wanted(num_classes=3)
    law = imitation.law(centers, covariances, latent_dim=LATENT_DIM)
    generator = networks.build_generator(
        (8, 8, 1), latent_dim=LATENT_DIM, width=4, num_classes=3
    )
    model = imitation.Imitation(generator, law)
    latents = np.random.default_rng(2).normal(size=[2 * num, LATENT_DIM])
    labels = np.concatenate([np.arange(num) % 3] * 2)
    expected = [
        law.centers[label] + law.maps[label] @ latent
        for label, latent in zip(labels, latents, strict=True)
    ]
    found = tf.function(model.images)(
        tf.constant(latents, tf.float32), tf.constant(labels)
    )
    np.testing.assert_allclose(
        found.numpy().reshape(2 * num, SIZE),
        np.clip(expected, 0, 1),
        atol=1e-5,
    )


def test_small_images_are_enlarged_and_cut():
    generator = networks.build_generator(
        (16, 20, 3), latent_dim=4, width=4, num_classes=0
    )
    law = imitation.Law(
        centers=np.full([1, 4 * 4 * 3], 2.0), maps=np.zeros([1, 48, 4])
    )
    model = imitation.Imitation(generator, law)
    found = model.images(tf.zeros([5, 4]), tf.zeros([5], tf.int64))
    assert found.shape == (5, 16, 20, 3)
    np.testing.assert_array_equal(found, np.ones([5, 16, 20, 3]))
