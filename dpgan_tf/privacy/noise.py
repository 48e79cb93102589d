"""The protective noise. It is drawn here and nowhere else."""

import math
from collections.abc import Sequence

import tensorflow as tf

_NUM_BITS = 64


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
    # All 128 bits of the key are used; a hash of key and step, as by
    # stateless_fold_in, would keep 64 or even 32 of them.
    seed = tf.bitwise.bitwise_xor(key, tf.stack([tf.zeros_like(step), step]))
    sizes = [tf.size(value) for value in values]
    drawn = _standard_normal(tf.add_n(sizes), seed)
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

    Ledger and claim name this sampler by `header.NOISE_SAMPLER`.

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


def _standard_normal(num: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    bits = tf.random.stateless_uniform(
        [2, (num + 1) // 2],
        seed,
        minval=None,
        maxval=None,
        dtype=tf.uint64,
        alg="philox",
    )
    return tf.reshape(to_pairs(bits), [-1])[:num]
