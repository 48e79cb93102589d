"""Several plans together, against sums and integrals that others compute."""

import itertools
import math
import random

import dp_accounting
import mpmath
import numpy as np
import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import composition
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


_UNLIKE = (
    plan(0.01, 1.2, 800),
    plan(0.05, 2.0, 60, summary=6.0),
    plan(1.0, 9.0, 4),
    plan(0.002, 0.9, 2_000, summary=9.0),
)


@pytest.mark.parametrize("alone", [*_UNLIKE, plan(0.1, 1.0, 0, summary=4.0)])
def test_one_plan_costs_exactly_what_it_costs_alone(alone):
    found = composition.epsilon([alone], delta=1e-5)
    assert found == min(
        accounting.epsilon(alone, delta=1e-5, accountant=name)
        for name in plans.ACCOUNTANTS
    )


def test_nothing_costs_nothing():
    nothing = [plan(0.1, 1e-9, 0)]
    for released in ([], nothing):
        assert composition.epsilon(released, delta=1e-5) == 0
        found = composition.epsilon_at_order(released, delta=1e-5, order=2.0)
        assert found == 0
    both = composition.epsilon([*nothing, _UNLIKE[0]], delta=1e-5)
    assert both == composition.epsilon([_UNLIKE[0]], delta=1e-5)


@pytest.mark.parametrize(
    "released",
    [
        [plan(1.0, 8.0, 3), plan(1.0, 5.0, 2)],
        [plan(1.0, 8.0, 3, summary=4.0), plan(1.0, 20.0, 100, summary=7.0)],
        [plan(0.1, 1.0, 0, summary=3.0), plan(0.2, 1.0, 0, summary=5.0)],
        [plan(1.0, 1e3, 5), plan(1.0, 2e3, 9)],
    ],
)
@pytest.mark.parametrize("delta", [1e-5, 1e-9])
def test_gaussians_together_are_one_gaussian(released, delta):
    """In closed form: 1 / s^2 adds up (Dong, Roth, Su 2022)."""
    squares = sum(
        p.num_steps / p.effective_noise_multiplier**2 for p in released
    )
    squares += sum(
        1 / p.summary_noise_multiplier**2
        for p in released
        if p.summary_noise_multiplier
    )
    s = 1 / math.sqrt(squares)
    found = composition.epsilon(released, delta=delta)
    assert gaussians.exact_delta(found, s) <= delta
    assert gaussians.exact_delta(found / 1.005, s) > delta


@pytest.mark.parametrize(
    "delta", [1e-6, pytest.param(1e-4, marks=pytest.mark.slow)]
)
def test_unlike_plans_cost_what_the_librarys_accountant_says(delta):
    event = dp_accounting.ComposedDpEvent(
        [
            dp_accounting.SelfComposedDpEvent(
                dp_accounting.PoissonSampledDpEvent(
                    released.sampling_probability,
                    dp_accounting.GaussianDpEvent(
                        released.effective_noise_multiplier
                    ),
                ),
                released.num_steps,
            )
            for released in _UNLIKE
        ]
        + [
            dp_accounting.GaussianDpEvent(released.summary_noise_multiplier)
            for released in _UNLIKE
            if released.summary_noise_multiplier
        ]
    )
    library = dp_accounting.pld.PLDAccountant().compose(event)
    expected = library.get_epsilon(delta)
    found = composition.epsilon(_UNLIKE, delta=delta)
    # Never below it: the rounding of a delta is paid for.
    assert expected * (1 - 1e-6) <= found <= expected * (1 + 1e-4)


def _exact_delta_of_a_pair(epsilon, q, s, gaussian):
    """delta of one subsampled and one whole Gaussian, both directions.

    The output is (x, y). For a record that is removed the losses are
    log(1 - q + q e^((2x-1)/2s^2)) + (2y-1)/2g^2 with x from the mixture and y
    from N(1, g^2); the integral over y is in closed form.
    """
    q, s, g = mpmath.mpf(q), mpmath.mpf(s), mpmath.mpf(gaussian)

    def ratio(x):
        return mpmath.log(1 - q + q * mpmath.exp((2 * x - 1) / (2 * s * s)))

    def of_gaussian(left):
        """E max(0, 1 - e^(left - loss)), loss of one Gaussian."""
        return mpmath.ncdf(1 / (2 * g) - left * g) - mpmath.exp(
            left
        ) * mpmath.ncdf(-1 / (2 * g) - left * g)

    def removed(x):
        density = (1 - q) * mpmath.npdf(x, 0, s) + q * mpmath.npdf(x, 1, s)
        return density * of_gaussian(epsilon - ratio(x))

    def added(x):
        return mpmath.npdf(x, 0, s) * of_gaussian(epsilon + ratio(x))

    points = mpmath.linspace(-12 * s, 1 + 12 * s, 13)
    return max(mpmath.quad(part, points) for part in (removed, added))


@pytest.mark.parametrize(
    ("q", "s", "gaussian"),
    [
        (0.2, 0.8, 1.5),
        pytest.param(0.5, 1.0, 3.0, marks=pytest.mark.slow),
        pytest.param(0.05, 0.7, 1.0, marks=pytest.mark.slow),
    ],
)
def test_a_pair_costs_what_its_integral_says(q, s, gaussian):
    released = [plan(q, s, 1), plan(1.0, gaussian, 1)]
    with mpmath.workdps(20):
        found = composition.epsilon(released, delta=1e-5)
        exact = _exact_delta_of_a_pair(found, q, s, gaussian)
        assert exact <= 1e-5
        below = _exact_delta_of_a_pair(found / 1.002, q, s, gaussian)
        assert below > 1e-5


def test_the_order_of_the_plans_does_not_matter():
    prices_of = {
        composition.epsilon(some, delta=1e-5)
        for some in itertools.permutations(_UNLIKE)
    }
    assert len(prices_of) == 1


def test_a_run_in_two_halves_costs_what_it_costs_whole():
    whole = composition.epsilon([plan(0.01, 1.2, 800, summary=5.0)], delta=1e-5)
    halves = [plan(0.01, 1.2, 300, summary=5.0), plan(0.01, 1.2, 500)]
    assert composition.epsilon(halves, delta=1e-5) == whole


def test_more_of_anything_costs_more():
    generator = random.Random(3)
    released = [
        plan(
            10 ** generator.uniform(-3, -1),
            generator.uniform(0.8, 3.0),
            generator.randint(10, 500),
        )
        for _ in range(3)
    ]
    before = composition.epsilon(released[:2], delta=1e-5)
    assert composition.epsilon(released, delta=1e-5) > before
    assert composition.epsilon(released[:2], delta=1e-6) > before
    assert before >= max(
        composition.epsilon([one], delta=1e-5) for one in released[:2]
    )
    first, *rest = released[:2]
    more = first.after(2 * first.num_steps)
    assert composition.epsilon([more, *rest], delta=1e-5) > before


def test_the_sum_of_the_epsilons_is_never_cheaper():
    """Each half of the plans at half of delta: what anybody may add up."""
    each = [composition.epsilon([one], delta=2.5e-6) for one in _UNLIKE]
    assert composition.epsilon(_UNLIKE, delta=1e-5) < sum(each)


def test_what_losses_cannot_price_costs_what_renyi_divergences_say(monkeypatch):
    expected = dp_accounting.rdp.compute_epsilon(
        composition.orders(),
        np.sum([prices.rdp(released)[1] for released in _UNLIKE], axis=0),
        1e-5,
    )[0]
    best = composition.epsilon(_UNLIKE, delta=1e-5)
    composition._epsilon.cache_clear()

    def out_of_order(*given):
        raise ValueError("out of order")

    monkeypatch.setattr(composition, "_composed", out_of_order)
    found = composition.epsilon(_UNLIKE, delta=1e-5)
    composition._epsilon.cache_clear()
    assert found == pytest.approx(expected, rel=1e-12)
    assert found > best


def test_a_delta_below_what_rounding_moves_is_left_to_renyi_divergences():
    tiny = 1e-15
    assert composition._pld_epsilon(composition._merged(_UNLIKE), tiny) == (
        math.inf
    )
    assert composition.epsilon(_UNLIKE, delta=tiny) < math.inf


def test_what_rounding_may_move_is_set_aside_before_a_delta_is_spent():
    """Two halves of 618 Gaussian steps: their bounds are about 6.3e-12."""
    joint, num_steps, delta = 0.570416962, 618, 9.5e-12
    first = 1.01 * joint * math.sqrt(2 * num_steps)
    rest = 1 / joint**2 - num_steps / first**2
    released = [
        plan(1.0, first, num_steps),
        plan(1.0, math.sqrt(num_steps / rest), num_steps),
    ]
    found = composition.epsilon(released, delta=delta)
    assert 0.1 * delta < gaussians.exact_delta(found, joint) < 0.5 * delta


def test_hardly_any_noise_costs_infinity_and_no_memory():
    for bare in (plan(0.1, 1e-4, 10), plan(0.01, 1.0, 9, summary=1e-4)):
        assert composition.epsilon([*_UNLIKE, bare], delta=1e-5) == math.inf
    wide = [plan(0.5, 0.0011, 10**6), plan(1.0, 1.0, 10)]
    assert composition._pld_epsilon(tuple(wide), 1e-5) == math.inf
    assert composition.epsilon(wide, delta=1e-5) > 1e9


def test_more_steps_than_a_plan_may_have_are_priced():
    released = [plan(1e-4, 1.0, plans.MAX_STEPS)] * 2 + [plan(1e-4, 1.0, 5)]
    found = composition.epsilon(released, delta=1e-5)
    one = composition.epsilon(released[:1], delta=1e-5)
    assert one < found < 2.5 * one


@pytest.mark.parametrize("delta", [0.0, 1.0, -1e-5, math.nan])
def test_impossible_deltas_are_refused(delta):
    with pytest.raises(errors.PrivacyError, match="delta="):
        composition.epsilon(_UNLIKE, delta=delta)
    with pytest.raises(errors.PrivacyError, match="delta="):
        composition.epsilon_at_order(_UNLIKE, delta=delta, order=8.0)


def test_one_order_is_the_sum_at_that_order():
    order = 6.0
    total = 0.0
    for released in _UNLIKE:
        known, values = prices.rdp(released)
        total += values[known.index(order)]
    expected = (
        total + math.log1p(-1 / order) - math.log(1e-5 * order) / (order - 1)
    )
    found = composition.epsilon_at_order(_UNLIKE, delta=1e-5, order=order)
    assert found == pytest.approx(expected, rel=1e-12)
    assert found >= composition.epsilon(_UNLIKE, delta=1e-5)


@pytest.mark.parametrize(
    ("epsilon", "delta"), [(0.5, 1e-6), (4.0, 1e-5), (10.0, 1e-9)]
)
def test_the_best_order_holds_the_noisiest_policy_of_gaussians(epsilon, delta):
    """By search: the Gaussian that just fits has least noise at that order."""

    def least_noise(order):
        allowed = (
            epsilon
            - math.log1p(-1 / order)
            + math.log(delta * order) / (order - 1)
        )
        return math.sqrt(order / (2 * allowed)) if allowed > 0 else math.inf

    best = composition.best_order(epsilon=epsilon, delta=delta)
    noise = least_noise(best)
    assert noise == min(map(least_noise, composition.orders()))
    released = [plan(0.1, 1.0, 0, summary=noise * (1 + 1e-9))]
    found = composition.epsilon_at_order(released, delta=delta, order=best)
    assert found == pytest.approx(epsilon, rel=1e-6)
    # One order instead of losses costs at most a half more noise.
    assert composition.epsilon(released, delta=delta) > 0.6 * epsilon
