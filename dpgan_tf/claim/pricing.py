"""Answers of the `account` command: epsilon, noise or steps.

For people at the command line only: nothing that trains imports this.
"""

import dataclasses
import json
import math
from typing import Any

from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import noise_multipliers

ASSUMPTIONS = (
    "adjacency: add or remove one record",
    "sampling: Poisson, every record in every step's batch with probability "
    "batch_size / num_examples; shuffled or fixed-size batches are not "
    "covered",
    "noise: Gaussian, once per step on the sum of records clipped per group; "
    "k groups are one release with multiplier sigma / sqrt(k)",
    "unit: one record; batch_size is the expected one, and together with "
    "num_examples a declared public constant",
    "RDP: orders 1.1 to 1024, conversion of Canonne, Kamath, Steinke 2020; "
    "PLD: pessimistic discretisation, near 1e-4, finer for small losses",
    "noise over signal: in the mean gradient of a critic of 100,000 weights, "
    "over the longest that records could give",
)

NUM_WEIGHTS = 100_000
"""Of the critic whose noise is shown: that of preset mnist has 74,000."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setting:
    """A training run to be priced; two of the last three, or all, are known.

    Attributes:
      num_examples: n.
      batch_size: m, expected.
      num_groups: k.
      delta: of the claim.
      accountant: "rdp" or "pld", which one solves.
      noise_multiplier: sigma of each group.
      num_steps: T, critic steps.
      target_epsilon: what may be spent.
      summary_noise_multiplier: of a summary of all records, None if none.
    """

    num_examples: int
    batch_size: float
    num_groups: int
    delta: float
    accountant: str
    noise_multiplier: float | None = None
    num_steps: int | None = None
    target_epsilon: float | None = None
    summary_noise_multiplier: float | None = None

    @property
    def sampling_probability(self) -> float:
        """The probability q = m / n."""
        return self.batch_size / self.num_examples


def solve(setting: Setting) -> Setting:
    """Return the setting with its noise multiplier and steps known.

    Args:
      setting: lacks at most one of noise_multiplier and num_steps.

    Returns:
      A setting that costs at most its target, if it has one.

    Raises:
      PrivacyError: if no noise meets the target.
    """
    budget = {
        "target_epsilon": setting.target_epsilon,
        "target_delta": setting.delta,
        "sampling_probability": setting.sampling_probability,
        "accountant": setting.accountant,
        "summary_noise_multiplier": setting.summary_noise_multiplier,
    }
    if setting.noise_multiplier is None:
        effective = calibration.calibrate_noise_multiplier(
            num_steps=setting.num_steps, **budget
        )
        sigma = round_up(
            noise_multipliers.per_group(effective, setting.num_groups)
        )
        return dataclasses.replace(setting, noise_multiplier=sigma)
    if setting.num_steps is None:
        effective = noise_multipliers.effective(
            setting.noise_multiplier,
            setting.num_groups,
        )
        num_steps = calibration.max_steps(
            effective_noise_multiplier=effective, **budget
        )
        return dataclasses.replace(setting, num_steps=num_steps)
    return setting


def price(setting: Setting) -> dict[str, Any]:
    """Return what a solved setting costs, by each accountant.

    Args:
      setting: with noise multiplier and steps.

    Returns:
      The setting, its derived numbers, and epsilon by accountant.
    """
    effective = noise_multipliers.effective(
        setting.noise_multiplier, setting.num_groups
    )
    event = accounting.training_event(
        sampling_probability=setting.sampling_probability,
        effective_noise_multiplier=effective,
        num_steps=setting.num_steps,
        summary_noise_multiplier=setting.summary_noise_multiplier,
    )
    return {
        **dataclasses.asdict(setting),
        "sampling_probability": setting.sampling_probability,
        "effective_noise_multiplier": effective,
        "epochs": setting.num_steps * setting.sampling_probability,
        "noise_of_a_step": _noise(setting, effective, 1),
        "noise_of_all_steps": _noise(setting, effective, setting.num_steps),
        "epsilon": {
            name: accounting.epsilon(
                event, delta=setting.delta, accountant=name
            )
            for name in accounting.ACCOUNTANTS
        },
        "assumptions": list(ASSUMPTIONS),
    }


def _noise(setting: Setting, effective: float, num_steps: int) -> float:
    """Return how long the noise in the mean of some steps' gradients is."""
    if not num_steps:
        return math.inf
    length = effective * math.sqrt(NUM_WEIGHTS / num_steps)
    return length / setting.batch_size


def round_up(value: float) -> float:
    """Return the next number of six decimals; infinity stays.

    Args:
      value: noise or epsilon: less of it must not be shown.
    """
    return value if math.isinf(value) else math.ceil(value * 1e6) / 1e6


def to_json(report: dict[str, Any]) -> str:
    """Return a report as JSON, with infinity as the text "inf".

    Args:
      report: numbers, texts, lists and dicts of them.
    """
    return json.dumps(_finite(report), allow_nan=False, indent=2)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return "inf" if value == math.inf else value
