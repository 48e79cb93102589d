"""Prices of settings by the papers' own accounting, and true prices.

dp-GAN's Table 7 and PPGAN's Equation 21, both unsound, with the true prices.
Only for the command line: no training code imports this.
"""

from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import pricing
from dpgan_tf.papers import legacy_accounting
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans


def legacy(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return epsilon by the dp-GAN authors' accounting.

    Args:
      report: result of `pricing.price`.

    Returns:
      An unsound epsilon, marked as such.
    """
    return {
        "epsilon": legacy_accounting.legacy_epsilon(
            sampling_probability=report["sampling_probability"],
            noise_multiplier=report["noise_multiplier"],
            num_groups=report["num_groups"],
            num_steps=report["num_steps"],
            delta=report["delta"],
        ),
        "sound": False,
        "warning": legacy_accounting.WARNING,
    }


def table_7() -> dict[str, Any]:
    """Return dp-GAN's Table 7 by its authors' accounting, with true prices.

    Returns:
      Eight rows: the paper's iterations, those of the legacy accounting, and
      the true price of these iterations' critic steps.
    """
    return {
        "warning": legacy_accounting.WARNING,
        "rows": [_row(row) for row in legacy_accounting.TABLE_7],
    }


PPGAN_SETTING = {
    "num_examples": 60_000,
    "batch_size": 64,
    "num_critic_steps": 5,
    "num_iterations": 500_000,
    "delta": 1e-5,
}
"""PPGAN section 4.2 on MNIST. It names no batch size; this is WGAN's."""

_PPGAN_EPSILONS = (20.0, 10.0, 5.0)
_PPGAN_ITERATIONS = (1, 1_000, 200_000)


def ppgan_eq21() -> dict[str, Any]:
    """Return the noise of PPGAN's Equation 21, and its true price.

    Returns:
      For each epsilon of the paper: sigma by Eq. 21, and for some numbers of
      outer iterations the epsilon of this sigma by RDP and the sigma that the
      paper's epsilon needs. The paper takes more iterations than are priced;
      fewer cost less.
    """
    return {
        "warning": legacy_accounting.PPGAN_WARNING,
        "setting": dict(PPGAN_SETTING),
        "rows": [_ppgan_row(epsilon) for epsilon in _PPGAN_EPSILONS],
    }


def _ppgan_row(epsilon: float) -> dict[str, Any]:
    setting = PPGAN_SETTING
    q = setting["batch_size"] / setting["num_examples"]
    steps_of_one = int(setting["num_critic_steps"])
    sigma = legacy_accounting.ppgan_noise_multiplier(
        sampling_probability=q,
        num_critic_steps=steps_of_one,
        epsilon=epsilon,
        delta=setting["delta"],
    )
    costs = []
    for iterations in _PPGAN_ITERATIONS:
        num_steps = iterations * steps_of_one
        plan = plans.NoisePlan(
            sampling_probability=q,
            effective_noise_multiplier=sigma,
            num_steps=num_steps,
        )
        costs.append(
            {
                "iterations": iterations,
                "critic_steps": num_steps,
                "epsilon": accounting.epsilon(
                    plan, delta=setting["delta"], accountant="rdp"
                ),
                "needed_sigma": calibration.calibrate_noise_multiplier(
                    plans.Target(
                        epsilon=epsilon,
                        delta=setting["delta"],
                        accountant="rdp",
                    ),
                    sampling_probability=q,
                    num_steps=num_steps,
                ),
            }
        )
    return {"claimed_epsilon": epsilon, "sigma": sigma, "costs": costs}


def _row(row: legacy_accounting.Table7Row) -> dict[str, Any]:
    iterations = legacy_accounting.iterations_reported(row)
    cost = pricing.price(
        pricing.Run(
            num_examples=row.num_examples,
            batch_size=row.batch_size,
            num_groups=row.num_terms,
            delta=row.target_delta,
            accountant="rdp",
        ),
        noise_multiplier=row.noise_multiplier,
        num_steps=iterations * row.critic_steps_per_iteration,
    )
    return {
        "dataset": row.dataset,
        "num_groups": row.num_terms,
        "noise_multiplier": row.noise_multiplier,
        "effective_noise_multiplier": cost["effective_noise_multiplier"],
        "sampling_probability": row.sampling_probability,
        "delta": row.target_delta,
        "claimed_epsilon": row.target_epsilon,
        "paper_iterations": row.paper_iterations,
        "legacy_iterations": iterations,
        "legacy_iterations_exact": legacy_accounting.iterations_exact(row),
        "critic_steps": cost["num_steps"],
        "true_epsilon": cost["epsilon"],
    }
