"""What a summary asks of fakes: the distance of moments, and of answers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import feature_matching
from dpgan_tf.models import guide as guides
from dpgan_tf.models import summary_loss
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy.summary import class_features
from dpgan_tf.privacy.summary import projection as projections
from tests.models import tiny
from tests.models.test_guide import linear

NUM_CLASSES = tiny.NUM_CLASSES
SIZE = 4
NUM_PRODUCTS = 2


def moments(rows, labels):
    means, products = [], []
    for label in range(NUM_CLASSES):
        mine = rows[labels == label]
        leading = mine[:, :NUM_PRODUCTS]
        means.append(mine.mean(axis=0))
        products.append(leading.T @ leading / len(mine))
    return class_features.ClassFeatures(
        means=np.stack(means), products=np.stack(products)
    )


def loss_of(found, *, guide_weight=0.0, feature_weight=1.0):
    kernel = linear().kernel
    rng = np.random.default_rng(4)
    return summary_loss.SummaryLoss(
        guide=guides.Guide(linear()),
        projection=projections.Projection(
            center=rng.normal(size=len(kernel)),
            directions=0.01 * rng.normal(size=[len(kernel), SIZE]),
        ),
        moments=found,
        guide_weight=guide_weight,
        feature_weight=feature_weight,
    )


def random_rows(num, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=[num, SIZE]), np.arange(num) % NUM_CLASSES


def _expected(rows, labels, private, classes=range(NUM_CLASSES)):
    half = len(rows) // 2
    first = moments(rows[:half], labels[:half])
    second = moments(rows[half:], labels[half:])
    return sum(
        np.sum(
            (getattr(first, name) - getattr(private, name))[label]
            * (getattr(second, name) - getattr(private, name))[label]
        )
        for name in ("means", "products")
        for label in classes
    )


def test_the_distance_is_that_of_the_moments_of_two_halves():
    rows, labels = random_rows(24, seed=0)
    private = moments(*random_rows(60, seed=1))
    found = loss_of(private).distance(
        tf.constant(rows, tf.float32), tf.constant(labels)
    )
    expected = _expected(rows, labels, private)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid")
def test_a_class_that_a_half_lacks_is_left_out():
    rows, labels = random_rows(25, seed=0)
    labels[:12][labels[:12] == 1] = 2
    private = moments(*random_rows(60, seed=1))
    found = loss_of(private).distance(
        tf.constant(rows, tf.float32), tf.constant(labels)
    )
    others = [label for label in range(NUM_CLASSES) if label != 1]
    expected = _expected(rows, labels, private, classes=others)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_its_mean_is_zero_for_samples_of_the_same_distribution():
    """However few a class has: the halves are independent."""
    rng = np.random.default_rng(2)
    loss = loss_of(
        class_features.ClassFeatures(
            means=np.zeros([NUM_CLASSES, SIZE]),
            products=np.tile(np.eye(NUM_PRODUCTS), [NUM_CLASSES, 1, 1]),
        )
    )
    labels = tf.constant(np.arange(12) % NUM_CLASSES)
    found = [
        float(
            loss.distance(
                tf.constant(rng.normal(size=[12, SIZE]), tf.float32), labels
            )
        )
        for _ in range(500)
    ]
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found)) < 5 * error
    assert np.std(found) > 0.1


def test_it_is_the_mean_surprise_of_the_guide_and_the_distance_as_they_weigh():
    scaled = tf.constant(tiny.images(6))
    labels = tf.constant([0, 1, 2, 1, 0, 2], tf.int64)
    private = moments(*random_rows(60, seed=1))
    logits = guides.Guide(linear())(scaled).numpy()
    shifted = logits - logits.max(1, keepdims=True)
    surprise = np.log(np.exp(shifted).sum(1)) - shifted[range(6), labels]
    alone = loss_of(private, guide_weight=2.0, feature_weight=0.0)
    np.testing.assert_allclose(
        alone(scaled, labels), 2 * surprise.mean(), rtol=1e-4
    )
    distance = loss_of(private)(scaled, labels)
    both = loss_of(private, guide_weight=2.0, feature_weight=3.0)
    np.testing.assert_allclose(
        both(scaled, labels), 2 * surprise.mean() + 3 * distance, rtol=1e-4
    )
    center, directions = both._center, both._directions
    rows = (guides.features(scaled) - center) @ directions
    np.testing.assert_allclose(distance, both.distance(rows, labels), rtol=1e-4)


def _after_steps(beside, num=12):
    networks = tiny.parts(num_classes=NUM_CLASSES)
    model = wgan_gp.WGANGP(
        *networks,
        batch_size=16,
        num_critic_steps=1,
        num_classes=NUM_CLASSES,
        beside=beside,
    )
    model.compile(
        critic_optimizer=keras.optimizers.SGD(0.0),
        generator_optimizer=keras.optimizers.Adam(0.01),
    )
    take_step = tf.function(model.generator_step, autograph=False)
    for _ in range(num):
        take_step()
    labels = tf.constant(np.arange(60) % NUM_CLASSES)
    latents = tf.random.stateless_normal([60, 4], [1, 2])
    fakes = model.generator([latents, labels], training=False)
    private = moments(*random_rows(60, seed=1))
    asked = loss_of(private, guide_weight=1.0, feature_weight=0.0)
    return model, float(asked(fakes, labels))


def test_a_generator_follows_its_guide_as_much_as_it_weighs():
    private = moments(*random_rows(60, seed=1))
    _, alone = _after_steps(None)
    _, little = _after_steps(
        loss_of(private, guide_weight=0.001, feature_weight=0.0)
    )
    _, much = _after_steps(
        loss_of(private, guide_weight=1.0, feature_weight=0.0)
    )
    assert much < 0.5 * alone
    assert much < little


def test_a_generator_comes_nearer_to_the_moments():
    """Through the gradient of the distance."""
    rng = np.random.default_rng(5)
    labels = np.arange(60) % NUM_CLASSES
    aim = rng.uniform(-1, 1, [60, *tiny.SHAPE])
    loss = loss_of(moments(*random_rows(60, seed=1)))
    features = guides.features(tf.constant(aim, tf.float32))
    rows = (features - loss._center) @ loss._directions
    _, generator = tiny.parts(num_classes=NUM_CLASSES)
    model = feature_matching.FeatureMatching(
        generator,
        loss=loss_of(moments(rows.numpy(), labels)),
        num_classes=NUM_CLASSES,
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    take_step = tf.function(model.train_step, autograph=False)
    distances = [
        float(take_step(tf.random.stateless_normal([60, 4], [i, 0]))["loss"])
        for i in range(40)
    ]
    assert np.mean(distances[-10:]) < 0.3 * np.mean(distances[:3])


def test_it_adds_nothing_to_what_is_trained_or_kept():
    private = moments(*random_rows(60, seed=1))
    with_one, _ = _after_steps(loss_of(private, guide_weight=1.0), num=1)
    without, _ = _after_steps(None, num=1)
    assert len(with_one.variables) == len(without.variables)
