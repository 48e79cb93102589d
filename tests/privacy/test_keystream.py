"""Streams of keys: the cipher's own examples, and no bit used twice."""

import numpy as np
import pytest
import tensorflow as tf
from cryptography import exceptions
from cryptography.hazmat.primitives import ciphers
from cryptography.hazmat.primitives.ciphers import algorithms

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy.ledger import header

ZERO, ONE = bytes(32), bytes(31) + b"\1"
SECOND = b"\0\xff" + bytes(30)
# RFC 8439, appendix A.1: key, the nonce's last 64 bits, block, its bytes.
EXAMPLES = [
    (
        ZERO,
        bytes(8),
        0,
        "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
        "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
    ),
    (
        ZERO,
        bytes(8),
        1,
        "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
        "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
    ),
    (
        ONE,
        bytes(8),
        1,
        "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
        "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0",
    ),
    (
        SECOND,
        bytes(8),
        2,
        "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
        "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096",
    ),
    (
        ZERO,
        bytes(7) + b"\2",
        0,
        "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
        "8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d",
    ),
]
KEY = np.array([3, -4, 5, -(2**60)], np.int64)


@pytest.mark.parametrize(("key", "nonce", "block", "expected"), EXAMPLES)
def test_the_stream_is_that_of_rfc_8439(key, nonce, block, expected):
    drawn = keystream.chacha20(
        8 * (block + 1),
        key=np.frombuffer(key, "<i8"),
        step=int.from_bytes(nonce, "little", signed=True),
    )
    assert drawn[-8:].astype("<u8").tobytes().hex() == expected


def test_a_long_stream_is_that_of_one_cipher():
    """It is drawn block by block."""
    num = 3 * len(keystream._ZEROS) // 8 + 5
    nonce = bytes(8) + (9).to_bytes(8, "little")
    algorithm = algorithms.ChaCha20(KEY.tobytes(), nonce)
    whole = ciphers.Cipher(algorithm, mode=None).encryptor()
    expected = np.frombuffer(whole.update(bytes(8 * num)), "<u8")
    drawn = keystream.chacha20(num, key=KEY, step=9)
    np.testing.assert_array_equal(drawn, expected)


def stream(num, *, sampler=header.CHACHA20, key=KEY, step=0):
    return keystream.bits(
        [num],
        sampler=sampler,
        key=tf.constant(key),
        step=tf.constant(step, tf.int64),
    ).numpy()


def test_the_operation_draws_what_the_plain_function_does():
    plain = keystream.chacha20(1000, key=KEY, step=77)
    np.testing.assert_array_equal(stream(1000, step=77), plain)
    shaped = keystream.bits(
        [2, 5], sampler=header.CHACHA20, key=KEY, step=np.int64(77)
    )
    np.testing.assert_array_equal(shaped, plain[:10].reshape(2, 5))


@pytest.mark.parametrize("sampler", header.NOISE_SAMPLERS)
def test_a_graph_asks_again_at_every_step_and_for_every_key(sampler):
    """Nothing is folded into the graph, pruned or kept from the last call."""
    key = tf.Variable(KEY)
    num_traces = 0

    @tf.function
    def both(step):
        nonlocal num_traces
        num_traces += 1
        drawn = [
            keystream.bits([9], sampler=sampler, key=key, step=step + i)
            for i in (0, 1)
        ]
        return tf.concat(drawn, 0)

    rows = []
    for word in range(2):
        key.assign(KEY + np.int64(word))
        rows += [both(tf.constant(step, tf.int64)) for step in (0, 2, 2**40)]
    assert num_traces == 1
    assert len(np.unique(rows)) == 6 * 18
    expected = [stream(9, sampler=sampler, step=s) for s in (2, 3)]
    np.testing.assert_array_equal(rows[1], np.concatenate(expected))


def test_no_two_steps_share_a_block():
    """The counter of blocks is no part of a step's number."""
    steps = [0, 1, 2, 2**31, 2**32, 2**33, 2**62, -1, -(2**63)]
    drawn = [keystream.chacha20(512, key=KEY, step=step) for step in steps]
    assert len(np.unique(drawn)) == 512 * len(steps)


@pytest.mark.parametrize("sampler", header.NOISE_SAMPLERS)
def test_uniforms_are_multiples_of_the_step_and_uniform(sampler):
    drawn = keystream.uniforms(
        200_000, sampler=sampler, key=KEY, step=tf.constant(3, tf.int64)
    ).numpy()
    multiples = drawn * 2**52
    assert (multiples == np.floor(multiples)).all()
    assert 0 <= drawn.min() < 1e-4 and 1 - 1e-4 < drawn.max() < 1
    counts = np.bincount((drawn * 100).astype(int), minlength=100)
    squares = np.sum((counts - 2000) ** 2) / 2000
    assert squares < 99 + 5 * np.sqrt(2 * 99)
    lowest = multiples.astype(np.uint64) % 2
    assert abs(lowest.mean() - 0.5) < 5 / 2 / np.sqrt(200_000)


def test_uniforms_are_the_streams_first_bits():
    first = stream(1, step=5)[0] >> np.uint64(12)
    drawn = keystream.uniforms(
        1, sampler=header.CHACHA20, key=KEY, step=np.int64(5)
    )
    assert float(drawn[0]) == int(first) / 2**52


@pytest.mark.parametrize("sampler", header.NOISE_SAMPLERS)
@pytest.mark.parametrize("words", [0, 2, 3, 5])
def test_a_key_of_another_length_is_refused(sampler, words):
    with pytest.raises(errors.PrivacyError, match=r"expected \[4\]"):
        stream(1, sampler=sampler, key=np.zeros([words], np.int64))


@pytest.mark.parametrize(
    "key", [np.zeros([2], np.int64), np.zeros([4], np.int32), np.zeros([4])]
)
def test_the_plain_function_refuses_another_key(key):
    with pytest.raises(errors.PrivacyError, match=r"expected int64 \[4\]"):
        keystream.chacha20(1, key=key, step=0)


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1])
def test_a_step_of_more_bits_is_refused(step):
    with pytest.raises(OverflowError):
        keystream.chacha20(1, key=KEY, step=step)


def test_both_samplers_work_here():
    for sampler in header.NOISE_SAMPLERS:
        keystream.require(sampler)


@pytest.mark.parametrize("sampler", ["", "chacha20", None])
def test_an_unknown_sampler_is_refused(sampler):
    with pytest.raises(errors.PrivacyError, match="noise_sampler="):
        keystream.require(sampler)


def test_a_machine_without_the_cipher_is_refused(monkeypatch):
    def missing(*args, **kwargs):
        raise exceptions.UnsupportedAlgorithm("cipher ChaCha20")

    monkeypatch.setattr(ciphers, "Cipher", missing)
    with pytest.raises(errors.PrivacyError, match="has no ChaCha20"):
        keystream.require(header.CHACHA20)
    keystream.require(header.PHILOX)


def test_another_cipher_of_the_same_name_is_refused(monkeypatch):
    real = keystream.chacha20
    monkeypatch.setattr(
        keystream, "chacha20", lambda num, **kwargs: ~real(num, **kwargs)
    )
    with pytest.raises(errors.PrivacyError, match="another cipher"):
        keystream.require(header.CHACHA20)


def test_xla_compiles_no_cipher():
    keystream.require_compilable(header.PHILOX)
    with pytest.raises(errors.PrivacyError, match="jit_compile"):
        keystream.require_compilable(header.CHACHA20)
