"""The exponential moving average of a network: what is released."""

import keras
import tensorflow as tf


def follow(
    average: keras.Model,
    model: keras.Model,
    *,
    decay: float,
    num_steps: tf.Tensor,
) -> None:
    """Let an average follow a network by one step.

    The average is the mean of the networks after each step, weighted by powers
    of the decay. What it began with is left out, as of Adam's moments.

    Args:
      average: a network of the same form.
      model: that took a step.
      decay: in [0, 1); 0 copies the network.
      num_steps: int [], steps taken so far, this one among them; up to the
        first, the network is copied.
    """
    num = tf.maximum(tf.cast(num_steps, tf.float32), 1.0)
    kept = decay * (1 - decay ** (num - 1)) / (1 - decay**num)
    for mean, value in zip(average.variables, model.variables, strict=True):
        mean.assign(kept * mean + (1 - kept) * value)
