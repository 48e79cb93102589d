"""The exponential mechanism: one of several candidates, by private scores.

    P(i) is proportional to exp(t k_i),   k_i = floor(16 score_i)

A unit in or out moves each score by at most 1, hence each k_i by at most 17:
the losses of all outcomes lie in an interval of length r = 34 t, for any two
neighbours ("bounded range", Durfee, Rogers 2019). The errors a and b of a test
of two neighbours are then at least on the curve

    a + b + (exp(r) - 1) a b = 1

(the envelope of Dong, Durfee, Rogers 2020, section 3, over all offsets of the
interval), which is that of two logistic distributions at a distance of r. Two
normal ones at a distance of

    m = 2 Phi^-1( 1 / (1 + exp(-r / 2)) )

are as easy to tell apart in the middle, and easier everywhere else, since
Phi^-1(logistic(x)) is odd, and concave for x > 0 (van Zwet 1964). So a choice
costs no more than a Gaussian mechanism of noise multiplier 1 / m, and is
composed like one.

The draw is exact: t is a rational number, and nothing is rounded after k_i.
"""

import math
from collections.abc import Iterator

import numpy as np
from scipy import special

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges

STEPS = 16
"""Whole numbers k per unit of a score."""

_MOST_MOVED = STEPS + 1
"""By how much a unit moves k: scores by 1 and some rounding, then to whole
numbers."""

_DENOMINATOR = 2**40
"""Of t."""

_WORD_BITS = 64


def bounded_range(noise_multiplier: float) -> float:
    """Return r, the length of the losses' interval, as private as a Gaussian.

    Args:
      noise_multiplier: 1 / m of the Gaussian mechanism.

    Returns:
      2 log( Phi(m / 2) / Phi(-m / 2) ), rounded down, but not below zero.

    Raises:
      PrivacyError: if it is not positive.
    """
    ranges.require_positive("noise_multiplier", noise_multiplier)
    half = 0.5 / noise_multiplier
    log_odds = special.log_ndtr(half) - special.log_ndtr(-half)
    return max(0.0, float(2 * log_odds * (1 - 2.0**-40)) - 2.0**-46)


def choose(
    scores: np.ndarray, *, noise_multiplier: float, words: Iterator[int]
) -> int:
    """Return the number of a candidate.

    Args:
      scores: private, float64 [candidates]; a unit moves each by at most 1.
      noise_multiplier: of the Gaussian mechanism that is as private.
      words: uniform whole numbers below 2^64, secret, never used elsewhere.

    Raises:
      PrivacyError: if there is no candidate, or a score is not finite.
    """
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 1 or not len(scores) or not np.isfinite(scores).all():
        raise errors.PrivacyError(
            f"{scores.size} scores of candidates, of which "
            f"{np.isfinite(scores).sum()} are finite; expected at least one, "
            "all finite."
        )
    length = bounded_range(noise_multiplier)
    rate = math.floor(length / (2 * _MOST_MOVED) * _DENOMINATOR)
    numbers = [math.floor(STEPS * score) for score in scores.tolist()]
    largest = max(numbers)
    while True:
        found = _below(len(numbers), words)
        if _happens(rate * (largest - numbers[found]), words):
            return found


def _happens(numerator: int, words: Iterator[int]) -> bool:
    """Return True with chance exp(-numerator / _DENOMINATOR), exactly.

    As Canonne, Kamath, Steinke 2020, algorithm 1.
    """
    whole, rest = divmod(numerator, _DENOMINATOR)
    return all(
        _happens_of_part(_DENOMINATOR, words) for _ in range(whole)
    ) and (_happens_of_part(rest, words))


def _happens_of_part(numerator: int, words: Iterator[int]) -> bool:
    """As `_happens`, for a numerator of at most `_DENOMINATOR`."""
    k = 1
    while _below(k * _DENOMINATOR, words) < numerator:
        k += 1
    return k % 2 == 1


def _below(bound: int, words: Iterator[int]) -> int:
    """Return a whole number below a bound, all equally likely."""
    largest = 2**_WORD_BITS // bound * bound
    while (word := next(words)) >= largest:
        pass
    return word % bound
