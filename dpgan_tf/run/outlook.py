"""Says before anything is spent how much noise will leave of the records.

The mean gradient of a batch is at most the joint bound C long, and each of T
noisy ones is off by a vector `budgets.noise_length` times as long. The mean of
all T is off by that over sqrt(T): where even this is much longer than C, no
direction that the records could give is told from noise. It is arithmetic of
public numbers, and a rough guide: what is learnt depends on more.
"""

import math

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import budgets
from dpgan_tf.run import noise_levels

_MOST_SUMMARY_NOISE = 1.0
"""Of a sum over all records, over what all of them could add to it."""


def require(
    recipe: recipes.Recipe, form: records.Form, budget: budgets.Budget
) -> None:
    """Refuse a budget that nothing can be learnt from; note a poor one.

    Args:
      recipe: of a private run.
      form: what an example looks like.
      budget: made of it.

    Raises:
      ConfigError: naming the numbers and what would help.
    """
    _require_summary_heard(recipe, budget)
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
    """Return how long the noise is beside the longest mean gradient.

    Args:
      one: of a step.
      together: of the mean of all steps.
    """
    return (
        f"the noise of a step is {one:.2g} times as long as the longest mean "
        f"gradient of the records, that of all steps together {together:.2g} "
        "times"
    )


def _require_summary_heard(
    recipe: recipes.Recipe, budget: budgets.Budget
) -> None:
    """Refuse a summary in which all records together are lost in noise."""
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
