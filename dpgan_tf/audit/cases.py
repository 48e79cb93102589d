"""A case: the plan that is claimed, and the mechanism that runs.

The two belong together, except where the audit is tried on broken arithmetic.
"""

import dataclasses
from collections.abc import Callable

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
      summary_noise_multipliers: noise multiplier of each release of a summary.
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
    return Case(
        plan=budget.plan,
        delta=budget.target.delta,
        accountant=budget.target.accountant,
        mechanism=budget.mechanism,
        summary_noise_multipliers=budget.summary_noise_multipliers,
        chunk_size=recipe.steps.chunk_size,
        steps_per_round=recipe.steps.num_critic_steps,
        engine=recipe.steps.engine,
    )


def _form(recipe: recipes.Recipe) -> records.Form:
    """Return a form of records that the recipe is for."""
    of_rows = isinstance(recipe.summary, summaries.Rows)
    return _ROWS if of_rows else records.DIGITS
