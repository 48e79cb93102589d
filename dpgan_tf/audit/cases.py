"""A case: the plan that is claimed, and the mechanism that runs.

The two belong together, except where the audit is tried on broken arithmetic.
"""

import dataclasses
from collections.abc import Callable, Sequence

import tensorflow as tf

from dpgan_tf.audit import witness
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import summaries
from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.run import budgets
from dpgan_tf.run.summary import schemas

_ROWS = records.Form((100,), largest=1)
"""Only the kind of the form matters: it decides the critic's groups."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """What is audited.

    Attributes:
      plan: plan that the claim prices.
      delta: delta of the claim.
      accountant: accountant of the claim, "rdp" or "pld".
      mechanism: mechanism of every step that is taken.
      summary_noise_multipliers: noise multiplier of each sum of a summary.
      choice_noise_multipliers: what each choice of a summary is charged as; no
        canary is tried on them.
      chunk_size: most records in a chunk.
      steps_per_round: number of steps that are drawn together.
      engine: engine that differentiates.
      make_batches: function with the arguments of `pipelines.poisson_batches`.
      kind: class of the witness.
    """

    plan: plans.NoisePlan
    delta: float
    accountant: str
    mechanism: mechanisms.GroupedGaussianMechanism
    summary_noise_multipliers: tuple[float, ...] = ()
    choice_noise_multipliers: tuple[float, ...] = ()
    chunk_size: int = 64
    steps_per_round: int = 1
    engine: str = "auto"
    make_batches: Callable[..., tf.data.Dataset] = pipelines.poisson_batches
    kind: type[witness.Witness] = witness.Witness

    @property
    def epsilon(self) -> float:
        """Epsilon of the claim."""
        return accounting.epsilon(
            self.plan, delta=self.delta, accountant=self.accountant
        )


def of_recipe(recipe: recipes.Recipe) -> Case:
    """Return the case of a run: what it would claim, and how it would run.

    Args:
      recipe: recipe of a private run. No record is read.

    Raises:
      ConfigError: if the recipe has no budget, or nothing fits it.
    """
    budget = budgets.build_budget(recipe, _form(recipe))
    sums, choices = _kinds(recipe, budget.summary_noise_multipliers)
    return Case(
        plan=budget.plan,
        delta=budget.target.delta,
        accountant=budget.target.accountant,
        mechanism=budget.mechanism,
        summary_noise_multipliers=sums,
        choice_noise_multipliers=choices,
        chunk_size=recipe.steps.chunk_size,
        steps_per_round=recipe.steps.num_critic_steps,
        engine=recipe.steps.engine,
    )


def _kinds(
    recipe: recipes.Recipe, multipliers: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the noise multipliers of sums, and those of choices."""
    chosen = recipe.summary
    choices = chosen.choices if isinstance(chosen, summaries.Chosen) else ()
    return (
        tuple(v for i, v in enumerate(multipliers) if i not in choices),
        tuple(multipliers[i] for i in choices),
    )


def _form(recipe: recipes.Recipe) -> records.Form:
    """Return a form of records that the recipe is for."""
    if blocks := schemas.blocks_of(recipe):
        return records.Form((sum(blocks),), largest=1, blocks=blocks)
    of_rows = isinstance(recipe.summary, summaries.Rows)
    return _ROWS if of_rows else records.DIGITS
