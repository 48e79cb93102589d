import json
import pathlib

import mpmath
import pytest

from dpgan_tf.papers import legacy_accounting
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.accounting import plans

ROWS = json.loads(
    (
        pathlib.Path(__file__).parents[1] / "golden" / "accountant.json"
    ).read_text()
)["paper_table_7_legacy_accounting"]


@pytest.mark.parametrize(
    "row, golden", list(zip(legacy_accounting.TABLE_7, ROWS, strict=True))
)
def test_table_7_is_reproduced(row, golden):
    assert row.dataset == golden["dataset"]
    assert row.noise_multiplier == pytest.approx(golden["sigma"], rel=1e-12)
    assert (row.num_examples, row.batch_size) == (golden["n"], golden["batch"])
    assert row.num_terms == golden["terms_per_step"]
    assert legacy_accounting.iterations_exact(row) == pytest.approx(
        golden["iterations_exact"], rel=1e-9
    )
    reported = legacy_accounting.iterations_reported(row)
    assert reported == row.paper_iterations == golden["paper"]


def test_log_moment_equals_numerical_integration():
    q, sigma, order = 0.01, 0.8, 5
    with mpmath.workdps(30):

        def integrand(z):
            ratio = 1 - q + q * mpmath.exp((2 * z - 1) / (2 * sigma**2))
            return mpmath.npdf(z, 0, sigma) * ratio ** (order + 1)

        moment = mpmath.quad(integrand, mpmath.linspace(-15, 20, 30))
        expected = float(mpmath.log(moment))
    found = legacy_accounting._log_moment(q, sigma, order)
    assert found == pytest.approx(expected, rel=1e-10)


def test_legacy_claims_less_than_the_truth_for_groups():
    for row in legacy_accounting.TABLE_7[:2]:
        claimed = legacy_accounting.legacy_epsilon(
            sampling_probability=row.sampling_probability,
            noise_multiplier=row.noise_multiplier,
            num_groups=row.num_terms,
            num_steps=row.critic_steps,
            delta=row.target_delta,
        )
        plan = plans.NoisePlan(
            sampling_probability=row.sampling_probability,
            effective_noise_multiplier=noise_multipliers.effective(
                row.noise_multiplier, row.num_terms
            ),
            num_steps=row.critic_steps,
        )
        true = accounting.epsilon(
            plan, delta=row.target_delta, accountant="rdp"
        )
        # Tested every 10 iterations, the claim is just overspent.
        assert claimed == pytest.approx(row.target_epsilon, rel=0.02)
        assert true > 3 * claimed


def test_legacy_is_labelled_unsound():
    assert "UNSOUND" in legacy_accounting.WARNING
    assert legacy_accounting.__doc__.startswith("UNSOUND")


def test_without_sampling_the_moment_is_the_closed_form():
    assert legacy_accounting._log_moment(1.0, 2.0, 3) == 3 * 4 / (2 * 2.0**2)


def test_impossible_values_are_refused():
    with pytest.raises(errors.PrivacyError, match="sampling_probability=2"):
        legacy_accounting.legacy_epsilon(
            sampling_probability=2,
            noise_multiplier=1.0,
            num_groups=1,
            num_steps=1,
            delta=1e-5,
        )
