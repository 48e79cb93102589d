"""The risk of a claim is that of its plan's losses."""

import math

import pytest
from scipy import special

from dpgan_tf.claim import risk as risks
from dpgan_tf.privacy.accounting import plans

MU = 0.8


def of(released, *, n=1_000, delta=1e-5, accountant="pld"):
    return risks.of_plan(
        released, delta=delta, num_examples=n, accountant=accountant
    )


def gaussian(mu):
    return plans.NoisePlan(
        sampling_probability=1.0, effective_noise_multiplier=1 / mu, num_steps=1
    )


def test_a_gaussian_has_the_risk_of_the_closed_form():
    found = of(gaussian(MU))
    assert found["bound_by"] == "pld"
    most = 2 * special.ndtr(MU / 2) - 1
    assert most <= found["advantage"] <= most + 1e-5
    assert found["right_at_even_odds"] == (1 + found["advantage"]) / 2
    assert MU <= found["mu"] <= MU + 1e-5
    for share, most in risks.detected(found):
        exact = special.ndtr(special.ndtri(share) + MU)
        assert exact <= most <= exact + 1e-5


def test_odds_are_moved_further_with_probability_delta_only():
    """All outcomes with a ratio above the factor, by the exact ratio."""
    found = of(gaussian(MU))
    factor = found["odds_factor"]
    # The ratio e^(mu z - mu^2 / 2) is above it for z above a threshold.
    threshold = (math.log(factor) + MU**2 / 2) / MU
    rarer = special.ndtr(MU - threshold)
    assert rarer <= 1e-5
    # And that is nearly all that delta allows for tests of that slope.
    slope = 1e-5 / special.ndtr(special.ndtri(1e-5) - MU)
    assert factor == pytest.approx(slope, rel=1e-3)
    assert found["sure_at_even_odds"] == pytest.approx(factor / (1 + factor))


def test_epsilon_is_given_at_the_delta_of_the_number_of_records():
    found = of(gaussian(MU), n=50_000)
    assert found["natural_delta"] == 1 / (50_000 * math.log(50_000))
    price = risks.accounting.epsilon(
        gaussian(MU), delta=found["natural_delta"], accountant="pld"
    )
    assert found["epsilon_at_natural_delta"] == price
    by_rdp = of(gaussian(MU), n=50_000, accountant="rdp")
    assert by_rdp["epsilon_at_natural_delta"] > price


@pytest.mark.parametrize("n", [1, 2])
def test_too_few_records_have_no_delta_of_their_own(n):
    found = of(gaussian(MU), n=n)
    assert found["natural_delta"] is None
    assert found["epsilon_at_natural_delta"] is None


def test_a_summary_counts():
    alone = plans.NoisePlan(
        sampling_probability=0.01, effective_noise_multiplier=2.0, num_steps=10
    )
    both = plans.NoisePlan(
        sampling_probability=0.01,
        effective_noise_multiplier=2.0,
        num_steps=10,
        summary_noise_multiplier=1.25,
    )
    assert of(alone)["mu"] < 0.3
    assert of(both)["mu"] > 0.8


def test_what_has_no_bound_is_null_and_certain():
    found = of(
        plans.NoisePlan(
            sampling_probability=0.01,
            effective_noise_multiplier=1e-4,
            num_steps=3,
        )
    )
    assert not risks.KIND.problem_of(found)
    assert found["bound_by"] == "rdp"
    assert found["mu"] is found["odds_factor"] is None
    assert found["epsilon_at_natural_delta"] is None
    assert found["sure_at_even_odds"] == found["right_at_even_odds"] == 1
    assert set(found["detected"].values()) == {1.0}


def test_nothing_released_is_no_risk():
    found = of(
        plans.NoisePlan(
            sampling_probability=0.01,
            effective_noise_multiplier=1.0,
            num_steps=0,
        )
    )
    assert found["odds_factor"] == pytest.approx(1)
    assert found["right_at_even_odds"] == pytest.approx(0.5)
    assert found["detected"]["0.01"] == pytest.approx(0.01)
