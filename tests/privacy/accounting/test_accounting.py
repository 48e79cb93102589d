import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import time

import dp_accounting
import mpmath
import pytest
from scipy import optimize
from scipy import special

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices

GOLDEN = json.loads(
    (
        pathlib.Path(__file__).parents[2] / "golden" / "accountant.json"
    ).read_text()
)


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


@pytest.mark.parametrize("case", GOLDEN["cases"])
def test_epsilon_equals_the_published_values(case):
    q = case["q"] if "q" in case else case["batch"] / case["n"]
    arguments = q, case["sigma"], case["steps"]
    # The same library made them: only the order of float sums may differ.
    assert epsilon(*arguments) == pytest.approx(case["rdp"], rel=1e-9)
    _require_just_above(case["pld"], epsilon(*arguments, accountant="pld"))


def _require_just_above(published, found):
    """What rounding may do to delta is paid for, and that is little."""
    assert published * (1 - 1e-8) <= found <= published * (1 + 1e-5)


@pytest.mark.parametrize("case", GOLDEN["groups_one_joint_release"])
def test_k_groups_cost_what_sigma_over_root_k_costs(case):
    s = noise_multipliers.effective(case["sigma"], case["k"])
    assert epsilon(64 / 60000, s, case["steps"]) == pytest.approx(
        case["rdp_composed_event"], rel=1e-8
    )


def test_pld_of_two_groups_equals_the_published_value():
    case = GOLDEN["groups_one_joint_release"][1]
    s = noise_multipliers.effective(case["sigma"], case["k"])
    found = epsilon(64 / 60000, s, case["steps"], accountant="pld")
    _require_just_above(case["pld"], found)


def test_k_groups_equal_the_librarys_composition_of_k_gaussians():
    for k, sigma in itertools.product((1, 2, 3, 7), (0.9, 1.7)):
        groups = dp_accounting.ComposedDpEvent(
            [dp_accounting.GaussianDpEvent(sigma)] * k
        )
        step = dp_accounting.PoissonSampledDpEvent(0.01, groups)
        accountant = dp_accounting.rdp.RdpAccountant().compose(step, 500)
        s = noise_multipliers.effective(sigma, k)
        assert epsilon(0.01, s, 500) == pytest.approx(
            accountant.get_epsilon(1e-5), rel=1e-9
        )


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


def test_epsilon_is_monotone_in_every_argument():
    generator = random.Random(2)
    for _ in range(10):
        q = 10 ** generator.uniform(-5, -1.2)
        s = 10 ** generator.uniform(-0.5, 1.0)
        num_steps = generator.randint(1, 50_000)
        delta = 10 ** generator.uniform(-9, -3)
        base = epsilon(q, s, num_steps, delta=delta)
        assert epsilon(q, s, num_steps + 7, delta=delta) >= base
        assert epsilon(q * 1.1, s, num_steps, delta=delta) >= base
        assert epsilon(q, s / 1.1, num_steps, delta=delta) >= base
        assert epsilon(q, s, num_steps, delta=delta / 2) >= base


def test_corners_are_priced_without_nan_and_never_below_zero():
    for q, s, num_steps, delta in itertools.product(
        (1e-9, 1e-6, 1e-3, 1.0),
        (1e-300, 1e-3, 0.05, 1.0, 1e3),
        (1, 10**6),
        (1e-12, 0.5),
    ):
        assert epsilon(q, s, num_steps, delta=delta) >= 0


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


def test_no_steps_cost_nothing():
    for accountant in plans.ACCOUNTANTS:
        assert epsilon(0.01, 1.0, 0, accountant=accountant) == 0
        assert delta(0.01, 1.0, 0, epsilon=0.0, accountant=accountant) == 0


def test_nan_from_the_library_raises(monkeypatch):
    monkeypatch.setattr(
        dp_accounting.rdp, "compute_epsilon", lambda *_: (math.nan, 2)
    )
    with pytest.raises(errors.PrivacyError, match="epsilon=nan"):
        epsilon(0.011, 1.0, 10)  # No price of it was asked for before.


def test_nan_among_the_orders_raises(monkeypatch):
    monkeypatch.setattr(
        dp_accounting.rdp.RdpAccountant,
        "rdp",
        property(lambda self: self.orders * math.nan),
    )
    with pytest.raises(errors.PrivacyError, match="not a number"):
        epsilon(0.0123, 1.0, 10)


@pytest.mark.parametrize("delta", [0.0, 1.0, -1e-5, math.nan])
@pytest.mark.parametrize("num_steps", [0, 10])
def test_impossible_delta_is_refused(delta, num_steps):
    with pytest.raises(errors.PrivacyError, match="delta="):
        epsilon(0.01, 1.0, num_steps, delta=delta)


def test_unknown_accountants_are_refused():
    with pytest.raises(errors.PrivacyError, match="accountant='moments'"):
        epsilon(0.01, 1.0, 10, accountant="moments")
    with pytest.raises(errors.PrivacyError, match="accountant='moments'"):
        delta(0.01, 1.0, 10, epsilon=1.0, accountant="moments")


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


def test_a_summary_is_never_free():
    for num_steps in (0, 1, 50, 5000):
        values = 0.01, 1.0, num_steps
        assert epsilon(*values, summary=6.0) > epsilon(*values)
        dearer = delta(*values, epsilon=0.5, summary=6.0)
        assert dearer > delta(*values, epsilon=0.5)


@pytest.mark.parametrize("accountant", ["rdp", "pld"])
def test_hardly_any_noise_in_a_summary_is_no_protection(accountant):
    known = {"accountant": accountant, "summary": 1e-4}
    assert epsilon(0.01, 1.0, 10, **known) == math.inf
    assert delta(0.01, 1.0, 10, epsilon=3.0, **known) == 1.0


def test_a_price_is_cheap_in_every_step():
    epsilon(0.005, 0.7, 3000)
    started = time.process_time()
    values = [epsilon(0.005, 0.7, steps) for steps in range(1000)]
    assert time.process_time() - started < 1.0  # 1 ms each.
    assert values == sorted(values)


@pytest.mark.parametrize("accountant", plans.ACCOUNTANTS)
def test_delta_inverts_epsilon(accountant):
    spent = epsilon(0.01, 1.5, 500, accountant=accountant)
    known = {"epsilon": spent, "accountant": accountant}
    # The PLD returns epsilon on a grid of 1e-4.
    assert delta(0.01, 1.5, 500, **known) == pytest.approx(1e-5, rel=1e-2)
    assert delta(0.01, 1.5, 0, **known) == 0
    with pytest.raises(errors.PrivacyError, match="epsilon=nan"):
        delta(0.01, 1.5, 1, epsilon=math.nan, accountant=accountant)


def test_a_price_is_computed_once(monkeypatch):
    asked = []
    price = prices.rdp_epsilon
    monkeypatch.setitem(
        accounting._EPSILONS,
        "rdp",
        lambda *given: asked.append(given) or price(*given),
    )
    for _ in range(3):
        epsilon(0.0123, 1.234, 10)
        epsilon(0.0123, 1.234, 11)
    assert len(asked) == 2


def test_a_wide_privacy_loss_gets_a_coarser_grid_and_a_higher_price():
    assert prices.pld_interval(plan(256 / 60000, 1.1, 14062)) == 1e-4
    assert prices.pld_interval(plan(256 / 49000, 0.41, 2240)) == 1e-3


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
    fine = prices._pld_of_one_step(0.01, 1.5, 1e-4).self_compose(100)
    coarse = prices._pld_of_one_step(0.01, 1.5, 1e-3).self_compose(100)
    assert coarse.get_epsilon_for_delta(1e-5) >= fine.get_epsilon_for_delta(
        1e-5
    )


def test_accounting_does_not_import_tensorflow():
    code = (
        "import sys; import dpgan_tf.privacy.accounting.calibration; "
        "import dpgan_tf.privacy.ledger.ledger, dpgan_tf.privacy.ledger.lock; "
        "import dpgan_tf.papers.legacy_accounting, dpgan_tf.claim.check; "
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
