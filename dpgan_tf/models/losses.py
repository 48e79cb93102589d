"""The WGAN-GP losses (dp-GAN Eq. 2 and 3)."""

from collections.abc import Callable

import tensorflow as tf

# Keeps the derivative of the square root finite where a slope is zero.
_SMALLEST_SQUARE = 1e-12

Critic = Callable[[tf.Tensor], tf.Tensor]


def critic_loss(
    critic: Critic,
    images: tf.Tensor,
    fakes: tf.Tensor,
    mixes: tf.Tensor,
    *,
    penalty_weight: float,
) -> tf.Tensor:
    """Return D(G(z)) - D(x) + lambda (|grad D(x_hat)| - 1)^2 of each pair.

    dp-GAN Eq. 3 and Algorithm 1, lines 5 and 6; the three uses of the critic
    are one pass over a batch of 3 b images.

    Args:
      critic: from images [n, h, w, c] to scores [n, 1].
      images: x, [b, h, w, c].
      fakes: G(z), [b, h, w, c].
      mixes: rho in [0, 1], [b].
      penalty_weight: lambda.

    Returns:
      Losses [b].
    """
    rho = mixes[:, None, None, None]
    mixed = rho * images + (1 - rho) * fakes
    with tf.GradientTape() as tape:
        tape.watch(mixed)
        scores = critic(tf.concat([images, fakes, mixed], axis=0))
        real, fake, middle = tf.split(scores[:, 0], 3)
    squares = tf.square(tape.gradient(middle, mixed))
    slopes = tf.sqrt(
        tf.maximum(tf.reduce_sum(squares, axis=[1, 2, 3]), _SMALLEST_SQUARE)
    )
    return fake - real + penalty_weight * tf.square(slopes - 1)


def generator_loss(critic: Critic, fakes: tf.Tensor) -> tf.Tensor:
    """Return the mean of -D(G(z)) (dp-GAN Eq. 2).

    Args:
      critic: from images [n, h, w, c] to scores [n, 1].
      fakes: G(z), [n, h, w, c].

    Returns:
      Loss [].
    """
    return -tf.reduce_mean(critic(fakes))
