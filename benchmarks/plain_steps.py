"""A critic step without privacy, in several common forms."""

from collections.abc import Callable

import tensorflow as tf

from benchmarks import cases
from benchmarks import critics
from benchmarks import inputs
from dpgan_tf.models import losses


def build(
    case: cases.Case, given: inputs.Inputs, *, passes: str, activation: str
) -> Callable[[], object]:
    """Build a critic and its step.

    Args:
      case: the critic.
      given: weights and records.
      passes: one of `PASSES`.
      activation: one of `ACTIVATIONS`.

    Returns:
      A function that takes a step.
    """
    critic = ACTIVATIONS[activation](case, given.weights)
    adam = critics.adam(critic)
    loss = PASSES[passes]
    fakes, mixes = given.fakes[:, None], given.mixes[:, None]
    records = [tf.constant(part) for part in (given.images, fakes, mixes)]

    @tf.function
    def step(*records):
        with tf.GradientTape() as tape:
            losses_of_records = loss(
                critic, *records, penalty_weight=cases.PENALTY_WEIGHT
            )
            mean = tf.reduce_mean(losses_of_records)
        gradients = tape.gradient(mean, critic.trainable_variables)
        adam.apply(gradients, critic.trainable_variables)

    return lambda: step(*records)


def two_pass_critic_loss(
    critic: losses.Critic,
    images: tf.Tensor,
    fakes: tf.Tensor,
    mixes: tf.Tensor,
    *,
    penalty_weight: float,
) -> tf.Tensor:
    """Return the same as `losses.critic_loss`, with two passes of the critic.

    One pass is over x and G(z), and one over x_hat.

    Args:
      critic: critic D, as in `losses.critic_loss`.
      images: x, [b, h, w, c].
      fakes: G(z), [b, 1, h, w, c].
      mixes: rho, [b, 1].
      penalty_weight: weight lambda of the penalty.

    Returns:
      Losses [b].
    """
    fake = fakes[:, 0]
    scores = critic(tf.concat([images, fake], axis=0))[:, 0]
    real_scores, fake_scores = tf.split(scores, 2)
    mixed = losses.mix(images, fake, mixes[:, 0])
    with tf.GradientTape() as tape:
        tape.watch(mixed)
        middle = critic(mixed)
    penalty = losses.slope_penalty(tape.gradient(middle, mixed))
    return fake_scores - real_scores + penalty_weight * penalty


PASSES = {
    "separate": losses.critic_loss,
    "two_pass": two_pass_critic_loss,
    "joint": losses.joint_critic_loss,
}
"""Three passes of the critic, over x, G(z) and x_hat, or fewer."""

ACTIVATIONS = {
    "keras": critics.build_with_keras_activation,
    "project": critics.build,
}
"""Keras' leaky ReLU, or this project's, which does less work."""
