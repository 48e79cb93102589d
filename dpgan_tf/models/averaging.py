"""The exponential moving average of a network, which is released."""

import keras
import tensorflow as tf


def follow(
    average: keras.Model,
    model: keras.Model,
    *,
    decay: float,
    num_steps: tf.Tensor,
) -> None:
    """Update an average after a step of a network.

    The average is the mean of the networks after each step, weighted by powers
    of the decay. Its initial value is left out, as in Adam's bias correction.

    Args:
      average: a network of the same form.
      model: the network after its step.
      decay: decay rate in [0, 1); 0 copies the network.
      num_steps: int [], number of steps including this one; up to the first,
        the network is copied.
    """
    num = tf.maximum(tf.cast(num_steps, tf.float32), 1.0)
    kept = decay * (1 - decay ** (num - 1)) / (1 - decay**num)
    for mean, value in zip(average.variables, model.variables, strict=True):
        mean.assign(kept * mean + (1 - kept) * value)
