"""The plain words are true of mechanisms whose tests are known exactly."""

import math

import numpy as np
import pytest
import scipy.stats

from dpgan_tf.claim import plain_words
from tests.claim import words


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0, 4.0, 20.0])
@pytest.mark.parametrize("share", plain_words.FALSE_ALARMS)
def test_randomized_response_is_detected_as_often_as_the_bound(epsilon, share):
    """Its best test, by all mixtures of its outcomes, meets the bound."""
    delta = 1e-3
    # (epsilon, delta)-DP by four outcomes: the record shows, says yes, says
    # no, does not show.
    yes = (1 - delta) / (1 + math.exp(-epsilon))
    present = np.array([delta, yes, 1 - delta - yes, 0.0])
    absent = present[::-1]
    detected, left = 0.0, share
    for b, a in zip(present, absent, strict=True):  # The likeliest first.
        used = min(a, left)
        detected += b if a == 0 else b * used / a
        left -= used
    found = plain_words.most_detected(epsilon, delta, false_alarms=share)
    assert found == pytest.approx(min(1.0, detected), rel=1e-9)


def test_a_gaussian_mechanism_is_detected_less_than_the_bound():
    distance = 1.0
    for epsilon in (0.5, 1.0, 2.0):
        delta = scipy.stats.norm.cdf(
            distance / 2 - epsilon / distance
        ) - math.exp(epsilon) * scipy.stats.norm.cdf(
            -distance / 2 - epsilon / distance
        )
        for share in (1e-4, 0.01, 0.05, 0.5):
            threshold = scipy.stats.norm.isf(share)
            power = scipy.stats.norm.sf(threshold - distance)
            bound = plain_words.most_detected(
                epsilon, delta, false_alarms=share
            )
            assert share < power <= bound + 1e-12


@pytest.mark.parametrize("epsilon", [800.0, 1e300, math.inf])
def test_an_epsilon_without_a_bound_detects_everything(epsilon):
    assert plain_words.most_detected(epsilon, 1e-5, false_alarms=0.05) == 1


@pytest.mark.parametrize(
    ("epsilon", "factor", "often", "rarely"),
    [
        (1.0, "2.72", "13.6%", "0.3%"),
        (4.0, "54.6", "98.3%", "5.5%"),
        (10.0, "22,100", "100%", "100%"),
    ],
)
def test_a_claim_is_said_in_numbers_that_are_rounded_up(
    epsilon, factor, often, rarely
):
    claim = words.CLAIM | {"epsilon": epsilon}
    odds, tests = plain_words.sentences(claim)
    assert f"at most {factor} times larger or smaller" in odds
    assert "delta = 1e-05" in odds
    assert f"at most {often} of those that are there" in tests
    assert "wrong about 5.0% of those that are not" in tests
    assert f"at most {rarely} of those that are there" in tests
    assert "wrong about 0.1% of those that are not" in tests


def test_an_epsilon_that_says_little_is_said_to():
    odds, _ = plain_words.sentences(words.CLAIM | {"epsilon": 400.0})
    assert "can exceed 1,000,000: so large an epsilon says little" in odds


def test_without_a_claim_there_is_nothing_to_say():
    assert plain_words.sentences(words.CLAIM | {"epsilon": None}) == []
