"""A forecast from public numbers alone: is the signal louder than the noise?

With a summary, most of what a generator learns comes from its means: a mean of
n / K records in d numbers is off by sigma sqrt(d) K / n of the longest record,
K classes and sigma the means' noise multiplier. Without one it comes from the
critic's steps, and `outlook` has their measure. What is computed here decides
nothing; it is for the person who waits.
"""

import math
from typing import NamedTuple

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import summaries
from dpgan_tf.data import records
from dpgan_tf.run import budgets
from dpgan_tf.run import noise_levels

FAINT, DROWNED = 0.1, 0.5
"""Errors of a summary's mean, over the longest record, from which a signal is
faint, or has never been heard. MNIST has .02 at epsilon 4 and .07 at epsilon 1,
both of which teach a classifier; the table of health records has .01."""

_VERDICTS = {
    "clear": "clear; expect samples that teach",
    "faint": "faint; expect blurred samples: more records, a larger epsilon "
    "or fewer classes would help",
    "drowned": "below what has ever worked: more records, a larger epsilon or "
    "fewer classes are needed",
}


class Forecast(NamedTuple):
    """What may be expected.

    Attributes:
      measure: the numbers, in words.
      level: "clear", "faint" or "drowned".
    """

    measure: str
    level: str

    @property
    def verdict(self) -> str:
        """What the level means."""
        return _VERDICTS[self.level]


def make(
    recipe: recipes.Recipe, form: records.Form, budget: budgets.Budget
) -> Forecast:
    """Return the forecast of a private run.

    Args:
      recipe: the run's recipe.
      form: form of an example.
      budget: the recipe's budget.
    """
    if budget.summary_noise_multipliers:
        error = summary_error(recipe, form, budget)
        return Forecast(
            f"a mean of the summary is off by {_share(error)} the longest "
            "record",
            _level(error, FAINT, DROWNED),
        )
    one = budgets.noise_length(recipe, form, budget)
    together = one / math.sqrt(budget.max_steps)
    return Forecast(
        f"the noise of all steps together is {_share(together)} the "
        "longest mean gradient",
        _level(together, noise_levels.POOR, 1.0),
    )


def summary_error(
    recipe: recipes.Recipe, form: records.Form, budget: budgets.Budget
) -> float:
    """Return how far a summary's mean is off, over the longest record.

    Args:
      recipe: recipe with a summary.
      form: form of an example.
      budget: the recipe's budget.
    """
    # Of surrogates, the range of pixels is released before the means.
    number = 1 if recipe.has_surrogates else 0
    sigma = budget.summary_noise_multipliers[number]
    share = recipe.data.num_private_examples
    if isinstance(recipe.summary, summaries.ClassMoments):
        if recipe.networks.conditional:
            share /= max(1, form.num_classes)
        size = recipe.summary.side**2 * form.shape[-1]
    else:
        size = math.prod(form.shape)
    return sigma * math.sqrt(size) / share


def _level(value: float, faint: float, drowned: float) -> str:
    if value > drowned:
        return "drowned"
    return "faint" if value > faint else "clear"


def _share(value: float) -> str:
    return f"{100 * value:.2g}% of" if value < 1 else f"{value:.2g} times"
