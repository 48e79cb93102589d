"""The library's accountants against closed forms and numerical integrals."""

import math
import random

import dp_accounting
import mpmath
import numpy as np
import pytest
from scipy import optimize
from scipy import special

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices
from tests.privacy.accounting import gaussians


def plan(q, s, num_steps, *, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
    )


def epsilon(q, s, num_steps, *, delta=1e-5, accountant="rdp", summary=None):
    released = plan(q, s, num_steps, summary=summary)
    return accounting.epsilon(released, delta=delta, accountant=accountant)


def delta(q, s, num_steps, *, epsilon, accountant="rdp", summary=None):
    released = plan(q, s, num_steps, summary=summary)
    return accounting.delta(released, epsilon=epsilon, accountant=accountant)


def price(released, delta):
    return accounting.epsilon(released, delta=delta, accountant="pld")


@pytest.mark.parametrize("delta", [1e-12, 1e-15, 1e-18])
def test_one_gaussian_is_priced_at_any_delta(delta):
    epsilon = price(plan(1.0, 5.0, 1), delta)
    assert gaussians.exact_delta(epsilon, 5.0) <= delta
    assert gaussians.exact_delta(0.999 * epsilon, 5.0) > delta
    alone = price(plan(0.1, 1.0, 0, summary=5.0), delta)
    assert alone == pytest.approx(epsilon, rel=1e-9)


def test_a_finer_grid_is_never_cheaper_than_the_truth():
    for s in (3e3, 3e4, 3e5):
        epsilon = price(plan(1.0, s, 100), 1e-5)
        assert gaussians.exact_delta(epsilon, s / 10) <= 1e-5


def _renyi_by_integration(q, s, order):
    """log E_{N(0,s^2)} [(1 - q + q e^((2z-1)/2s^2))^order] / (order - 1)."""
    with mpmath.workdps(20):
        q, s, order = mpmath.mpf(q), mpmath.mpf(s), mpmath.mpf(order)

        def integrand(z):
            ratio = 1 - q + q * mpmath.exp((2 * z - 1) / (2 * s**2))
            return mpmath.npdf(z, 0, s) * ratio**order

        # The mass lies between 0 and `order`; 20 deviations to each side.
        points = mpmath.linspace(-20 * s, order + 20 * s, 15)
        moment = mpmath.quad(integrand, points)
        return float(mpmath.log(moment) / (order - 1))


@pytest.mark.parametrize(
    "q, s, order",
    [
        (0.005, 0.7, 1.5),
        (0.005, 0.7, 4.7),
        (0.005, 0.7, 8.0),
        (0.1, 2.0, 2.0),
        (0.1, 2.0, 32.0),
        (0.5, 1.0, 3.3),
    ],
)
def test_renyi_divergence_equals_numerical_integration(q, s, order):
    orders, rdp = prices._rdp_of_one_step(q, s)
    found = rdp[min(range(len(orders)), key=lambda i: abs(orders[i] - order))]
    # The library stops its series at e^-30 of the moment.
    assert found == pytest.approx(
        _renyi_by_integration(q, s, order), rel=1e-6, abs=1e-12
    )


def _exact_gaussian_epsilon(s, num_steps, delta):
    """Invert the exact delta of the Gaussian mechanism (Balle, Wang 2018)."""
    mu = math.sqrt(num_steps) / s

    def excess(value):
        return (
            special.ndtr(mu / 2 - value / mu)
            - math.exp(value + special.log_ndtr(-mu / 2 - value / mu))
            - delta
        )

    return optimize.brentq(excess, 0, mu * mu + 40 * mu)


@pytest.mark.parametrize("s, num_steps", [(20.0, 100), (5.0, 10), (1.0, 1)])
def test_without_sampling_both_bound_the_exact_gaussian(s, num_steps):
    exact = _exact_gaussian_epsilon(s, num_steps, 1e-5)
    pld = epsilon(1.0, s, num_steps, accountant="pld")
    assert exact <= pld <= exact * (1 + 1e-4)
    assert pld <= epsilon(1.0, s, num_steps) <= 1.2 * exact


def test_without_sampling_rdp_is_the_closed_form():
    orders, rdp = prices._rdp_of_one_step(1.0, 3.0)
    for order, value in zip(orders, rdp, strict=True):
        assert value == pytest.approx(order / (2 * 3.0**2), rel=1e-12)


def test_rdp_is_never_below_pld():
    generator = random.Random(1)
    for _ in range(5):
        q = 10 ** generator.uniform(-2.5, -1.5)
        s = generator.uniform(1.2, 4.0)
        num_steps = generator.randint(500, 5000)
        rdp = epsilon(q, s, num_steps)
        if rdp > 0.1:  # Below, the grid of the PLD dominates its price.
            assert epsilon(q, s, num_steps, accountant="pld") <= rdp


def test_an_order_that_rounds_to_zero_does_not_price_a_run_at_nothing():
    # The library returns exact zeros here and would claim epsilon = 0.
    library = dp_accounting.rdp.RdpAccountant().compose(
        dp_accounting.PoissonSampledDpEvent(
            1e-6, dp_accounting.GaussianDpEvent(50.0)
        )
    )
    assert (library.rdp <= 0).any()
    _, rdp = prices._rdp_of_one_step(1e-6, 50.0)
    assert min(rdp) > 0


def test_hopelessly_little_noise_costs_infinity():
    for accountant in plans.ACCOUNTANTS:
        assert epsilon(0.01, 1e-4, 1, accountant=accountant) == math.inf


@pytest.mark.parametrize("smallest", [0.0, 12.0, 600.0])
def test_nan_among_the_orders_raises(monkeypatch, smallest):
    monkeypatch.setattr(
        dp_accounting.rdp.RdpAccountant,
        "rdp",
        property(
            lambda self: np.where(self.orders > smallest, math.nan, self.orders)
        ),
    )
    prices._rdp_of_one_step.cache_clear()
    with pytest.raises(errors.PrivacyError, match="not a number"):
        epsilon(0.0123, 1.0, 10)


@pytest.mark.parametrize("accountant", ["rdp", "pld"])
@pytest.mark.parametrize("summary, num_steps", [(5.0, 0), (8.0, 300), (2.0, 9)])
def test_a_summary_and_steps_cost_what_the_library_says(
    accountant, summary, num_steps
):
    library = {
        "rdp": dp_accounting.rdp.RdpAccountant(),
        "pld": dp_accounting.pld.PLDAccountant(),
    }[accountant]
    library.compose(dp_accounting.GaussianDpEvent(summary))
    if num_steps:
        library.compose(
            dp_accounting.PoissonSampledDpEvent(
                0.02, dp_accounting.GaussianDpEvent(1.5)
            ),
            num_steps,
        )
    found = epsilon(
        0.02, 1.5, num_steps, accountant=accountant, summary=summary
    )
    expected = library.get_epsilon(1e-5)
    # The orders of RDP are not the same, and more of them are better.
    assert found == pytest.approx(
        expected, rel=0.02 if accountant == "rdp" else 1e-6
    )


@pytest.mark.parametrize("s", [0.7, 3.0, 40.0])
def test_a_summary_alone_costs_no_less_than_a_gaussian(s):
    found = {
        name: epsilon(0.1, 1.0, 0, accountant=name, summary=s)
        for name in plans.ACCOUNTANTS
    }
    exact = _exact_gaussian_epsilon(s, 1, 1e-5)
    assert exact <= found["pld"] <= exact * 1.01 + 1e-3
    assert exact <= found["rdp"] <= exact * 1.6


@pytest.mark.parametrize("accountant", ["rdp", "pld"])
def test_hardly_any_noise_in_a_summary_is_no_protection(accountant):
    known = {"accountant": accountant, "summary": 1e-4}
    assert epsilon(0.01, 1.0, 10, **known) == math.inf
    assert delta(0.01, 1.0, 10, epsilon=3.0, **known) == 1.0


def test_a_wide_privacy_loss_gets_a_coarser_grid_and_a_higher_price():
    assert prices.pld_interval(plan(256 / 60000, 1.1, 14062)) == 1e-4
    assert prices.pld_interval(plan(256 / 49000, 0.41, 2240)) == 1e-3
    fine = prices.pld_of_one_step(0.01, 1.5, 1e-4).self_compose(100)
    coarse = prices.pld_of_one_step(0.01, 1.5, 1e-3).self_compose(100)
    assert coarse.get_epsilon_for_delta(1e-5) >= fine.get_epsilon_for_delta(
        1e-5
    )


@pytest.mark.parametrize(
    "s, q, num_steps, summary",
    [
        (0.0011, 0.5, 10**6, None),
        (0.0033, 0.054, 5_223, None),
        (0.05, 1e-5, 10**6, None),
        (1.0, 0.9, 10**6, None),
        (2.0, 0.01, 10, 0.0012),
        # Losses that the library finds out of order.
        (0.05961559918396401, 0.03818285684911006, 2, None),
    ],
)
def test_what_nobody_would_claim_costs_infinity_and_no_memory(
    s, q, num_steps, summary
):
    """A grid of some of these losses would take up to 97 GiB."""
    known = {"accountant": "pld", "summary": summary}
    assert epsilon(q, s, num_steps, **known) == math.inf
    assert delta(q, s, num_steps, epsilon=1.0, **known) == 1.0


def test_renyi_prices_of_steps_and_a_summary_add_up():
    """A Gaussian's is order / (2 s^2), whatever the steps are."""
    orders, steps = prices.rdp(plan(0.01, 1.5, 40))
    _, both = prices.rdp(plan(0.01, 1.5, 40, summary=3.0))
    _, one = prices.rdp(plan(0.01, 1.5, 1))
    for order, many, single, total in zip(
        orders, steps, one, both, strict=True
    ):
        assert many == pytest.approx(40 * single, rel=1e-12)
        assert total == pytest.approx(many + order / 18, rel=1e-12)


@pytest.mark.parametrize("epsilon", [0.5, 2.0, 4.0])
def test_a_renyi_delta_is_never_below_the_exact_one(epsilon):
    found = prices.rdp_delta(plan(1.0, 10.0, 25), epsilon)
    exact = gaussians.exact_delta(epsilon, 2.0)
    assert exact <= found <= 10 * exact


@pytest.mark.parametrize(
    ("released", "interval"),
    [
        # The usual one, unless half a loss, q / 2s, is less.
        ((0.5, 1.0, 10), 1e-4),
        ((1.0, 1e3, 10), 1e-4),
        ((1.0, 1e5, 10), 1e-6),
        ((1e-2, 1e3, 10), 1e-6),
        # A grid of 1e-8 would be too long for losses that spread by 0.5.
        ((1e-9, 1.0, 10), 1e-5),
        # Without steps it is the summary whose losses are looked at.
        ((1e-5, 1e3, 0, 5.0), 1e-4),
        ((1e-5, 1e3, 0, 1e5), 1e-6),
    ],
)
def test_a_grid_is_as_fine_as_the_losses_of_what_is_released(
    released, interval
):
    *steps, summary = released if len(released) == 4 else (*released, None)
    assert prices.pld_interval(plan(*steps, summary=summary)) == interval


def test_losses_that_no_grid_holds_are_priced_at_infinity():
    released = plan(1.0, 0.001, 10)
    assert prices._is_beyond_memory(released)
    assert prices.pld_epsilon(released, 1e-5) == math.inf
    assert prices.pld_delta(released, 1.0) == 1.0
    assert prices.pld_rounding(released) == 0.0
