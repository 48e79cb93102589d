"""Random bits that follow from a secret key and a step: ChaCha20 or Philox.

ChaCha20 (RFC 8439) is a cipher: without its key of 256 bits, nobody tells its
stream from chance. Philox is a good generator of statistics and no cipher;
seeded runs have it, since their draws may not change, and runs that XLA
compiles, which knows no cipher.
"""

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf
from cryptography import exceptions
from cryptography.hazmat.primitives import ciphers
from cryptography.hazmat.primitives.ciphers import algorithms

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ledger import header

KEY_WORDS = 4
"""A key is 256 bits, as so many integers. Philox uses the first two."""

_UNIFORM_BITS = 52
_ZEROS = memoryview(bytes(2**16))
_FIRST_BLOCK = bytes.fromhex("76b8e0ada0f13d90405d6ae55386bd28")
"""How the stream of key 0 and nonce 0 begins (RFC 8439, A.1, vector 1)."""


def chacha20(num: int, *, key: np.ndarray, step: int) -> np.ndarray:
    """Return the beginning of a step's ChaCha20 stream.

    Its blocks are counted from 0 by the cipher's first 64 bits of state after
    the key; the last 64 bits are the step. No two steps share a block.

    Args:
      num: number of integers.
      key: int64 [4], secret.
      step: an integer of 64 bits, signed.

    Returns:
      uint64 [num].

    Raises:
      PrivacyError: if the key has another form, or the cipher is missing.
    """
    key = np.asarray(key)
    if key.shape != (KEY_WORDS,) or key.dtype != np.int64:
        raise errors.PrivacyError(
            f"a key is {key.dtype} {list(key.shape)}; expected int64 "
            f"[{KEY_WORDS}]."
        )
    nonce = bytes(8) + int(step).to_bytes(8, "little", signed=True)
    algorithm = algorithms.ChaCha20(key.astype("<i8").tobytes(), nonce)
    try:
        cipher = ciphers.Cipher(algorithm, mode=None).encryptor()
    except exceptions.UnsupportedAlgorithm as error:
        raise errors.PrivacyError(
            "this machine's OpenSSL has no ChaCha20, from which the noise is "
            "drawn; use another build of the package `cryptography`."
        ) from error
    stream = np.empty([int(num)], "<u8")
    octets = memoryview(stream).cast("B")
    for start in range(0, len(octets), len(_ZEROS)):
        part = octets[start : start + len(_ZEROS)]
        cipher.update_into(_ZEROS[: len(part)], part)
    return stream.astype(np.uint64, copy=False)


def require(sampler: str) -> None:
    """Refuse a sampler that is unknown, or does not work on this machine.

    Args:
      sampler: one of `header.NOISE_SAMPLERS`.

    Raises:
      PrivacyError: naming it. Nothing was drawn.
    """
    _of(_BITS, sampler)
    if sampler == header.CHACHA20:
        zeros = np.zeros([KEY_WORDS], np.int64)
        if chacha20(2, key=zeros, step=0).tobytes() != _FIRST_BLOCK:
            raise errors.PrivacyError(
                "this machine's ChaCha20 is another cipher than RFC 8439 says; "
                "use another build of the package `cryptography`."
            )


def require_compilable(sampler: str) -> None:
    """Refuse a sampler that XLA cannot compile.

    Args:
      sampler: one of `header.NOISE_SAMPLERS`.

    Raises:
      PrivacyError: if it is a cipher.
    """
    if sampler == header.CHACHA20:
        raise errors.PrivacyError(
            f"noise_sampler={sampler!r} with jit_compile: XLA compiles no "
            f"cipher; choose {header.PHILOX!r}, or do not compile."
        )


def bits(
    shape: list[int | tf.Tensor],
    *,
    sampler: str,
    key: tf.Tensor,
    step: tf.Tensor,
) -> tf.Tensor:
    """Return independent random bits, the same for the same key and step.

    Args:
      shape: the result's shape.
      sampler: one of `header.NOISE_SAMPLERS`.
      key: int64 [4], secret.
      step: int64 [].

    Returns:
      uint64 [*shape].

    Raises:
      PrivacyError: if the sampler is unknown or the key has another form.
    """
    return _of(_BITS, sampler)(shape, *checked(key, step))


def uniforms(
    num: int, *, sampler: str, key: tf.Tensor, step: tf.Tensor
) -> tf.Tensor:
    """Return independent multiples of 2**-52 in [0, 1), all equally likely.

    Args:
      num: number of them.
      sampler: one of `header.NOISE_SAMPLERS`.
      key: int64 [4], secret.
      step: int64 [].

    Returns:
      float64 [num].

    Raises:
      PrivacyError: if the sampler is unknown or the key has another form.
    """
    return _of(_UNIFORMS, sampler)(num, *checked(key, step))


def _of(table: Mapping[str, Callable], sampler: str) -> Callable:
    if sampler not in table:
        raise errors.PrivacyError(
            f"noise_sampler={sampler!r}; expected one of "
            f"{', '.join(header.NOISE_SAMPLERS)}."
        )
    return table[sampler]


def checked(key: tf.Tensor, step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return a key and a step, int64 [4] and [].

    Args:
      key: int64 [4], secret.
      step: int64 [].

    Raises:
      PrivacyError: if the key has another form.
    """
    key = tf.convert_to_tensor(key, tf.int64)
    if key.shape != [KEY_WORDS]:
        raise errors.PrivacyError(
            f"a key has the shape {key.shape}; expected [{KEY_WORDS}]."
        )
    return key, tf.convert_to_tensor(step, tf.int64)


def _chacha20_bits(shape, key, step):
    # A pure function: nothing is lost if the graph takes a result twice.
    stream = tf.numpy_function(
        _chacha20_of_operands,
        [tf.reduce_prod(shape), key, step],
        tf.uint64,
        stateful=False,
    )
    return tf.reshape(stream, shape)


def _chacha20_of_operands(num, key, step):
    return chacha20(num, key=key, step=step)


def _chacha20_uniforms(num, key, step):
    drawn = _chacha20_bits([num], key, step)
    kept = tf.bitwise.right_shift(drawn, np.uint64(64 - _UNIFORM_BITS))
    return tf.cast(kept, tf.float64) * 2.0**-_UNIFORM_BITS


def _philox_bits(shape, key, step):
    return tf.random.stateless_uniform(
        shape,
        _philox_seed(key, step),
        minval=None,
        maxval=None,
        dtype=tf.uint64,
        alg="philox",
    )


def _philox_uniforms(num, key, step):
    return tf.random.stateless_uniform(
        [num], _philox_seed(key, step), dtype=tf.float64, alg="philox"
    )


def _philox_seed(key, step):
    # A hash of key and step, as by stateless_fold_in, would keep 64 or even 32
    # bits of the 128.
    return tf.bitwise.bitwise_xor(key[:2], tf.stack([0 * step, step]))


_BITS = {header.PHILOX: _philox_bits, header.CHACHA20: _chacha20_bits}
_UNIFORMS = {
    header.PHILOX: _philox_uniforms,
    header.CHACHA20: _chacha20_uniforms,
}
