"""What becomes of a record follows from its name."""

import numpy as np

from dpgan_tf.data import chance

# Of FIPS 180-2, the first 16 digits of its example's hash.
ABC = 0xBA7816BF8F01CFEA


def test_chances_are_the_beginning_of_a_sha_256():
    assert chance.number_of("abc") == ABC
    assert chance.of("abc") == ABC / 2**64
    assert chance.number_of("") == 0xE3B0C44298FC1C14


def test_chances_are_uniform():
    found = np.sort([chance.of(f"split 3 {i}") for i in range(10_000)])
    assert 0 <= found[0] and found[-1] < 1
    # Kolmogorov and Smirnov: beyond 1.95 / sqrt(n) once in a thousand.
    places = (np.arange(10_000) + 0.5) / 10_000
    assert np.abs(found - places).max() < 0.0195


def test_another_seed_is_another_draw():
    one, other = (
        np.array([chance.of(f"{seed} {i}") for i in range(10_000)])
        for seed in (0, 1)
    )
    # A correlation's deviation is .01.
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_numbers_of_names_differ_and_fit_in_eight_bytes():
    numbers = {chance.number_of(f"cats/{i}.png") for i in range(10_000)}
    assert len(numbers) == 10_000
    assert 2**63 < max(numbers) <= chance.LARGEST_NUMBER == 2**64 - 1
