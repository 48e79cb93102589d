"""Counts drawn from a generator's probabilities, with a gradient.

A critic that saw probabilities could distinguish fakes from records because
they are not whole numbers. It sees draws; the gradient treats them as their
means (straight-through, Bengio et al. 2013).
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
    # Drawn outside of the function whose gradient is replaced.
    uniforms = tf.random.stateless_uniform(
        tf.concat([[largest], tf.shape(probabilities)], axis=0), key
    )

    @tf.custom_gradient
    def draw(p):
        drawn = tf.reduce_mean(tf.cast(uniforms < p[None], tf.float32), axis=0)
        return drawn, lambda upstream: upstream

    return draw(probabilities)
