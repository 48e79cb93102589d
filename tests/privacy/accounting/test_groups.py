"""The losses of several records against integrals and closed forms."""

import math

import mpmath
import numpy as np
import pytest
from dp_accounting.pld import privacy_loss_distribution
from scipy import special

from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import groups
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import tradeoff
from tests.privacy.accounting import gaussians


def plan(q, s, num_steps, *, num_records, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
        records_per_unit=num_records,
    )


def integrated(q, s, num_records, epsilon):
    """Return delta of both directions, by integration of the densities."""
    with mpmath.workdps(20):
        weights = [
            mpmath.binomial(num_records, b)
            * q**b
            * (1 - q) ** (num_records - b)
            for b in range(num_records + 1)
        ]

        def without(z):
            return mpmath.npdf(z, 0, s)

        def present(z):
            return mpmath.fsum(
                w * mpmath.npdf(z, b, s) for b, w in enumerate(weights)
            )

        def excess(first, second, z):
            return first(z) - mpmath.exp(epsilon) * second(z)

        def threshold(first, second):
            return mpmath.findroot(
                lambda z: mpmath.log(first(z) / second(z)) - epsilon,
                (-5 * s, num_records + 5 * s),
                solver="bisect",
                verify=False,
            )

        def total(first, second, ends):
            points = mpmath.linspace(*ends, 8)
            return float(
                mpmath.quad(lambda z: excess(first, second, z), points)
            )

        above = (threshold(present, without), num_records + 12 * s)
        remove, add = total(present, without, above), 0.0
        if epsilon < -num_records * math.log(1 - q):  # The largest ratio.
            below = (-12 * s, threshold(without, present))
            add = total(without, present, below)
        return remove, add


@pytest.mark.parametrize(
    ("q", "s", "num_records", "epsilon"),
    [(0.2, 1.0, 2, 0.5), (0.2, 1.0, 2, -0.2), (0.05, 0.8, 3, 1.5)],
)
def test_deltas_of_one_step_are_what_integration_says(
    q, s, num_records, epsilon
):
    group = groups.SampledGroup(q, s, num_records=num_records)
    remove, add = integrated(q, s, num_records, epsilon)
    at = np.array([epsilon])
    assert group.remove_deltas(at)[0] == pytest.approx(remove, rel=1e-6)
    assert group.add_deltas(at)[0] == pytest.approx(add, rel=1e-6, abs=1e-12)


def test_one_step_of_two_records_is_never_below_the_integral():
    released = plan(0.2, 1.0, 1, num_records=2)
    for epsilon in (0.0, 0.3, 1.0):
        exact = max(integrated(0.2, 1.0, 2, epsilon))
        found = accounting.delta(released, epsilon=epsilon, accountant="pld")
        assert exact * (1 - 1e-6) <= found <= exact * (1 + 1e-4) + 1e-9


def test_one_record_alone_has_the_librarys_losses():
    group = groups.SampledGroup(0.1, 1.3, num_records=1).pld(1e-3)
    library = privacy_loss_distribution.from_gaussian_mechanism(
        1.3, sampling_prob=0.1, value_discretization_interval=1e-3
    )
    for epsilon in (0.0, 0.2, 1.0):
        assert group.get_delta_for_epsilon(epsilon) == pytest.approx(
            library.get_delta_for_epsilon(epsilon), rel=1e-6
        )


def test_records_that_are_always_drawn_are_one_larger_gaussian():
    found = tradeoff.of_plan(plan(1.0, 6.0, 4, num_records=3))
    mu = 3 * math.sqrt(4) / 6.0
    alarms = np.array([1e-3, 0.01, 0.1, 0.5])
    exact = special.ndtr(special.ndtri(alarms) + mu)
    assert (exact <= found.points(alarms)).all()
    np.testing.assert_allclose(found.points(alarms), exact, rtol=1e-4)


def test_a_summary_is_moved_by_all_records_of_a_unit():
    alone = plan(0.1, 1.0, 0, num_records=2, summary=5.0)
    epsilon = accounting.epsilon(alone, delta=1e-5, accountant="pld")
    assert gaussians.exact_delta(epsilon, 2.5) <= 1e-5
    assert gaussians.exact_delta(0.999 * epsilon, 2.5) > 1e-5
    steps = plan(0.01, 2.0, 50, num_records=2)
    both = plan(0.01, 2.0, 50, num_records=2, summary=5.0)
    costs = [
        accounting.epsilon(one, delta=1e-5, accountant="pld")
        for one in (steps, alone, both)
    ]
    assert max(costs[:2]) < costs[2] < sum(costs[:2])


def test_more_records_cost_more_and_no_more_than_all_at_once():
    costs = [
        accounting.epsilon(
            plan(0.01, 1.5, 200, num_records=number),
            delta=1e-5,
            accountant="pld",
        )
        for number in (1, 2, 4)
    ]
    assert costs[1] > 1.9 * costs[0] and costs[2] > 1.9 * costs[1]
    # As if all four were drawn whenever one of them is.
    together = accounting.epsilon(
        plan(1 - 0.99**4, 1.5 / 4, 200, num_records=1),
        delta=1e-5,
        accountant="pld",
    )
    assert costs[2] < together


def test_rdp_has_no_price_for_several_records():
    released = plan(0.01, 1.5, 200, num_records=2)
    found = accounting.epsilon(released, delta=1e-5, accountant="rdp")
    assert found == math.inf
    assert accounting.delta(released, epsilon=1.0, accountant="rdp") == 1.0


def test_each_direction_has_losses_of_its_own():
    losses = groups.SampledGroup(0.2, 1.0, num_records=2).pld(1e-3)
    remove, add = integrated(0.2, 1.0, 2, 0.2)
    assert add < 0.8 * remove
    for part, exact in (
        (losses._pmf_remove, remove),
        (losses._pmf_add, add),
    ):
        assert part.get_delta_for_epsilon(0.2) == pytest.approx(exact, rel=1e-3)


def test_outcomes_are_found_from_their_losses():
    group = groups.SampledGroup(0.2, 1.0, num_records=2)
    wanted = np.linspace(-0.4, 20, 50)
    found = group.losses(group._outcomes(wanted))
    np.testing.assert_allclose(found, wanted, atol=1e-11)
