"""A run's budget and its use, solved from its configuration."""

import dataclasses
import math
from typing import cast

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
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import header
from dpgan_tf.run import assembly
from dpgan_tf.run import feasibility
from dpgan_tf.run.summary import prices


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget:
    """A run's budget and its use.

    Attributes:
      mechanism: the mechanism of every private step.
      plan: all that the run releases about its records, at the end of the most
        steps that stay within the target, in whole rounds of critic steps.
      target: the target epsilon and delta.
      summary_noise_multipliers: noise multipliers of the summary's releases,
        without what showed the schema's bounds; empty if the run has no
        summary.
    """

    mechanism: mechanisms.GroupedGaussianMechanism
    plan: plans.NoisePlan
    target: plans.Target
    summary_noise_multipliers: tuple[float, ...] = ()

    @property
    def max_steps(self) -> int:
        """The number of steps that the mechanism may take."""
        return self.plan.num_steps

    def epsilon_after(self, num_steps: int) -> float:
        """Return the epsilon of a number of steps at the target's delta.

        Args:
          num_steps: number T of steps.
        """
        return accounting.epsilon(
            self.plan.after(num_steps),
            delta=self.target.delta,
            accountant=self.target.accountant,
        )

    def delta_after(self, num_steps: int) -> float:
        """Return the delta of a number of steps at the target's epsilon.

        Args:
          num_steps: number T of steps.
        """
        return accounting.delta(
            self.plan.after(num_steps),
            epsilon=self.target.epsilon,
            accountant=self.target.accountant,
        )


def build_budget(
    recipe: recipes.Recipe, form: records.Form = records.DIGITS
) -> Budget:
    """Solve the noise from the budget, or the steps from the noise.

    Args:
      recipe: recipe with target, steps, batch and grouping.
      form: form of an example, which decides the critic's variables.

    Returns:
      The mechanism and its number of steps.

    Raises:
      ConfigError: if not even one step fits the budget.
    """
    target = _target(recipe)
    feasibility.require_form_fits(recipe, form)
    multipliers = prices.noise_multipliers(recipe, target)
    together = prices.together(recipe, multipliers)
    mechanism = _mechanism(recipe, form, target, together)
    plan = plans.NoisePlan(
        sampling_probability=mechanism.sampling_probability,
        effective_noise_multiplier=mechanism.effective_noise_multiplier,
        num_steps=0,
        summary_noise_multiplier=together,
    )
    return Budget(
        mechanism=mechanism,
        plan=plan.after(_max_steps(recipe, target, mechanism, plan)),
        target=target,
        summary_noise_multipliers=multipliers,
    )


def guide_noise_multiplier(recipe: recipes.Recipe) -> float:
    """Return the noise multiplier of a guide's steps taken as one release.

    Args:
      recipe: recipe of a run whose summary has a guide.
    """
    of_step = prices.noise_multipliers(recipe, _target(recipe))[-1]
    guided = cast(summaries.ClassFeatures, recipe.summary)
    return of_step / math.sqrt(guided.guide_steps)


def noise_length(
    recipe: recipes.Recipe, form: records.Form, budget: Budget | None = None
) -> float:
    """Return the length of the noise in a mean gradient, over the joint bound.

    That is sigma sqrt(sum_j V_j c_j^2) / (m C), with V_j weights in group j and
    bounds c_j of `bounds.fixed_bounds`, C^2 = sum_j c_j^2.

    Args:
      recipe: recipe of a private run.
      form: form of an example.
      budget: budget of both; by default it is computed.
    """
    budget = budget or build_budget(recipe, form)
    sigma = budget.mechanism.noise_multiplier
    shapes = assembly.critic_shapes(recipe, form)
    sizes = [math.prod(shape) for shape in shapes]
    groups = assembly.make_groups(recipe, shapes)[0](
        bounds.fixed_bounds(1.0, num_variables=len(sizes))
    )
    squares = np.square(groups.clip_norms) @ np.transpose(groups.membership)
    return sigma * math.sqrt(squares @ sizes) / recipe.steps.expected_batch_size


def ledger_header(recipe: recipes.Recipe, budget: Budget) -> dict[str, object]:
    """Return a new ledger's header: the mechanism and its budget.

    Args:
      recipe: the run's recipe.
      budget: the recipe's budget.
    """
    seeded = recipe.require_budget().noise_seed is not None
    charged: dict[str, object] = dict(budget.mechanism.parameters)
    if budget.plan.summary_noise_multiplier is not None:
        charged["summary_noise_multiplier"] = (
            budget.plan.summary_noise_multiplier
        )
    return charged | {
        "num_examples": recipe.data.num_private_examples,
        "target_epsilon": budget.target.epsilon,
        "target_delta": budget.target.delta,
        "accountant": budget.target.accountant,
        "max_steps": budget.max_steps,
        "noise_source": "seed" if seeded else "os_entropy",
        "config_hash": recipe.digest(),
    }


def _mechanism(
    recipe: recipes.Recipe,
    form: records.Form,
    target: plans.Target,
    summary_noise_multiplier: float | None,
) -> mechanisms.GroupedGaussianMechanism:
    """Return the mechanism; solve its noise if none is set."""
    shapes = assembly.critic_shapes(recipe, form)
    num_groups = assembly.make_groups(recipe, shapes)[1]
    noise_multiplier = recipe.require_budget().noise_multiplier
    if noise_multiplier is None:
        effective = calibration.calibrate_noise_multiplier(
            target,
            sampling_probability=recipe.sampling_probability,
            num_steps=recipe.steps.num_steps,
            summary_noise_multiplier=summary_noise_multiplier,
        )
        noise_multiplier = noise_multipliers.per_group(effective, num_groups)
    return mechanisms.GroupedGaussianMechanism(
        noise_multiplier=noise_multiplier,
        num_groups=num_groups,
        sampling_probability=recipe.sampling_probability,
        expected_batch_size=recipe.steps.expected_batch_size,
        noise_sampler=_noise_sampler(recipe),
        most_records_per_unit=recipe.data.most_records_per_unit,
    )


def _noise_sampler(recipe: recipes.Recipe) -> str:
    """Return the sampler of a new run: a cipher, wherever there can be one."""
    is_seeded = recipe.require_budget().noise_seed is not None
    if is_seeded or recipe.steps.jit_compile:  # XLA compiles no cipher.
        return header.PHILOX
    return header.CHACHA20


def _max_steps(
    recipe: recipes.Recipe,
    target: plans.Target,
    mechanism: mechanisms.GroupedGaussianMechanism,
    plan: plans.NoisePlan,
) -> int:
    """Return the steps that fit, in whole rounds."""
    num_steps = min(recipe.steps.num_steps, plans.MAX_STEPS)
    spent = accounting.epsilon(
        plan.after(num_steps), delta=target.delta, accountant=target.accountant
    )
    # Epsilon grows with the steps, and a search asks for many prices.
    if not spent <= target.epsilon:
        num_steps = calibration.max_steps(plan, target)
    num_steps -= num_steps % recipe.steps.num_critic_steps
    if num_steps < 1:
        raise errors.ConfigError(
            f"noise_multiplier={mechanism.noise_multiplier} with "
            f"{mechanism.num_groups} groups: not "
            f"{recipe.steps.num_critic_steps} critic steps fit epsilon "
            f"{target.epsilon}; use more "
            "noise, fewer groups or a larger target_epsilon."
        )
    return num_steps


def _target(recipe: recipes.Recipe) -> plans.Target:
    budget = recipe.require_budget()
    return plans.Target(
        epsilon=budget.target_epsilon,
        delta=budget.target_delta,
        accountant=budget.accountant,
    )
