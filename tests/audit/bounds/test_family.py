import functools
import math

import pytest
from scipy import stats

from dpgan_tf.audit.bounds import exact
from dpgan_tf.audit.bounds import family
from dpgan_tf.privacy.accounting import plans

PLAN = plans.NoisePlan(
    sampling_probability=1.0,
    effective_noise_multiplier=1.0,
    num_steps=1,
    summary_noise_multiplier=2.0,
)
MU = math.hypot(1.0, 0.5)


def outcome(mu, num=2000):
    """What a Gaussian mechanism shows at its middle, without chance."""
    rate = stats.norm.cdf(mu / 2)
    return exact.Counts(
        threshold=0.0,
        false_alarms=round(num * (1 - rate)),
        num_out=num,
        detections=round(num * rate),
        num_in=num,
    )


def largest(mu, error=0.05):
    p_value = functools.partial(exact.p_value, outcome(mu))
    return family.largest_factor(PLAN, p_value, error=error)


def test_a_member_has_all_its_noise_times_the_factor():
    found = family.member(PLAN, 3.0)
    assert found.effective_noise_multiplier == 3
    assert found.summary_noise_multiplier == 6
    assert (found.num_steps, found.sampling_probability) == (1, 1)
    alone = plans.NoisePlan(
        sampling_probability=0.1, effective_noise_multiplier=1, num_steps=1
    )
    assert family.member(alone, 2.0).summary_noise_multiplier is None


def test_presence_is_the_curve_of_the_gaussian_mechanism():
    for alarms in (0.001, 0.1, 0.5):
        wanted = stats.norm.sf(stats.norm.isf(alarms) - MU)
        assert family.presence(PLAN)(alarms) == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize(
    "times",
    [
        1.0,
        *(pytest.param(x, marks=pytest.mark.slow) for x in (0.7, 2.0, 12.0)),
    ],
)
def test_the_bound_is_just_below_the_truth_whatever_the_claim(times):
    """At its middle mu has the deviation 2 sqrt(p (1 - p) / n) / (2 phi)."""
    mu = times * MU
    rate = stats.norm.cdf(mu / 2)
    deviation = math.sqrt(2 * rate * (1 - rate) / 2000) / stats.norm.pdf(mu / 2)
    bound = MU / largest(mu)
    if times < 10:
        assert bound == pytest.approx(mu - 1.645 * deviation, abs=0.02)
    assert bound < mu


@pytest.mark.parametrize("p_value, factor", [(1.0, math.inf), (0.0, 2.0**-5)])
def test_the_search_ends_where_everything_or_nothing_is_plausible(
    monkeypatch, p_value, factor
):
    monkeypatch.setattr(family, "presence", lambda plan: None)
    found = family.largest_factor(PLAN, lambda curve: p_value, error=0.05)
    assert found == factor


@pytest.mark.parametrize("truth", [0.05, 0.9, 1.0, 1.3, 40.0])
def test_the_search_rounds_the_factor_up(monkeypatch, truth):
    monkeypatch.setattr(family, "presence", lambda plan: plan)

    def p_value(plan):
        return float(plan.effective_noise_multiplier < truth)

    found = family.largest_factor(PLAN, p_value, error=0.05)
    assert truth <= found <= 1.01 * truth
