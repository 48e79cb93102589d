"""The protective noise: its scale, its shape, and that none is used twice."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import noise
from dpgan_tf.privacy.ledger import header
from tests.privacy import noise_check

NUM = 1_000_000
SCALE = 2.5
PHILOX, CHACHA20 = header.PHILOX, header.CHACHA20
KEY = (11, -7, 5, -(2**62))


@pytest.fixture(params=header.NOISE_SAMPLERS)
def sampler(request):
    return request.param


def draw(sampler, *, key=KEY, step=0, sizes=(NUM,), scales=None):
    scales = [1.0] * len(sizes) if scales is None else scales
    return [
        value.numpy()
        for value in noise.add_gaussian(
            [tf.zeros([n], tf.float64) for n in sizes],
            tf.constant(scales, tf.float32),
            sampler=sampler,
            key=tf.constant(key, tf.int64),
            step=tf.constant(step, tf.int64),
        )
    ]


def test_noise_has_the_right_scale_and_shape(sampler):
    samples = draw(sampler, scales=[SCALE])[0]
    assert noise_check.refusal(samples, scale=SCALE) is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda rng: rng.normal(size=NUM) * 1.01,
        lambda rng: rng.normal(size=NUM) * 0.99,
        lambda rng: rng.uniform(-np.sqrt(3), np.sqrt(3), NUM),
        lambda rng: rng.laplace(scale=np.sqrt(0.5), size=NUM),
        lambda rng: np.clip(rng.normal(size=NUM), -3, 3),
        lambda rng: np.zeros(NUM),
        lambda rng: np.append(rng.normal(size=NUM - 1), np.nan),
    ],
    ids=[
        "1% more",
        "1% less",
        "uniform",
        "laplace",
        "truncated",
        "none",
        "a NaN",
    ],
)
def test_the_same_check_refuses_noise_that_is_nearly_right(wrong):
    samples = SCALE * wrong(np.random.default_rng(5))
    assert noise_check.refusal(samples, scale=SCALE) is not None


def by_tensorflow(bits):
    return noise.to_pairs(tf.constant(bits)).numpy()


def by_numpy(bits):
    return noise.to_pairs_at_once(bits.copy())


BOTH_WAYS = pytest.mark.parametrize("to_pairs", [by_tensorflow, by_numpy])


@BOTH_WAYS
def test_the_tail_is_not_cut_off(to_pairs):
    """Of 2^64 values of the first bits, the smallest reaches 9.49."""
    bits = np.zeros([2, 4], np.uint64)
    bits[0] = [0, 2**32, 2**63, 2**64 - 1]
    far = to_pairs(bits)
    expected = np.sqrt(2 * np.log(2) * np.array([65, 32, 1, 0]))
    np.testing.assert_allclose(far[0], expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(far[1], 0, atol=1e-14)


def test_noise_is_not_of_tensorflows_normal_numbers(monkeypatch, sampler):
    """Of float64 they end at 5.68 standard deviations."""

    def refuse(*args, **kwargs):
        raise AssertionError("stateless_normal")

    monkeypatch.setattr(tf.random, "stateless_normal", refuse)
    assert noise_check.refusal(draw(sampler)[0], scale=1) is None


@BOTH_WAYS
def test_pairs_turn_by_their_second_bits(to_pairs):
    bits = np.zeros([2, 4], np.uint64)
    bits[0] = 2**63
    bits[1] = [0, 2**62, 2**63, 2**63 + 2**62]
    pairs = to_pairs(bits) / np.sqrt(2 * np.log(2))
    np.testing.assert_allclose(pairs, [[1, 0, -1, 0], [0, 1, 0, -1]], atol=1e-9)


def test_both_ways_turn_the_same_bits_into_the_same_pairs():
    """More than a block of them, and what lies next to every edge."""
    rng = np.random.default_rng(0)
    num = noise._PAIRS_AT_A_TIME + 1001
    bits = rng.integers(0, 2**64, [2, num], np.uint64, endpoint=False)
    edges = [0, 1, 2**62, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1]
    bits[:, -49:] = np.stack(np.meshgrid(edges, edges)).reshape(2, -1)
    found = by_numpy(bits)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, by_tensorflow(bits), rtol=0, atol=1e-13)


def test_an_odd_number_of_values_has_noise_each(sampler):
    drawn = draw(sampler, sizes=(3, 4))
    assert [len(part) for part in drawn] == [3, 4]
    assert len(np.unique(np.concatenate(drawn))) == 7


def test_variables_steps_and_keys_have_noise_of_their_own(sampler):
    """Any two streams correlate no more than chance allows (5 sigma)."""
    n = 200_000
    streams = [
        *draw(sampler, sizes=(n, n)),
        *draw(sampler, sizes=(n, n), step=1),
        *draw(sampler, sizes=(n, n), key=(12, *KEY[1:])),
    ]
    correlation = np.corrcoef(streams) - np.eye(len(streams))
    assert np.abs(correlation).max() < 5 / np.sqrt(n)
    for lag in range(1, 11):
        shifted = np.corrcoef(streams[0][:-lag], streams[1][lag:])[0, 1]
        assert abs(shifted) < 5 / np.sqrt(n)
    assert len(np.unique(np.concatenate(streams))) == n * len(streams)


@pytest.mark.parametrize(
    ("sampler", "jit_compile"),
    [(PHILOX, False), (PHILOX, True), (CHACHA20, False)],
)
def test_a_compiled_function_draws_new_noise_at_every_step(
    sampler, jit_compile
):
    @tf.function(jit_compile=jit_compile)
    def compiled(step):
        return noise.add_gaussian(
            [tf.zeros([1000], tf.float64)],
            tf.ones([1]),
            sampler=sampler,
            key=tf.constant(KEY, tf.int64),
            step=step,
        )[0]

    rows = [compiled(tf.constant(t, tf.int64)).numpy() for t in range(5)]
    assert len(np.unique(rows)) == 5000
    eager = draw(sampler, step=3, sizes=(1000,))[0]
    # XLA rounds the last bit otherwise.
    np.testing.assert_allclose(rows[3], eager, rtol=1e-14)


@pytest.mark.slow
def test_no_two_of_200_000_steps_share_their_noise(sampler):
    """A key of 32 bits a step would collide several times in as many."""
    num_steps = 200_000

    @tf.function
    def first_of_each_step():
        return tf.map_fn(
            lambda step: noise.add_gaussian(
                [tf.zeros([1], tf.float64)],
                tf.ones([1]),
                sampler=sampler,
                key=tf.constant(KEY, tf.int64),
                step=step,
            )[0][0],
            tf.range(num_steps, dtype=tf.int64),
            fn_output_signature=tf.float64,
        )

    assert len(np.unique(first_of_each_step())) == num_steps


@pytest.mark.parametrize(("sampler", "words"), [(PHILOX, 2), (CHACHA20, 4)])
def test_every_bit_of_the_key_changes_the_noise(sampler, words):
    rows = []
    for word in range(words):
        for bit in [1 << bit for bit in range(63)] + [-(1 << 63)]:
            key = np.zeros([4], np.int64)
            key[word] = bit
            rows.append(draw(sampler, key=key, sizes=(1,))[0])
    assert len(np.unique(rows)) == 64 * words


def test_the_key_of_philox_is_the_generators_and_no_hash_of_it():
    """A hash of key and step, as TensorFlow has it, keeps 64 bits."""
    bits = tf.random.stateless_uniform(
        [2, 1],
        [11, -7 ^ 3],
        minval=None,
        maxval=None,
        dtype=tf.uint64,
        alg="philox",
    )
    expected = np.ravel(noise.to_pairs(bits))
    np.testing.assert_array_equal(draw(PHILOX, step=3, sizes=(2,))[0], expected)


def test_each_value_gets_its_own_deviation(sampler):
    small, large = draw(sampler, sizes=(50_000, 50_000), scales=[0.1, 10.0])
    np.testing.assert_allclose(
        [small.std(), large.std()], [0.1, 10.0], rtol=0.02
    )


def test_noise_is_added_to_the_values(sampler):
    value = tf.constant([1e6, -1e6], tf.float64)
    noisy = noise.add_gaussian(
        [value],
        tf.ones([1]),
        sampler=sampler,
        key=tf.constant(KEY, tf.int64),
        step=tf.constant(0, tf.int64),
    )[0]
    assert np.abs(noisy - value).max() < 10


@pytest.mark.parametrize("name", ["ziggurat", "", None])
def test_an_unknown_sampler_draws_nothing(name):
    with pytest.raises(errors.PrivacyError, match="noise_sampler="):
        draw(name, sizes=(1,))
