"""Predict, before anything is spent, how much can be learnt despite the noise.

The mean gradient of a batch is at most as long as the joint bound C, and each
of T noisy ones is off by a vector `budgets.noise_length` times as long. The
mean of all T is off by that over sqrt(T): if even this is much longer than C,
no direction from the records can be distinguished from noise. It uses public
numbers only, and is a rough guide: learning depends on more.
"""

import math

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import budgets
from dpgan_tf.run import noise_levels

_MOST_SUMMARY_NOISE = 1.0
"""Most noise of a sum over all records, over their largest possible sum."""


def require(
    recipe: recipes.Recipe, form: records.Form, budget: budgets.Budget
) -> None:
    """Refuse a budget that nothing can be learnt from; note a poor one.

    Args:
      recipe: recipe of a private run.
      form: form of an example.
      budget: the recipe's budget.

    Raises:
      ConfigError: naming the numbers and what would help.
    """
    _require_summary_heard(recipe, budget)
    if recipe.summary is not None:
        return  # It teaches, whatever the steps add: see `forecast`.
    one = budgets.noise_length(recipe, form, budget)
    together = one / math.sqrt(budget.max_steps)
    level = noise_levels.judge(together)
    if level == "hopeless":
        raise errors.ConfigError(
            f"budget.target_epsilon={recipe.budget.target_epsilon}, "
            f"data.num_private_examples={recipe.data.num_private_examples}: "
            f"{describe(one, together)}, so nothing would be learnt; use a "
            "larger target_epsilon, more records or a larger "
            "steps.expected_batch_size with fewer steps.num_steps."
        )
    if level == "poor":
        progress.note(
            f"little will be learnt: {describe(one, together)}; a larger "
            "target_epsilon, more records or --plan would help"
        )


def describe(one: float, together: float) -> str:
    """Return the noise's length, compared with the longest mean gradient.

    Args:
      one: ratio for one step.
      together: ratio for the mean of all steps.
    """
    return (
        f"the noise of a step is {one:.2g} times as long as the longest mean "
        f"gradient of the records, that of all steps together {together:.2g} "
        "times"
    )


def _require_summary_heard(
    recipe: recipes.Recipe, budget: budgets.Budget
) -> None:
    """Refuse a summary whose noise exceeds the sum of all records."""
    sigma = budget.plan.summary_noise_multiplier
    if sigma is None:
        return
    length = sigma / recipe.data.num_private_examples
    if length > _MOST_SUMMARY_NOISE:
        raise errors.ConfigError(
            f"budget.target_epsilon={recipe.budget.target_epsilon}, "
            f"summary.share={recipe.summary.share}: the noise of the summary "
            f"is {length:.2g} times all that "
            f"{recipe.data.num_private_examples} records could add to a "
            "sum; use a larger target_epsilon, more records or summary=none."
        )
