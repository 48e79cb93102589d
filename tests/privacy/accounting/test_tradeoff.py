"""The trade-off of a plan against closed forms and numerical integrals."""

import math

import mpmath
import numpy as np
import pytest
from dp_accounting.pld import privacy_loss_distribution
from scipy import special

from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import tradeoff

ALARMS = np.array([1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.99, 0.9999])


def plan(q, s, num_steps, *, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
    )


def gaussian(alarms, mu):
    return special.ndtr(special.ndtri(alarms) + mu)


@pytest.mark.parametrize(
    ("released", "mu"),
    [
        (plan(1.0, 2.0, 1), 0.5),
        (plan(1.0, 0.7, 1), 1 / 0.7),
        (plan(1.0, 20.0, 100), 0.5),
        (plan(0.3, 1.0, 0, summary=4.0), 0.25),
        (plan(1.0, 5.0, 9, summary=2.5), math.sqrt(9 / 25 + 4 / 25)),
    ],
)
def test_gaussians_without_sampling_have_the_closed_form(released, mu):
    found = tradeoff.of_plan(released)
    exact = gaussian(ALARMS, mu)
    detected = found.points(ALARMS)
    assert (exact <= detected).all()
    np.testing.assert_allclose(detected, exact, rtol=2e-5, atol=1e-11)
    assert mu <= found.mu <= mu * (1 + 1e-4)
    most = 2 * special.ndtr(mu / 2) - 1
    assert most <= found.advantage <= most * (1 + 1e-4)


class OneSampledStep:
    """The best tests of one sampled Gaussian, by integration to 20 digits.

    The ratio of the densities grows with z: a record's presence is told by a
    large z, its absence by a small one.
    """

    def __init__(self, q, s):
        self.q, self.s = q, s

    def without(self, z):
        return mpmath.npdf(z, 0, self.s)

    def with_record(self, z):
        moved = mpmath.npdf(z, 1, self.s)
        return (1 - self.q) * self.without(z) + self.q * moved

    def above(self, density, threshold):
        far = 1 + 12 * self.s
        return mpmath.quad(density, mpmath.linspace(threshold, far, 6))

    def below(self, density, threshold):
        far = -12 * self.s
        return mpmath.quad(density, mpmath.linspace(far, threshold, 6))

    def detected(self, threshold):
        """Return false alarms and detections of both tests at a threshold."""
        with mpmath.workdps(20):
            densities = (self.without, self.with_record)
            presence = [self.above(f, threshold) for f in densities]
            absence = [self.below(f, threshold) for f in densities[::-1]]
            return [tuple(map(float, test)) for test in (presence, absence)]


@pytest.mark.parametrize(("q", "s"), [(0.1, 1.0), (0.4, 0.8), (0.02, 1.5)])
def test_one_sampled_step_is_what_integration_says(q, s):
    found = tradeoff.of_plan(plan(q, s, 1))
    step = OneSampledStep(q, s)
    for threshold in np.linspace(-3 * s, 1 + 3 * s, 5):
        tests = step.detected(threshold)
        for (alarms, detected), polygon in zip(
            tests, found.polygons, strict=True
        ):
            assert detected <= found.most_detected(alarms)
            assert polygon.at(alarms) == pytest.approx(detected, rel=1e-4)


def test_the_worse_direction_counts():
    """Presence is the easier to tell at few false alarms, absence at many."""
    found = tradeoff.of_plan(plan(0.4, 0.8, 1))
    presence, absence = (curve.at(ALARMS) for curve in found.polygons)
    assert presence[0] > 2 * absence[0] and absence[-4] > presence[-4] + 0.01
    worse = np.maximum(presence, absence)
    np.testing.assert_array_equal(found.points(ALARMS), worse)
    first, second = (curve.mu() for curve in found.polygons)
    assert found.mu == max(first, second)


def library_deltas(losses, epsilons):
    """Return delta at any epsilons; losses come in both directions."""
    return np.maximum(
        losses._pmf_remove.get_delta_for_epsilon(epsilons),
        losses._pmf_add.get_delta_for_epsilon(epsilons),
    )


@pytest.mark.parametrize("summary", [None, 3.0])
def test_many_steps_are_the_least_of_the_librarys_lines(summary):
    """The library's own distribution, composed apart, on its own grid."""
    losses = privacy_loss_distribution.from_gaussian_mechanism(
        1.1, sampling_prob=0.01, value_discretization_interval=1e-3
    ).self_compose(1_000)
    if summary:
        losses = losses.compose(
            privacy_loss_distribution.from_gaussian_mechanism(
                summary, value_discretization_interval=1e-3
            )
        )
    found = tradeoff.of_plan(plan(0.01, 1.1, 1_000, summary=summary))
    alarms = ALARMS[:-1]  # At the last one it matters where a grid ends.
    detected = found.points(alarms)
    epsilons = np.linspace(-6, 6, 241)
    lines = library_deltas(losses, epsilons)
    least = (np.exp(epsilons)[:, None] * alarms + lines[:, None]).min(axis=0)
    # A coarser grid and few lines: a little higher.
    assert (detected <= least).all()
    np.testing.assert_allclose(detected, least, rtol=0.005)
    assert found.advantage == pytest.approx(lines[120], rel=1e-3)


def test_a_curve_rises_is_concave_and_above_guessing():
    found = tradeoff.of_plan(plan(0.01, 1.1, 1_000))
    alarms = np.linspace(0, 1, 1001)
    for curve in found.polygons:
        detected = curve.at(alarms)
        assert (np.diff(detected) >= 0).all()
        assert (np.diff(detected, 2) <= 1e-12).all()
        assert (detected >= alarms).all() and detected[-1] == 1.0


def test_no_test_is_better_than_that_of_all_steps_without_sampling():
    found = tradeoff.of_plan(plan(0.05, 2.0, 30)).points(ALARMS)
    assert (found <= gaussian(ALARMS, math.sqrt(30) / 2)).all()
    # One step, in which the record is with probability q.
    one = 0.95 * ALARMS + 0.05 * gaussian(ALARMS, 1 / 2)
    assert (found >= one).all()


def test_mu_is_the_least_that_covers_the_curve():
    found = tradeoff.of_plan(plan(0.02, 1.0, 500))
    alarms = np.geomspace(tradeoff.SMALLEST_ERROR, 0.5, 5_000)
    alarms = np.concatenate([alarms, 1 - alarms])
    presence, absence = found.polygons
    for curve in (presence, absence):
        detected = curve.at(alarms)
        first_half = detected + alarms <= 1
        covered = gaussian(alarms, found.mu)
        assert (detected <= covered * (1 + 1e-12))[first_half].all()
    smaller = gaussian(alarms, 0.999 * found.mu)
    assert (presence.at(alarms) > smaller).any()


def test_rounding_is_added_to_what_is_detected(monkeypatch):
    plain = tradeoff.of_plan(plan(0.01, 1.3, 20)).points(ALARMS)
    bound = 0.003
    monkeypatch.setattr(
        tradeoff.prices.rounding, "bound", lambda *_, **__: bound
    )
    raised = tradeoff.of_plan(plan(0.01, 1.30000001, 20)).points(ALARMS)
    wanted = np.minimum(plain + bound, 1.0)
    np.testing.assert_allclose(raised, wanted, rtol=1e-6)


def test_preset_mnist_at_epsilon_4_is_far_below_what_epsilon_alone_says():
    """PLD, delta 1e-5: 58,800 records, batches of 512, 5,000 steps."""
    released = plan(512 / 58_800, 0.94714792, 5_000)
    spent = accounting.epsilon(released, delta=1e-5, accountant="pld")
    assert 3.9999 < spent <= 4
    found = tradeoff.of_plan(released)
    assert f"{found.most_detected(0.01):.3f}" == "0.075"
    alone = tradeoff.of_price(4.0, delta=1e-5, accountant="pld")
    assert f"{alone.most_detected(0.01):.3f}" == "0.546"


def test_a_plan_that_releases_nothing_leaves_guessing():
    found = tradeoff.of_plan(plan(0.1, 1.0, 0))
    np.testing.assert_allclose(found.points(ALARMS), ALARMS, rtol=1e-12)
    assert found.advantage == pytest.approx(0, abs=1e-15)
    assert found.mu == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "released", [plan(0.01, 1e-4, 3), plan(1.0, 0.0011, 10**6)]
)
def test_an_infinite_epsilon_hides_nothing(released):
    found = tradeoff.of_plan(released)
    assert found.accountant == "rdp"
    assert (found.points(ALARMS) == 1).all()
    assert found.advantage == 1 and found.mu == math.inf


def test_losses_without_a_distribution_are_bounded_by_rdp():
    """Losses that the library finds out of order."""
    released = plan(0.03818285684911006, 0.05961559918396401, 2)
    found = tradeoff.of_plan(released)
    assert found.accountant == "rdp"
    assert found.most_detected(0.0) == pytest.approx(1e-6)
    assert found.most_detected(0.01) > 0.99


def test_one_epsilon_and_delta_give_two_lines():
    found = tradeoff.of_price(1.0, delta=0.01, accountant="rdp")
    first = math.e * ALARMS + 0.01
    second = 1 - (1 - 0.01 - ALARMS) / math.e
    lines = np.minimum(np.minimum(first, second), 1)
    np.testing.assert_allclose(found.points(ALARMS), lines, rtol=1e-12)
    exact = (math.e - 1 + 2 * 0.01) / (math.e + 1)
    assert found.advantage == pytest.approx(exact)
