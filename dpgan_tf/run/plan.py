"""Chooses the expected batch and the number of steps for a budget.

At a given number of records looked at, m T, large batches leave little noise in
a step, and small ones make many steps. The smallest batch is taken at which the
noise in the mean gradient is about as long as a record's may be:

    sigma(m, T) sqrt(V) / m <= NOISE,    V weights of the critic, one group

Less noise than that brings less than the steps that it costs. Where even the
largest batch is louder, fewer rounds are taken: steps that noise decides undo
what a warm start has learnt. The private records have no part in it.

The guide of a summary takes more steps the less noise it has, by the same
measure: the root of its noise multiplier, all of its steps taken as one.
"""

import math

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import budgets

NOISE = 0.4
"""Of the mean gradient's noise over the bound; ours, of trials on MNIST."""

GUIDE_STEPS = 200
"""Of a guide whose noise multiplier is 1; ours, of trials."""

BATCHES = (128, 256, 512, 1_024, 2_048, 4_096, 8_192)


def choose(
    recipe: recipes.Recipe, form: records.Form = records.DIGITS
) -> recipes.Recipe:
    """Return a configuration that looks at records in better batches.

    Args:
      recipe: whose budget is to be spent; its m T stays, in whole rounds,
        unless noise would decide.
      form: what an example looks like.

    Returns:
      One with m and T of the smallest batch that is quiet enough; with fewer
      steps of the largest one if none is. And with the steps of its guide.

    Raises:
      ConfigError: if no batch fits the budget, the records and the rounds, or
        the noise is fixed.
    """
    budget = recipe.require_budget()
    if budget.noise_multiplier is not None:
        raise errors.ConfigError(
            f"budget.noise_multiplier={budget.noise_multiplier}; expected none "
            "with --plan, which solves it from the budget."
        )
    if recipe.has_features:
        sigma = budgets.guide_noise_multiplier(recipe)
        num_steps = round(GUIDE_STEPS / math.sqrt(sigma))
        recipe = recipes.change(
            recipe, {"summary.guide_steps": max(1, num_steps)}
        )
    work = recipe.steps.num_steps * recipe.steps.expected_batch_size
    chosen = None
    for batch_size in BATCHES:
        num_rounds = round(work / batch_size / recipe.steps.num_critic_steps)
        if not num_rounds or batch_size > recipe.data.num_private_examples:
            break
        chosen = recipes.change(
            recipe,
            {
                "steps.expected_batch_size": batch_size,
                "steps.num_steps": num_rounds * recipe.steps.num_critic_steps,
            },
        )
        if budgets.noise_length(chosen, form) <= NOISE:
            return chosen
    if chosen is None:
        raise errors.ConfigError(
            f"steps.num_steps={recipe.steps.num_steps} batches of "
            f"{recipe.steps.expected_batch_size} from "
            f"{recipe.data.num_private_examples} records; too few for a round "
            f"of {BATCHES[0]}: leave out --plan."
        )
    return _quieter(chosen, form)


def _quieter(recipe: recipes.Recipe, form: records.Form) -> recipes.Recipe:
    """Return the configuration with fewer rounds, in which it is quiet."""
    num_rounds = recipe.steps.num_steps // recipe.steps.num_critic_steps
    while (noise := budgets.noise_length(recipe, form)) > NOISE:
        if num_rounds == 1:
            raise errors.ConfigError(
                f"budget.target_epsilon={recipe.budget.target_epsilon}; even "
                f"one round of {recipe.steps.expected_batch_size} records has "
                f"noise of {noise:.2g} bounds, and {NOISE} is the most: give "
                "it more, or leave out --plan."
            )
        num_rounds = num_rounds * 3 // 4
        recipe = recipes.change(
            recipe,
            {"steps.num_steps": num_rounds * recipe.steps.num_critic_steps},
        )
    return recipe
