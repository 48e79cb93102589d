"""The exponential moving average of a network: what is released."""

import keras
import tensorflow as tf


def follow(
    average: keras.Model,
    model: keras.Model,
    *,
    decay: float,
    num_steps: tf.Tensor | None = None,
) -> None:
    """Let an average follow a network by one step.

    Args:
      average: a network of the same form.
      model: that took a step.
      decay: what is left of the average; 0 copies the network.
      num_steps: int [], steps taken so far, at least 1, to leave what the
        average began with out of it, as Adam does; None to let it fade.
    """
    kept: float | tf.Tensor = decay
    if num_steps is not None:
        num = tf.cast(num_steps, tf.float32)
        kept = decay * (1 - decay ** (num - 1)) / (1 - decay**num)
    for mean, value in zip(average.variables, model.variables, strict=True):
        mean.assign(kept * mean + (1 - kept) * value)
