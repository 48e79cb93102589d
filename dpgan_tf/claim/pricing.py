"""Results of the `account` command: epsilon, noise or steps.

Only for the command line: no training code imports this.
"""

import dataclasses
import json
import math
from typing import Any

from dpgan_tf.claim import risk as risks
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.accounting import plans

ASSUMPTIONS = (
    "adjacency: add or remove one record",
    "sampling: Poisson, every record in every step's batch with probability "
    "batch_size / num_examples; shuffled or fixed-size batches are not "
    "covered",
    "noise: Gaussian, once per step on the sum of records' gradients clipped "
    "per group; k groups are one release with noise multiplier "
    "sigma / sqrt(k)",
    "unit: one record; the expected batch_size and num_examples are declared "
    "public constants",
    "risk: upper bounds by PLD, for the worse of a record's presence and "
    "absence; the odds are for all outcomes but some of probability delta; mu "
    "is of a Gaussian mechanism whose curve is above, where both errors are at "
    "least 1e-06",
    "RDP: orders 1.1 to 1024, conversion by Canonne, Kamath, Steinke 2020; "
    "PLD: pessimistic discretisation, near 1e-4, finer for small losses",
    "noise over signal: norm of the noise in the mean gradient of a critic "
    "with 100,000 weights, over the largest norm that records can give",
)

NUM_WEIGHTS = 100_000
"""Weights of the critic whose noise is shown; preset mnist has 74,000."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """A run's numbers other than noise and steps.

    Attributes:
      num_examples: number n of private records.
      batch_size: expected size m of a batch.
      num_groups: number k of groups.
      delta: the claim's delta.
      accountant: accountant that solves, "rdp" or "pld".
      summary_noise_multiplier: noise multiplier of a summary of all records;
        None without a summary.
    """

    num_examples: int
    batch_size: float
    num_groups: int
    delta: float
    accountant: str
    summary_noise_multiplier: float | None = None

    @property
    def sampling_probability(self) -> float:
        """Sampling probability q = m / n."""
        return self.batch_size / self.num_examples

    def least_noise(self, *, num_steps: int, target_epsilon: float) -> float:
        """Return the smallest sigma of a group that meets a target.

        Args:
          num_steps: number T of critic steps.
          target_epsilon: epsilon that may be spent.

        Raises:
          PrivacyError: if no noise meets it.
        """
        effective = calibration.calibrate_noise_multiplier(
            self._target(target_epsilon),
            sampling_probability=self.sampling_probability,
            num_steps=num_steps,
            summary_noise_multiplier=self.summary_noise_multiplier,
        )
        return round_up(noise_multipliers.per_group(effective, self.num_groups))

    def most_steps(
        self, *, noise_multiplier: float, target_epsilon: float
    ) -> int:
        """Return the largest number of steps that meets a target, perhaps 0.

        Args:
          noise_multiplier: sigma of each group.
          target_epsilon: epsilon that may be spent.

        Raises:
          PrivacyError: if the summary alone costs more.
        """
        plan = self.plan(noise_multiplier=noise_multiplier, num_steps=0)
        return calibration.max_steps(plan, self._target(target_epsilon))

    def plan(
        self, *, noise_multiplier: float, num_steps: int
    ) -> plans.NoisePlan:
        """Return the run's noise plan.

        Args:
          noise_multiplier: sigma of each group.
          num_steps: number T of critic steps.
        """
        return plans.NoisePlan(
            sampling_probability=self.sampling_probability,
            effective_noise_multiplier=noise_multipliers.effective(
                noise_multiplier, self.num_groups
            ),
            num_steps=num_steps,
            summary_noise_multiplier=self.summary_noise_multiplier,
        )

    def _target(self, epsilon: float) -> plans.Target:
        return plans.Target(
            epsilon=epsilon, delta=self.delta, accountant=self.accountant
        )


def plan_of(report: dict[str, Any]) -> plans.NoisePlan:
    """Return the plan of a priced run.

    Args:
      report: result of `price`.
    """
    fields = {field.name for field in dataclasses.fields(Run)}
    run = Run(**{name: report[name] for name in fields})
    return run.plan(
        noise_multiplier=report["noise_multiplier"],
        num_steps=report["num_steps"],
    )


def of_group(
    run: Run, *, noise_multiplier: float, num_steps: int, num_records: int
) -> dict[str, Any]:
    """Return the price of several records of one unit, by "pld".

    Args:
      run: the run's other numbers.
      noise_multiplier: sigma of each group.
      num_steps: number T of critic steps.
      num_records: most records of a unit, at least 2.
    """
    plan = dataclasses.replace(
        run.plan(noise_multiplier=noise_multiplier, num_steps=num_steps),
        records_per_unit=num_records,
    )
    return {
        "records_per_unit": num_records,
        "epsilon": accounting.epsilon(plan, delta=run.delta, accountant="pld"),
        "risk": _risk(run, plan, "pld"),
    }


def price(
    run: Run,
    *,
    noise_multiplier: float,
    num_steps: int,
    target_epsilon: float | None = None,
) -> dict[str, Any]:
    """Return the price of a run by each accountant.

    Args:
      run: the run's other numbers.
      noise_multiplier: sigma of each group.
      num_steps: number T of critic steps.
      target_epsilon: the target that they were solved for, if any.

    Returns:
      The run, its derived numbers, and epsilon by accountant.
    """
    plan = run.plan(noise_multiplier=noise_multiplier, num_steps=num_steps)
    effective = plan.effective_noise_multiplier
    return {
        **dataclasses.asdict(run),
        "noise_multiplier": noise_multiplier,
        "num_steps": num_steps,
        "target_epsilon": target_epsilon,
        "sampling_probability": run.sampling_probability,
        "effective_noise_multiplier": effective,
        "epochs": num_steps * run.sampling_probability,
        "noise_of_a_step": _noise(run, effective, 1),
        "noise_of_all_steps": _noise(run, effective, num_steps),
        "epsilon": {
            name: accounting.epsilon(plan, delta=run.delta, accountant=name)
            for name in plans.ACCOUNTANTS
        },
        "risk": _risk(run, plan, run.accountant),
        "assumptions": list(ASSUMPTIONS),
    }


def _risk(run: Run, plan: plans.NoisePlan, accountant: str) -> dict[str, Any]:
    return risks.of_plan(
        plan,
        delta=run.delta,
        num_examples=run.num_examples,
        accountant=accountant,
    )


def _noise(run: Run, effective: float, num_steps: int) -> float:
    """Return the noise's norm in the mean gradient of some steps."""
    if not num_steps:
        return math.inf
    length = effective * math.sqrt(NUM_WEIGHTS / num_steps)
    return length / run.batch_size


def round_up(value: float) -> float:
    """Round up to six decimals; infinity stays.

    Args:
      value: noise or epsilon, which must not be understated.
    """
    return value if math.isinf(value) else math.ceil(value * 1e6) / 1e6


def to_json(report: dict[str, Any]) -> str:
    """Return a report as JSON, with infinity as the text "inf".

    Args:
      report: numbers, texts, and lists and dicts of these.
    """
    return json.dumps(_finite(report), allow_nan=False, indent=2)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return "inf" if value == math.inf else value
