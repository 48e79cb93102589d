"""The protective noise. It is drawn here and nowhere else."""

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import keystream
from dpgan_tf.privacy.ledger import header

_NUM_BITS = 64

# So many pairs at a time stay in a processor's cache.
_PAIRS_AT_A_TIME = 2**13


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
    pairs = _pairs((num + 1) // 2, sampler=sampler, key=key, step=step)
    drawn = tf.reshape(pairs, [-1])[:num]
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


def to_pairs_at_once(bits: np.ndarray) -> np.ndarray:
    """Do as `to_pairs`, to rounding, in a fifth of the time.

    A block is done with while it is in the cache. NumPy has a fast tangent, but
    no fast cosine: with t = tan(angle / 2),

        cos = (1 - t^2) / (1 + t^2),  sin = 2 t / (1 + t^2)

    Args:
      bits: uint64 [2, m]; their memory becomes the result's.

    Returns:
      float64 [2, m].
    """
    # Numbers with a sign become floats several times faster.
    signed, pairs = bits.view(np.int64), bits.view(np.float64)
    for start in range(0, bits.shape[1], _PAIRS_AT_A_TIME):
        block = np.s_[:, start : start + _PAIRS_AT_A_TIME]
        uniforms, turns = signed[block] * 2.0**-_NUM_BITS + 0.5**_NUM_BITS / 2
        uniforms -= np.floor(uniforms)
        tangents = np.tan(math.pi * turns)
        squares = np.square(tangents)
        lengths = np.sqrt(-2 * np.log(uniforms)) / (1 + squares)
        pairs[block] = lengths * (1 - squares), lengths * (2 * tangents)
    return pairs


def _pairs(num, *, sampler, key, step):
    """Draw pairs of standard normal numbers, float64 [2, num]."""
    if sampler != header.CHACHA20:
        bits = keystream.bits([2, num], sampler=sampler, key=key, step=step)
        return to_pairs(bits)
    # A pure function: nothing is lost if the graph takes a result twice.
    return tf.ensure_shape(
        tf.numpy_function(
            _cipher_pairs,
            [num, *keystream.checked(key, step)],
            tf.float64,
            stateful=False,
        ),
        [2, None],
    )


def _cipher_pairs(num, key, step):
    bits = keystream.chacha20(2 * int(num), key=key, step=step)
    return to_pairs_at_once(bits.reshape(2, -1))
