"""The protective noise. It is drawn here and nowhere else."""

import math
from collections.abc import Sequence

import tensorflow as tf

from dpgan_tf.privacy import keystream

_NUM_BITS = 64


def add_gaussian(
    values: Sequence[tf.Tensor],
    standard_deviations: tf.Tensor,
    *,
    sampler: str,
    key: tf.Tensor,
    step: tf.Tensor,
) -> list[tf.Tensor]:
    """Add N(0, s_v^2 I) to each value, independently for every key and step.

    Args:
      values: V tensors, float64.
      standard_deviations: [V], one for each value.
      sampler: one of `header.NOISE_SAMPLERS`; what the ledger names.
      key: int64 [4], secret; never used by two attempts.
      step: int64 [], never used twice with one key.

    Returns:
      V tensors, float64.
    """
    sizes = [tf.size(value) for value in values]
    num = tf.add_n(sizes)
    bits = keystream.bits(
        [2, (num + 1) // 2], sampler=sampler, key=key, step=step
    )
    drawn = tf.reshape(to_pairs(bits), [-1])[:num]
    return [
        value
        + tf.cast(standard_deviations[v], tf.float64)
        * tf.reshape(part, tf.shape(value))
        for v, (value, part) in enumerate(
            zip(values, tf.split(drawn, sizes), strict=True)
        )
    ]


def to_pairs(bits: tf.Tensor) -> tf.Tensor:
    """Turn random bits into pairs of standard normal numbers (Box-Muller).

    Ledger and claim name the sampler: one of `header.NOISE_SAMPLERS`.

    TensorFlow's own float64 normals are made from uniforms of at least 1e-7:
    none lies beyond 5.68, and the tail beyond that accounts for a good part
    of delta. Here a pair reaches 9.49, and 2^-65 of the mass is cut off.

    Args:
      bits: uint64 [2, m].

    Returns:
      float64 [2, m].
    """
    uniforms = (tf.cast(bits, tf.float64) + 0.5) * 2.0**-_NUM_BITS
    radius = tf.sqrt(-2 * tf.math.log(uniforms[0]))
    turns = tf.stack([uniforms[1], uniforms[1] - 0.25])
    return radius * tf.cos(2 * math.pi * turns)
