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
    # The key enters with all its 128 bits; a hash of key and step, such as
    # stateless_fold_in makes, would keep 64 or even 32 of them.
    seed = tf.bitwise.bitwise_xor(key, tf.stack([tf.zeros_like(step), step]))
    sizes = [tf.size(value) for value in values]
    drawn = tf.random.stateless_normal(
        [tf.add_n(sizes)], seed, dtype=tf.float64, alg="philox"
    )
    return [
        value
        + tf.cast(standard_deviations[v], tf.float64)
        * tf.reshape(part, tf.shape(value))
        for v, (value, part) in enumerate(
            zip(values, tf.split(drawn, sizes), strict=True)
        )
    ]
