"""Losses of critics and generators: dp-GAN's Eq. 2 and 3, and others."""

import dataclasses
from collections.abc import Callable
from typing import Any

import tensorflow as tf

# Keeps the derivative of the square root finite where a slope is zero.
_SMALLEST_SQUARE = 1e-12

Critic = Callable[[Any], tf.Tensor]
"""Function from examples [n, ...], or [examples, labels [n]], to scores
[n, 1]."""


@dataclasses.dataclass(frozen=True)
class Objective:
    """An objective: three functions from scores [n] to losses [n].

    Attributes:
      on_real: the critic's loss on records.
      on_fake: the critic's loss on fakes.
      of_generator: the generator's loss on fakes.
    """

    on_real: Callable[[tf.Tensor], tf.Tensor]
    on_fake: Callable[[tf.Tensor], tf.Tensor]
    of_generator: Callable[[tf.Tensor], tf.Tensor]


WASSERSTEIN = Objective(
    on_real=lambda scores: -scores,
    on_fake=lambda scores: scores,
    of_generator=lambda scores: -scores,
)
"""The objective of dp-GAN and PPGAN: scores have no natural zero."""

BCE = Objective(
    on_real=lambda scores: tf.nn.softplus(-scores),
    on_fake=tf.nn.softplus,
    of_generator=lambda scores: tf.nn.softplus(-scores),
)
"""Cross-entropy, non-saturating for the generator (Goodfellow et al., 2014)."""

OBJECTIVES = {"wasserstein": WASSERSTEIN, "bce": BCE}


def critic_loss(
    critic: Critic,
    examples: tf.Tensor,
    fakes: tf.Tensor,
    mixes: tf.Tensor,
    *,
    penalty_weight: float,
    labels: tf.Tensor | None = None,
    objective: Objective = WASSERSTEIN,
) -> tf.Tensor:
    """Return D(G(z)) - D(x) + lambda (|grad D(x_hat)| - 1)^2 of each record.

    dp-GAN Eq. 3 and Algorithm 1, lines 5 and 6; another objective replaces the
    first two terms. Each call of the critic has one row for each record, in
    their order.

    Args:
      critic: D.
      examples: x, [b, ...].
      fakes: G(z), [b, d, ...], d draws for each record.
      mixes: mixing weights rho in [0, 1], [b, d].
      penalty_weight: lambda.
      labels: labels of records and of their fakes, [b], if D takes any.
      objective: the losses on scores.

    Returns:
      Losses [b], each the mean over its draws.
    """
    parts = []
    for fake, rho in zip(
        tf.unstack(fakes, axis=1), tf.unstack(mixes, axis=1), strict=True
    ):
        mixed = mix(examples, fake, rho)
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            middle = critic(with_labels(mixed, labels))
        penalty = slope_penalty(tape.gradient(middle, mixed))
        score = critic(with_labels(fake, labels))[:, 0]
        parts.append(objective.on_fake(score) + penalty_weight * penalty)
    real_scores = critic(with_labels(examples, labels))[:, 0]
    return tf.add_n(parts) / len(parts) + objective.on_real(real_scores)


def wasserstein_loss(
    critic: Critic,
    examples: tf.Tensor,
    fakes: tf.Tensor,
    *,
    labels: tf.Tensor | None = None,
) -> tf.Tensor:
    """Return D(G(z)) - D(x) of each record (PPGAN Eq. 7).

    Args:
      critic: D, whose weights are bounded in some other way.
      examples: x, [b, ...].
      fakes: G(z), [b, d, ...].
      labels: labels [b], if D takes any.

    Returns:
      Losses [b], each the mean over its draws.
    """
    scores = [
        critic(with_labels(fake, labels))[:, 0]
        for fake in tf.unstack(fakes, axis=1)
    ]
    real_scores = critic(with_labels(examples, labels))[:, 0]
    return tf.add_n(scores) / len(scores) - real_scores


def joint_critic_loss(
    critic: Critic,
    examples: tf.Tensor,
    fakes: tf.Tensor,
    mixes: tf.Tensor,
    *,
    penalty_weight: float,
    labels: tf.Tensor | None = None,
    objective: Objective = WASSERSTEIN,
) -> tf.Tensor:
    """Return the result of `critic_loss` from one pass of the critic.

    One pass over x, G(z) and x_hat needs fewer operations on more rows: faster
    for one record at a time, slower for a batch, where the penalty's backward
    pass goes over all rows instead of those of x_hat.

    Args:
      critic: D.
      examples: x, [b, ...].
      fakes: G(z), [b, d, ...].
      mixes: mixing weights rho, [b, d].
      penalty_weight: lambda.
      labels: labels [b], if D takes any.
      objective: the losses on scores.

    Returns:
      Losses [b].
    """
    if labels is not None:
        drawn = tf.repeat(labels, fakes.shape[1])
        labels = tf.concat([labels, drawn, drawn], axis=0)
    every = tf.repeat(examples, fakes.shape[1], axis=0)
    fake = tf.reshape(fakes, [-1, *fakes.shape[2:]])
    mixed = mix(every, fake, tf.reshape(mixes, [-1]))
    num = examples.shape[0] or tf.shape(examples)[0]
    with tf.GradientTape() as tape:
        tape.watch(mixed)
        rows = tf.concat([examples, fake, mixed], axis=0)
        scores = critic(with_labels(rows, labels))[:, 0]
        fake_scores, middle = tf.split(scores[num:], 2)
    penalties = slope_penalty(tape.gradient(middle, mixed))
    terms = objective.on_fake(fake_scores) + penalty_weight * penalties
    means = tf.reduce_mean(tf.reshape(terms, [num, -1]), axis=1)
    return means + objective.on_real(scores[:num])


def mix(examples: tf.Tensor, fakes: tf.Tensor, rho: tf.Tensor) -> tf.Tensor:
    """Return x_hat = rho x + (1 - rho) G(z) (Algorithm 1, line 5).

    Args:
      examples: x, [n, ...].
      fakes: G(z), [n, ...].
      rho: mixing weights [n].
    """
    rho = tf.reshape(rho, [-1] + [1] * (fakes.shape.rank - 1))
    return rho * examples + (1 - rho) * fakes


def slope_penalty(gradients: tf.Tensor) -> tf.Tensor:
    """Return (|g| - 1)^2 of each record's slope g.

    Args:
      gradients: gradients of the score with respect to the example, [n, ...].

    Returns:
      Penalties [n].
    """
    axes = list(range(1, gradients.shape.rank))
    squares = tf.reduce_sum(tf.square(gradients), axis=axes)
    slopes = tf.sqrt(tf.maximum(squares, _SMALLEST_SQUARE))
    return tf.square(slopes - 1)


def generator_loss(
    critic: Critic,
    fakes: tf.Tensor,
    *,
    labels: tf.Tensor | None = None,
    objective: Objective = WASSERSTEIN,
) -> tf.Tensor:
    """Return the mean of -D(G(z)) (dp-GAN Eq. 2), or of another objective.

    Args:
      critic: D.
      fakes: G(z), [n, ...].
      labels: labels of the fakes, [n], if D takes any.
      objective: the losses on scores.

    Returns:
      Loss [].
    """
    scores = critic(with_labels(fakes, labels))[:, 0]
    return tf.reduce_mean(objective.of_generator(scores))


def with_labels(inputs: tf.Tensor, labels: tf.Tensor | None) -> Any:
    """Return a network's inputs.

    Args:
      inputs: examples for a critic, or latents for a generator.
      labels: labels [n], or None for a network without labels.
    """
    return inputs if labels is None else [inputs, labels]
