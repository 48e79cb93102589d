"""What a run may spend, and on what: solved from its configuration."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import summaries
from dpgan_tf.data import records
from dpgan_tf.privacy import bounds
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.ledger import header
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import assembly
from dpgan_tf.run import feasibility


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget:
    """What a run may spend, and on what.

    Attributes:
      mechanism: what every private step calls.
      max_steps: the most steps that stay within the target, in whole rounds
        of critic steps.
      curve: epsilon against steps.
      summary_noise_multipliers: of the releases of the summary; empty if the
        run takes none.
    """

    mechanism: mechanisms.GroupedGaussianMechanism
    max_steps: int
    curve: accounting.EpsilonCurve
    summary_noise_multipliers: tuple[float, ...] = ()


def build_budget(
    recipe: recipes.Recipe, form: records.Form = records.DIGITS
) -> Budget:
    """Solve the noise from the budget, or the steps from the noise.

    Args:
      recipe: target, steps, batch and grouping.
      form: what an example looks like, and so the critic's variables.

    Returns:
      The mechanism and how often it may be called.

    Raises:
      ConfigError: if not even one step fits the budget.
    """
    budget = recipe.require_budget()
    feasibility.require_form_fits(recipe, form)
    multipliers = _summary_noise_multipliers(recipe)
    spending: dict[str, Any] = {
        "sampling_probability": recipe.sampling_probability,
        "accountant": budget.accountant,
        "summary_noise_multiplier": _combined(multipliers),
    }
    critic = assembly.build_critic(recipe, form)
    mechanism = _mechanism(
        recipe, spending, num_groups=assembly.make_groups(recipe, critic)[1]
    )
    curve = accounting.EpsilonCurve(
        effective_noise_multiplier=mechanism.effective_noise_multiplier,
        delta=budget.target_delta,
        **spending,
    )
    return Budget(
        mechanism=mechanism,
        max_steps=_max_steps(recipe, spending, mechanism, curve),
        curve=curve,
        summary_noise_multipliers=multipliers,
    )


def guide_noise_multiplier(recipe: recipes.Recipe) -> float:
    """Return the noise of all steps of a guide together, taken as one release.

    Args:
      recipe: of a run whose summary has a guide.
    """
    of_step = _summary_noise_multipliers(recipe)[-1]
    guided = cast(summaries.ClassFeatures, recipe.summary)
    return of_step / math.sqrt(guided.guide_steps)


def noise_length(
    recipe: recipes.Recipe, form: records.Form, budget: Budget | None = None
) -> float:
    """Return the length of the noise in a mean gradient, over the joint bound.

    That is sigma sqrt(sum_j V_j c_j^2) / (m C), with V_j weights in group j and
    bounds c_j as fixed ones begin, C^2 = sum_j c_j^2.

    Args:
      recipe: of a private run.
      form: what an example looks like.
      budget: made of them; None makes it.
    """
    budget = budget or build_budget(recipe, form)
    sigma = budget.mechanism.noise_multiplier
    critic = assembly.build_critic(recipe, form)
    sizes = [math.prod(v.shape) for v in critic.trainable_variables]
    groups = assembly.make_groups(recipe, critic)[0](
        bounds.fixed_bounds(1.0, num_variables=len(sizes))
    )
    squares = np.square(groups.clip_norms) @ np.transpose(groups.membership)
    return sigma * math.sqrt(squares @ sizes) / recipe.steps.expected_batch_size


def ledger_header(recipe: recipes.Recipe, budget: Budget) -> dict[str, object]:
    """Return what a ledger is begun with: the mechanism and its budget.

    Args:
      recipe: of the run.
      budget: made of it.
    """
    target = recipe.require_budget()
    seeded = target.noise_seed is not None
    charged: dict[str, object] = dict(budget.mechanism.parameters)
    if not charged["quantile_share"]:
        del charged["quantile_share"]
    if budget.summary_noise_multipliers:
        charged["summary_noise_multiplier"] = _combined(
            budget.summary_noise_multipliers
        )
    return charged | {
        "num_examples": recipe.data.num_private_examples,
        "target_epsilon": target.target_epsilon,
        "target_delta": target.target_delta,
        "accountant": target.accountant,
        "max_steps": budget.max_steps,
        "noise_sampler": header.NOISE_SAMPLER,
        "noise_source": "seed" if seeded else "os_entropy",
        "config_hash": recipe.digest(),
    }


def _mechanism(
    recipe: recipes.Recipe, spending: Mapping[str, Any], *, num_groups: int
) -> mechanisms.GroupedGaussianMechanism:
    """Return the mechanism, with the noise that its steps need if none is set.

    Args:
      recipe: of the run.
      spending: what every price depends on beside the steps and their noise.
      num_groups: of the critic's variables.
    """
    noise_multiplier = recipe.require_budget().noise_multiplier
    if noise_multiplier is None:
        effective = calibration.calibrate_noise_multiplier(
            num_steps=recipe.steps.num_steps, **_target(recipe), **spending
        )
        noise_multiplier = noise_multipliers.per_group(effective, num_groups)
    return mechanisms.GroupedGaussianMechanism(
        noise_multiplier=noise_multiplier,
        num_groups=num_groups,
        sampling_probability=recipe.sampling_probability,
        expected_batch_size=recipe.steps.expected_batch_size,
    )


def _max_steps(
    recipe: recipes.Recipe,
    spending: Mapping[str, Any],
    mechanism: mechanisms.GroupedGaussianMechanism,
    curve: accounting.EpsilonCurve,
) -> int:
    """Return the steps that fit, in whole rounds."""
    target = _target(recipe)
    num_steps = min(recipe.steps.num_steps, accounting.MAX_STEPS)
    # Epsilon grows with the steps, and a search asks for many prices.
    if not curve.epsilon_after(num_steps) <= target["target_epsilon"]:
        num_steps = calibration.max_steps(
            effective_noise_multiplier=mechanism.effective_noise_multiplier,
            **target,
            **spending,
        )
    num_steps -= num_steps % recipe.steps.num_critic_steps
    if num_steps < 1:
        raise errors.ConfigError(
            f"noise_multiplier={mechanism.noise_multiplier} with "
            f"{mechanism.num_groups} groups: not "
            f"{recipe.steps.num_critic_steps} critic steps fit epsilon "
            f"{target['target_epsilon']}; use more noise, fewer groups or a "
            "larger target_epsilon."
        )
    return num_steps


def _target(recipe: recipes.Recipe) -> dict[str, Any]:
    budget = recipe.require_budget()
    return {
        "target_epsilon": budget.target_epsilon,
        "target_delta": budget.target_delta,
    }


def _combined(multipliers: Sequence[float]) -> float | None:
    """Return the noise of the whole summary as one release, if there is one."""
    return summary.combined(multipliers) if multipliers else None


def _summary_noise_multipliers(recipe: recipes.Recipe) -> tuple[float, ...]:
    """Return the noise of each release of the summary, in their order."""
    if recipe.summary is None:
        return ()
    target = _target(recipe)
    together = calibration.calibrate_noise_multiplier(
        target_epsilon=recipe.summary.share * target.pop("target_epsilon"),
        **target,
        sampling_probability=1.0,
        num_steps=1,
        accountant=recipe.require_budget().accountant,
    )
    shares = recipe.summary.shares(has_surrogates=recipe.has_surrogates)
    return tuple(together / math.sqrt(share) for share in shares)
