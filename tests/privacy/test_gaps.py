"""Gaps are geometric to the last bit, against fractions and a slow loop."""

import fractions
import math

import numpy as np
import pytest

from dpgan_tf.privacy import gaps
from dpgan_tf.privacy import keystream

KEY = np.array([0x1234_5678_9ABC_DEF0, -77, 5, 6], np.int64)
WORD = 2**64
STEPS = [1, 2**30 + 1, 2**45, 2**48 - 1, 2**50 + 12345, 2**51, 2**52 - 1, 2**52]
IDS = [f"{steps / gaps.STEPS:.3g}" for steps in STEPS]


def power(steps, exponent):
    """Return s^j as it is."""
    return fractions.Fraction(gaps.STEPS - steps, gaps.STEPS) ** exponent


def some_exponents(law):
    longest = len(law.powers)
    return sorted({1, min(2, longest), -(-longest // 2), longest})


@pytest.mark.parametrize("steps", STEPS, ids=IDS)
def test_powers_are_rounded_down_once(steps):
    law = gaps.Gaps.of(steps)
    assert len(law.powers) == min(math.ceil(gaps.STEPS / steps), 2**16)
    for exponent in some_exponents(law):
        expected = math.floor(power(steps, exponent) * WORD)
        assert int(law.powers[-exponent]) == expected
    assert (np.diff(law.powers.astype(object)) > 0).all()


@pytest.mark.parametrize("steps", STEPS[3:], ids=IDS[3:])
def test_a_gap_is_the_number_of_powers_above(steps):
    """At random, and where 128 bits are next to those of a power."""
    law = gaps.Gaps.of(steps)
    rng = np.random.default_rng(steps % 1000)
    numbers = [int.from_bytes(rng.bytes(16), "little") for _ in range(20)]
    for exponent in some_exponents(law):
        exact = power(steps, exponent) * WORD**2
        close = math.floor(exact)
        # If all bits are those of the power, the answer is no.
        is_tie = close != exact
        numbers += [close - 1, close + 1] + [close] * (not is_tie)
        numbers += [close // WORD * WORD, close | (WORD - 1)]
    numbers = [n for n in numbers if 0 <= n < WORD**2]
    high, low = (
        np.array([f(n, WORD) for n in numbers], np.uint64)
        for f in (int.__floordiv__, int.__mod__)
    )
    expected = [
        sum(
            n < power(steps, j) * WORD**2
            and n != math.floor(power(steps, j) * WORD**2)
            for j in range(1, len(law.powers) + 1)
        )
        for n in numbers
    ]
    np.testing.assert_array_equal(law.lengths(high, low), expected)


@pytest.mark.parametrize("num_units", [1, 2, 7, 100, 1000])
@pytest.mark.parametrize("steps", STEPS[3:], ids=IDS[3:])
def test_a_sample_is_that_of_one_draw_after_another(steps, num_units):
    law = gaps.Gaps.of(steps)
    numbers, ids = law.sample(num_units, key=KEY, step=3)
    words = keystream.chacha20(9000, key=KEY, step=3).reshape(-1, 3)
    expected, at = [], 0
    for row in words:
        (gap,) = law.lengths(row[:1], row[1:2])
        at += int(gap)
        if gap == len(law.powers):
            continue
        if at >= num_units:
            break
        expected.append((at, int(row[2]) >> 12))
        at += 1
    found = list(zip(numbers.tolist(), ids.tolist(), strict=True))
    assert found == expected
    assert numbers.dtype == ids.dtype == np.int64


def test_a_unit_behind_changes_nothing_before_it():
    law = gaps.Gaps.of(2**49)
    longer, _ = law.sample(5001, key=KEY, step=0)
    shorter, _ = law.sample(5000, key=KEY, step=0)
    np.testing.assert_array_equal(shorter, longer[longer < 5000])


def test_too_few_draws_are_drawn_again_from_the_same_stream(monkeypatch):
    law = gaps.Gaps.of(2**48)
    expected = law.sample(2000, key=KEY, step=1)
    monkeypatch.setattr(gaps.Gaps, "_first_guess", lambda *_: 1)
    found = law.sample(2000, key=KEY, step=1)
    for mine, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine, wanted)


def test_a_sample_costs_by_what_is_drawn_and_not_by_the_units(monkeypatch):
    asked = []
    plain = keystream.chacha20

    def counted(num, **settings):
        asked.append(num)
        return plain(num, **settings)

    monkeypatch.setattr(keystream, "chacha20", counted)
    for num_units in (10**5, 10**6, 10**7):
        law = gaps.Gaps.of(256 * gaps.STEPS // num_units)
        law.sample(num_units, key=KEY, step=0)
    assert len(asked) == 3
    assert max(asked) < 3 * 3 * 256
    assert max(asked) < 1.02 * min(asked)


@pytest.mark.parametrize("steps", [0, -1, 2**52 + 1])
def test_what_is_no_probability_is_refused(steps):
    with pytest.raises(ValueError, match=f"steps={steps}; expected 1 to"):
        gaps.Gaps.of(steps)
