"""The protective noise. It is drawn here and nowhere else."""

from collections.abc import Sequence

import tensorflow as tf


def add_gaussian(
    values: Sequence[tf.Tensor],
    standard_deviations: tf.Tensor,
    *,
    key: tf.Tensor,
    step: tf.Tensor,
) -> list[tf.Tensor]:
    """Add N(0, s_v^2 I) to each value, independently for every key and step.

    Args:
      values: V tensors, float64.
      standard_deviations: [V], one for each value.
      key: int64 [2], secret; never used by two attempts.
      step: int64 [], never used twice with one key.

    Returns:
      V tensors, float64.
    """
    step_key = tf.random.experimental.stateless_fold_in(key, step)
    return [
        value
        + tf.cast(standard_deviations[v], tf.float64)
        * tf.random.stateless_normal(
            tf.shape(value),
            tf.random.experimental.stateless_fold_in(step_key, v),
            dtype=tf.float64,
        )
        for v, value in enumerate(values)
    ]
