"""Cases that are small enough for a test."""

from dpgan_tf.audit import cases
from dpgan_tf.privacy import mechanism
from dpgan_tf.privacy.accounting import plans


def case(
    *,
    sigma=1.0,
    num_groups=1,
    q=0.3,
    num_steps=4,
    summary=(),
    together=None,
    most_records_per_unit=1,
    **changes,
):
    """Return a case that claims what it runs."""
    made = mechanism.GroupedGaussianMechanism(
        noise_multiplier=sigma,
        num_groups=num_groups,
        sampling_probability=q,
        expected_batch_size=8.0,
        most_records_per_unit=most_records_per_unit,
    )
    settings = {
        "plan": plans.NoisePlan(
            sampling_probability=q,
            effective_noise_multiplier=made.effective_noise_multiplier,
            num_steps=num_steps,
            summary_noise_multiplier=together,
        ),
        "delta": 1e-5,
        "accountant": "pld",
        "mechanism": made,
        "summary_noise_multipliers": summary,
    }
    return cases.Case(**(settings | changes))
