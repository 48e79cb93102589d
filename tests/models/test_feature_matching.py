"""A generator is fitted to moments of features."""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import feature_matching
from tests.models import tiny

NUM_CLASSES = tiny.NUM_CLASSES
SIZE = 4
NUM_PRODUCTS = 2


def features(images):
    """Means of four parts of an image, stretched."""
    parts = tf.reshape(images, [-1, SIZE, 28 * 28 // SIZE])
    return 3 * tf.reduce_mean(parts, axis=2)


def moments(rows, labels):
    means, products = [], []
    for label in range(NUM_CLASSES):
        mine = rows[labels == label]
        leading = mine[:, :NUM_PRODUCTS]
        means.append(mine.mean(axis=0))
        products.append(leading.T @ leading / len(mine))
    return np.stack(means), np.stack(products)


def matching(means, products, *, beside=lambda images, labels: 0.0):
    _, generator = tiny.parts(num_classes=NUM_CLASSES)
    return feature_matching.FeatureMatching(
        generator,
        features=features,
        means=means,
        products=products,
        beside=beside,
    )


def random_rows(num, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=[num, SIZE]), np.arange(num) % NUM_CLASSES


def test_the_distance_is_that_of_the_moments_of_two_halves():
    rows, labels = random_rows(24, seed=0)
    means, products = moments(*random_rows(60, seed=1))
    both = [
        moments(rows[half], labels[half])
        for half in (slice(0, 12), slice(12, 24))
    ]
    expected = sum(
        np.sum((a - own) * (b - own))
        for a, b, own in zip(*both, (means, products), strict=True)
    )
    found = matching(means, products).distance(
        tf.constant(rows, tf.float32), tf.constant(labels)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_its_mean_is_zero_for_samples_of_the_same_distribution():
    """However few a class has: the halves are independent."""
    rng = np.random.default_rng(2)
    products = np.tile(np.eye(NUM_PRODUCTS), [NUM_CLASSES, 1, 1])
    model = matching(np.zeros([NUM_CLASSES, SIZE]), products)
    labels = tf.constant(np.arange(12) % NUM_CLASSES)
    found = [
        float(
            model.distance(
                tf.constant(rng.normal(size=[12, SIZE]), tf.float32), labels
            )
        )
        for _ in range(500)
    ]
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found)) < 5 * error
    assert np.std(found) > 0.1


def _fitted(*, beside=lambda images, labels: 0.0):
    rng = np.random.default_rng(3)
    means = rng.uniform(-1, 1, [NUM_CLASSES, SIZE])
    leading = means[:, :NUM_PRODUCTS]
    products = leading[:, :, None] * leading[:, None]
    products = products + 0.05 * np.eye(NUM_PRODUCTS)
    model = matching(means, products, beside=beside)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    distances = [
        float(
            model.train_step(tf.random.stateless_normal([60, 4], [i, 0]))[
                "distance"
            ]
        )
        for i in range(60)
    ]
    return model, distances


def test_a_generator_comes_nearer():
    _, distances = _fitted()
    assert np.mean(distances[-10:]) < 0.2 * np.mean(distances[:3])


def test_what_stands_beside_is_followed_too():
    dark, _ = _fitted(beside=lambda images, labels: 50 * tf.reduce_mean(images))
    alone, _ = _fitted()
    latents = tf.random.stateless_normal([60, 4], [1, 2])
    labels = tf.constant(np.arange(60) % NUM_CLASSES)
    means = [
        float(tf.reduce_mean(model.generator([latents, labels])))
        for model in (dark, alone)
    ]
    assert means[0] < means[1] - 0.1
