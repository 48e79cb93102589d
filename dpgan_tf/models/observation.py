"""Counts drawn from a generator's probabilities, with a gradient.

A critic that saw probabilities would tell fakes from records by their not being
whole numbers. It sees draws; the gradient passes through them as if they were
their means (straight-through, Bengio et al. 2013).
"""

import tensorflow as tf


def straight_through(
    probabilities: tf.Tensor, key: tf.Tensor, *, largest: int
) -> tf.Tensor:
    """Draw x ~ Binomial(largest, p) / largest, a row for each row of p.

    Args:
      probabilities: float32 [n, columns] in [0, 1].
      key: seed of the draws, int64 [2]; not protective.
      largest: the largest count; 1 draws 0 or 1.

    Returns:
      float32 [n, columns] in [0, 1]; its gradient is that of p.
    """
    # Before the gradient's function: draws are no part of what it is of.
    uniforms = tf.random.stateless_uniform(
        tf.concat([[largest], tf.shape(probabilities)], axis=0), key
    )

    @tf.custom_gradient
    def draw(p):
        drawn = tf.reduce_mean(tf.cast(uniforms < p[None], tf.float32), axis=0)
        return drawn, lambda upstream: upstream

    return draw(probabilities)
