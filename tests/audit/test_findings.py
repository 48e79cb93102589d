"""Verdicts on scores, true ones and others; and how often they are wrong."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from dpgan_tf.audit import canaries
from dpgan_tf.audit import findings
from dpgan_tf.audit import keys
from dpgan_tf.audit import steps
from dpgan_tf.audit.bounds import exact
from dpgan_tf.audit.bounds import family
from dpgan_tf.audit.bounds import free
from tests.audit import reports
from tests.audit import tiny

NUM, NUM_SPOILED, BLOCK = 80, 20, 100


def simulated(case, made, *, noise=1.0, seed=0):
    """Scores of steps without the real mechanism; `noise` over the claimed."""
    rng = np.random.default_rng(seed)
    shift, q = 1 / case.plan.effective_noise_multiplier, 0.3
    there, scores = made.is_in & ~made.is_spoiled, np.zeros(len(made))
    for _ in range(case.plan.num_steps):
        z = noise * rng.normal(size=len(made))
        z += shift * (there & (rng.random(len(made)) < q))
        ratio = q * np.exp(z * shift - shift**2 / 2)
        scores += np.log1p(-q + ratio)
    return scores


def toss(num, num_spoiled, seed=0):
    generator = np.random.default_rng(seed)
    return canaries.toss(num, num_spoiled=num_spoiled, generator=generator)


@pytest.mark.slow
def test_true_scores_give_bounds_below_the_claim_and_near_it():
    case, made = tiny.case(), toss(3_000, 100)
    found = findings.of_scores(case, made, simulated(case, made))
    assert not found.is_refuted
    assert 0.7 * found.epsilon < found.epsilon_of_family <= found.epsilon
    assert 0 < found.epsilon_of_counts < found.epsilon
    assert 0 < found.mu_at_least < found.mu
    assert found.factor >= 1 and found.num_not_numbers == 0


def test_the_bound_is_the_price_of_the_factor(monkeypatch):
    reports.without_search(monkeypatch, factor=2.0)
    case, made = tiny.case(q=1.0, num_steps=1), toss(600, 20)
    found = findings.of_scores(case, made, simulated(case, made))
    member = dataclasses.replace(case, plan=family.member(case.plan, 2.0))
    assert found.epsilon_of_family == member.epsilon < found.epsilon
    assert not found.is_refuted
    reports.without_search(monkeypatch, factor=math.inf)
    found = findings.of_scores(case, made, simulated(case, made))
    assert found.epsilon_of_family == 0


@pytest.mark.parametrize("noise", [0.5, 0.8])
def test_scores_with_less_noise_refute(noise):
    case, made = tiny.case(), toss(3_000, 100)
    scores = simulated(case, made, noise=noise)
    tests = findings.tests(case, made, scores)
    curve = family.presence(case.plan)
    assert findings.joint_p_value(tests, curve) < findings.ERROR


def test_tests_share_the_probability_of_an_error(monkeypatch):
    shares = []
    for least in range(4):
        values = iter([0.001 if n == least else 1.0 for n in range(4)])
        monkeypatch.setattr(exact, "p_value", lambda *_, v=values: next(v))
        shares.append(0.001 / findings.joint_p_value([None] * 4, None))
    assert min(shares) > 0 and sum(shares) == pytest.approx(1)


def test_spoiled_canaries_that_show_refute_by_themselves():
    case, made = tiny.case(), toss(400, 40)
    scores = simulated(case, made)
    scores[made.is_spoiled & made.is_in] = np.nan
    tests = findings.tests(case, made, scores)
    curve = family.presence(case.plan)
    assert findings.joint_p_value(tests, curve) < findings.ERROR
    assert tests[3].detections == tests[3].num_in


def test_sums_that_are_no_numbers_refute_whoever_they_belong_to(monkeypatch):
    reports.without_search(monkeypatch, factor=1.0)
    case, made = tiny.case(), toss(200, 20)
    found = findings.of_scores(case, made, np.full(220, np.nan))
    assert found.num_not_numbers == (~made.is_in).sum()
    assert found.is_refuted and found.mu is None


def _refuted(case, curve, made, scores):
    """Count the blocks of canaries, each an audit, that refute the claim."""
    number = 0
    for first in range(0, len(made), BLOCK):
        block = slice(first, first + BLOCK)
        part = canaries.Canaries(
            is_in=made.is_in[block], is_spoiled=made.is_spoiled[block]
        )
        tests = findings.tests(case, part, scores[block])
        number += findings.joint_p_value(tests, curve) < findings.ERROR
    return number


def _blocks(number, seed):
    """Return canaries of many audits at once, and the keys of all."""
    made_keys = keys.make(seed)
    is_in = made_keys.coins.integers(0, 2, number * BLOCK).astype(bool)
    spoiled = np.tile(np.arange(BLOCK) >= NUM, number)
    return canaries.Canaries(is_in=is_in, is_spoiled=spoiled), made_keys


def _refuted_by_real_steps(number, seed):
    case = tiny.case(sigma=0.8)
    made, made_keys = _blocks(number, seed)
    scores = steps.take(case, made, made_keys)
    return _refuted(case, family.presence(case.plan), made, scores)


def test_the_real_mechanism_is_convicted_no_more_often_than_stated():
    """60 audits in one: canaries, and so blocks of them, are independent."""
    refuted = _refuted_by_real_steps(60, seed=1)
    assert refuted <= stats.binom.ppf(0.999, 60, findings.ERROR)


@pytest.mark.slow
def test_the_real_mechanism_is_acquitted_in_a_thousand_repeats():
    refuted = sum(_refuted_by_real_steps(50, seed=seed) for seed in range(20))
    assert refuted <= stats.binom.ppf(0.999, 1_000, findings.ERROR)


@pytest.mark.slow
def test_a_bound_without_assumption_exceeds_the_claim_as_rarely_as_stated():
    """200 audits of the real mechanism; the family's bound does with p."""
    case, over = tiny.case(sigma=0.8), 0
    for seed in range(4):
        made, made_keys = _blocks(50, seed)
        scores = steps.take(case, made, made_keys)
        for first in range(0, len(made), BLOCK):
            usual = slice(first, first + NUM)
            bound = free.epsilon(
                scores[usual], made.is_in[usual], delta=case.delta, error=0.05
            )
            over += bound > case.epsilon
    assert over <= stats.binom.ppf(0.999, 200, 0.05)


@pytest.mark.slow
def test_without_subsampling_mu_is_found_to_five_percent():
    # The bound is 1.6 of its deviations below mu: one is 2 / sqrt(canaries).
    case = tiny.case(sigma=2.0, q=1.0, num_steps=4)
    made_keys = keys.make(4)
    made = canaries.toss(20_000, num_spoiled=20, generator=made_keys.coins)
    scores = steps.take(case, made, made_keys)
    found = findings.of_scores(case, made, scores)
    assert 0.95 <= found.mu_at_least <= 1.0
    assert found.mu == pytest.approx(1.0, rel=0.05)
    assert 0.9 * found.epsilon < found.epsilon_of_family <= found.epsilon
