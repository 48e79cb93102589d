"""The exponential mechanism: what it draws, and what that costs, exactly.

Prices are compared with those of the Gaussian mechanism by 50 digits.
"""

import collections
import itertools
import math
from unittest import mock

import mpmath
import numpy as np
import pytest
from scipy import stats

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.summary import exponential

MULTIPLIERS = (0.1, 0.5, 1.0, 3.0, 40.0)


def words(seed):
    rng = np.random.default_rng(seed)
    while True:
        yield from rng.integers(0, 2**64, 1_000, np.uint64).tolist()


def draws(scores, *, noise_multiplier, num, seed=0):
    source = words(seed)
    drawn = (
        exponential.choose(
            np.array(scores, np.float64),
            noise_multiplier=noise_multiplier,
            words=source,
        )
        for _ in range(num)
    )
    return np.bincount(list(drawn), minlength=len(scores))


def steps_of(scores):
    """Return the numbers k as the file's first lines define them."""
    return [math.floor(16 * score) for score in scores]


def probabilities(scores, noise_multiplier):
    """Return exp(t k), normed, with 17 k for a unit in or out."""
    with mpmath.workdps(50):
        m = mpmath.mpf(1) / mpmath.mpf(noise_multiplier)
        odds = mpmath.ncdf(m / 2) / mpmath.ncdf(-m / 2)
        rate = 2 * mpmath.log(odds) / (2 * 17)
        largest = max(steps_of(scores))
        weights = [mpmath.exp(rate * (k - largest)) for k in steps_of(scores)]
        return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize(
    ("scores", "multiplier"),
    [
        ([0.0, 1.0, -2.5, 0.99, 3.0, 3.0], 1.0),
        ([4.0, 3.0], 0.5),
        ([0.0, 20.0, 35.0], 9.0),
        ([0.06, 0.0626], 0.1),
    ],
)
def test_candidates_are_drawn_by_their_exponential_weights(scores, multiplier):
    num = 6_000
    found = draws(scores, noise_multiplier=multiplier, num=num)
    wanted = np.array(probabilities(scores, multiplier), np.float64) * num
    assert stats.chisquare(found, wanted).pvalue > 1e-3


def test_scores_count_in_sixteenths_rounded_down():
    """Of k = 0, 0, 1, -1, the first two are alike and the last one rare."""
    scores = [0.0, 0.0624, 0.0625, -0.0001]
    assert steps_of(scores) == [0, 0, 1, -1]
    found = draws(scores, noise_multiplier=0.05, num=4_000, seed=1)
    wanted = np.array(probabilities(scores, 0.05), np.float64) * 4_000
    assert stats.chisquare(found, wanted).pvalue > 1e-3


@pytest.mark.parametrize("shift", [1e6, -1e6])
def test_a_number_added_to_all_scores_changes_nothing(shift):
    scores = np.array([0.0, 1.0, 2.5])
    found, moved = (
        draws(each, noise_multiplier=1.0, num=300)
        for each in (scores, scores + shift)
    )
    np.testing.assert_array_equal(found, moved)


def drawn_exactly(scores, multiplier):
    """Return what `choose` asks of chance for each candidate, as exponents."""
    exponents = []

    def happens(numerator, words):
        exponents.append(mpmath.mpf(numerator) / exponential._DENOMINATOR)
        return len(exponents) == len(scores)

    with (
        mock.patch.object(
            exponential, "_below", lambda bound, words: len(exponents)
        ),
        mock.patch.object(exponential, "_happens", happens),
    ):
        exponential.choose(
            np.array(scores), noise_multiplier=multiplier, words=iter(())
        )
    return exponents


def hockey_sticks(one, other, epsilons):
    """Return delta of one distribution by another for each epsilon."""
    return [
        np.maximum(0, one - math.exp(epsilon) * other).sum()
        for epsilon in epsilons
    ]


def require_private(scores, moved, multiplier):
    m = 1 / multiplier
    one, other = (
        np.exp(-np.array(drawn_exactly(each, multiplier), np.float64))
        for each in (scores, moved)
    )
    one, other = one / one.sum(), other / other.sum()
    losses = np.log(one / other)
    epsilons = np.unique([0, *losses, *(losses / 2), *(losses - 0.01)])
    gaussian = stats.norm.cdf(m / 2 - epsilons / m) - np.exp(
        epsilons + stats.norm.logcdf(-m / 2 - epsilons / m)
    )
    found = hockey_sticks(one, other, epsilons)
    assert (found <= gaussian + 1e-12).all(), (scores, moved)


@pytest.mark.parametrize("multiplier", MULTIPLIERS)
def test_no_neighbour_is_told_better_than_by_the_gaussian(multiplier):
    """Hockey-stick divergences of exact distributions, both ways."""
    rng = np.random.default_rng(0)
    moves = [*rng.uniform(-1, 1, [4, 5]), np.ones(5), *np.eye(5)[:3]]
    moves += [np.where(rng.random(5) < 0.5, 1.0, -1.0) for _ in range(4)]
    for scores, move in itertools.product(rng.uniform(0, 3, [10, 5]), moves):
        require_private(scores, scores + move, multiplier)
        require_private(scores + move, scores, multiplier)


_HAIR = 1e-9
_FARTHEST = [-1 - _HAIR / 10, 0.0], [(1 + _HAIR) - 1 - _HAIR / 10, -1 - _HAIR]
"""Scores of neighbours that move, with rounding, by 17 whole numbers each."""


@pytest.mark.parametrize("multiplier", MULTIPLIERS)
def test_neighbours_that_rounding_takes_farthest_are_covered(multiplier):
    require_private(*_FARTHEST, multiplier)
    require_private(*_FARTHEST[::-1], multiplier)


@pytest.mark.parametrize("multiplier", [*MULTIPLIERS, 0.02, 1e3, 1e5, 1e7])
def test_the_farthest_neighbours_cost_what_is_charged_and_no_more(multiplier):
    """Half of their total variation, against 2 Phi(m / 2) - 1, by 50 digits."""
    with mpmath.workdps(50):
        found = []
        for scores in _FARTHEST:
            first, second = drawn_exactly(scores, multiplier)
            found.append(1 / (1 + mpmath.exp(first - second)))
        m = 1 / mpmath.mpf(multiplier)
        charged = mpmath.erf(m / mpmath.sqrt(8))
        distance = found[1] - found[0]
        assert distance <= charged
        assert distance >= charged * (1 - 1e-3) - mpmath.mpf(2) ** -34


@pytest.mark.parametrize(
    "multiplier", [1e-3, 0.02, 0.1, 0.7, 1.0, 7.0, 1e2, 3e4, 1e6, 1e9, 1e15]
)
def test_the_curve_of_a_bounded_range_is_above_the_gaussian(multiplier):
    """The curve a + b + (e^r - 1) a b = 1, by 60 digits."""
    with mpmath.workdps(60):
        m = 1 / mpmath.mpf(multiplier)
        length = exponential.bounded_range(multiplier)
        exact = 2 * mpmath.log(mpmath.ncdf(m / 2) / mpmath.ncdf(-m / 2))
        assert 0 <= length <= exact
        assert length == pytest.approx(float(exact), rel=1e-5, abs=1e-13)
        for z in (0, *np.logspace(-3, 1, 25), *-np.logspace(-3, 1, 25)):
            quantile = mpmath.mpf(float(z)) - m / 2
            a, rest = mpmath.ncdf(quantile), mpmath.ncdf(-quantile)
            b = rest / (1 + mpmath.expm1(length) * a)
            assert b >= mpmath.ncdf(-quantile - m) * (1 - mpmath.mpf(10) ** -50)


def test_one_unit_moves_a_whole_number_by_17_at_most():
    """With rounding: a score that moves by 1 + 1/17 is still covered."""
    rng = np.random.default_rng(3)
    scores = rng.uniform(-5, 5, 20_000)
    for move in (1.0, -1.0, 1 + 1e-9, -1 - 1e-9, 0.5):
        moved = np.floor(exponential.STEPS * (scores + move)) - np.floor(
            exponential.STEPS * scores
        )
        assert abs(moved).max() <= 17
    assert exponential._MOST_MOVED == 17


def test_all_that_is_drawn_is_a_number_of_a_candidate_and_all_can_be():
    found = draws([0.0] * 5, noise_multiplier=1e12, num=500)
    assert found.min() > 50
    # A large budget finds the best one, however far the others are.
    best = draws([0.0, 1e9, 5.0], noise_multiplier=1e-9, num=20)
    assert best.tolist() == [0, 20, 0]
    assert draws([7.0], noise_multiplier=1.0, num=20).tolist() == [20]


@pytest.mark.parametrize(
    ("numerator", "chance"),
    [(0, 1.0), (1, 0.7788), (4, math.exp(-1)), (9, 0.1054)],
)
def test_a_coin_has_the_chance_of_its_exponent(numerator, chance, monkeypatch):
    monkeypatch.setattr(exponential, "_DENOMINATOR", 4)
    source = words(7)
    found = np.mean(
        [exponential._happens(numerator, source) for _ in range(4_000)]
    )
    assert abs(found - chance) <= 4 * math.sqrt(chance * (1 - chance) / 4_000)


def test_whole_numbers_below_a_bound_are_equally_likely():
    """Words that would make the first ones likelier are left out."""
    bound = 3 * 2**62
    source = iter([2**64 - 1, bound + 5, bound, bound - 1, 17])
    assert exponential._below(bound, source) == bound - 1
    assert exponential._below(bound, source) == 17
    drawn = words(5)
    found = collections.Counter(
        exponential._below(7, drawn) for _ in range(7_000)
    )
    assert stats.chisquare([found[i] for i in range(7)]).pvalue > 1e-3


@pytest.mark.parametrize(
    "scores",
    [[], [1.0, math.nan], [math.inf, 0.0], [-math.inf], [[1.0, 2.0]]],
)
def test_scores_that_are_none_are_refused(scores):
    with pytest.raises(errors.PrivacyError, match="scores of candidates"):
        exponential.choose(
            np.array(scores), noise_multiplier=1.0, words=words(0)
        )


@pytest.mark.parametrize("multiplier", [0.0, -1.0, math.nan, math.inf])
def test_a_multiplier_that_is_none_is_refused(multiplier):
    with pytest.raises(errors.PrivacyError, match="noise_multiplier"):
        exponential.bounded_range(multiplier)
