"""The WGAN-GP losses, against critics whose slopes are known."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import losses

RNG = np.random.default_rng(0)
IMAGES = tf.constant(RNG.uniform(-1, 1, (3, 4, 4, 1)), tf.float32)
FAKES = tf.constant(RNG.uniform(-1, 1, (3, 1, 4, 4, 1)), tf.float32)
MIXES = tf.constant([[0.0], [0.4], [1.0]])
BOTH = pytest.mark.parametrize(
    "critic_loss", [losses.critic_loss, losses.joint_critic_loss]
)
WEIGHT = RNG.normal(size=(16, 1)).astype(np.float32)


def linear(images):
    return tf.reshape(images, [-1, 16]) @ WEIGHT


@BOTH
def test_a_linear_critic_has_the_closed_form_of_equation_3(critic_loss):
    loss = critic_loss(linear, IMAGES, FAKES, MIXES, penalty_weight=10.0)
    difference = np.reshape(FAKES[:, 0] - IMAGES, [-1, 16]) @ WEIGHT[:, 0]
    penalty = 10 * (np.linalg.norm(WEIGHT) - 1) ** 2
    np.testing.assert_allclose(loss, difference + penalty, rtol=1e-4)


@BOTH
def test_the_penalty_is_taken_between_the_image_and_the_fake(critic_loss):
    """A quadratic critic's slope is 2 |x_hat|, which rho decides."""

    def quadratic(images):
        return tf.reduce_sum(images**2, axis=[1, 2, 3])[:, None]

    loss = critic_loss(quadratic, IMAGES, FAKES, MIXES, penalty_weight=1.0)
    rho = MIXES.numpy()[:, :, None, None]
    fakes = FAKES.numpy()[:, 0]
    mixed = rho * IMAGES.numpy() + (1 - rho) * fakes
    slopes = 2 * np.sqrt(np.sum(mixed**2, axis=(1, 2, 3)))
    expected = (
        np.sum(fakes**2, axis=(1, 2, 3))
        - np.sum(IMAGES.numpy() ** 2, axis=(1, 2, 3))
        + (slopes - 1) ** 2
    )
    np.testing.assert_allclose(loss, expected, rtol=1e-4)


@BOTH
def test_a_critic_without_slope_has_finite_gradients(critic_loss):
    weight = tf.Variable(tf.zeros([16, 1]))
    with tf.GradientTape() as tape:
        loss = critic_loss(
            lambda x: tf.reshape(x, [-1, 16]) @ weight,
            IMAGES,
            FAKES,
            MIXES,
            penalty_weight=10.0,
        )
    assert np.isfinite(tape.gradient(loss, weight)).all()


@BOTH
def test_the_loss_of_a_record_is_the_mean_over_its_draws(critic_loss):
    def curved(images):
        return tf.tanh(linear(images)) + linear(images**2)

    fakes = tf.constant(RNG.uniform(-1, 1, (3, 2, 4, 4, 1)), tf.float32)
    mixes = tf.constant(RNG.uniform(size=(3, 2)), tf.float32)
    both = critic_loss(curved, IMAGES, fakes, mixes, penalty_weight=10.0)
    alone = [
        losses.critic_loss(
            curved,
            IMAGES,
            fakes[:, j : j + 1],
            mixes[:, j : j + 1],
            penalty_weight=10.0,
        )
        for j in range(2)
    ]
    np.testing.assert_allclose(both, np.mean(alone, axis=0), rtol=1e-5)


def _log_sigmoid(scores):
    return -np.log1p(np.exp(-scores))


@BOTH
@pytest.mark.parametrize(
    ("name", "real", "fake", "generator"),
    [
        ("wasserstein", lambda s: -s, lambda s: s, lambda s: -s),
        (
            "bce",
            lambda s: -_log_sigmoid(s),
            lambda s: -_log_sigmoid(-s),
            lambda s: -_log_sigmoid(s),
        ),
    ],
)
def test_objectives_are_those_of_the_textbooks(
    critic_loss, name, real, fake, generator
):
    objective = losses.OBJECTIVES[name]
    of_images = np.reshape(IMAGES, [-1, 16]) @ WEIGHT[:, 0]
    of_fakes = np.reshape(FAKES, [-1, 16]) @ WEIGHT[:, 0]
    loss = critic_loss(
        linear, IMAGES, FAKES, MIXES, penalty_weight=0.0, objective=objective
    )
    np.testing.assert_allclose(
        loss, real(of_images) + fake(of_fakes), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(
        losses.generator_loss(linear, FAKES[:, 0], objective=objective),
        np.mean(generator(of_fakes)),
        rtol=1e-4,
    )


def test_the_generator_loss_is_minus_the_mean_score():
    expected = -np.mean(np.reshape(FAKES, [-1, 16]) @ WEIGHT)
    np.testing.assert_allclose(
        losses.generator_loss(linear, FAKES[:, 0]), expected, rtol=1e-5
    )


@pytest.mark.parametrize("name", losses.OBJECTIVES)
@pytest.mark.parametrize("part", ["on_real", "on_fake", "of_generator"])
def test_an_objective_takes_each_score_by_itself(name, part):
    """A mean over the batch would let records meet."""
    scores = tf.constant([-3.0, -0.2, 0.0, 0.7, 5.0])
    with tf.GradientTape() as tape:
        tape.watch(scores)
        values = getattr(losses.OBJECTIVES[name], part)(scores)
    jacobian = tape.jacobian(values, scores).numpy()
    np.testing.assert_array_equal(jacobian, np.diag(np.diag(jacobian)))
