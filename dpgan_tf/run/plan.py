"""Choose the expected batch size and the number of steps for a budget.

For a fixed number of processed records m T, large batches have little noise in
a step, and small ones allow many steps. The smallest batch is chosen at which
the noise in the mean gradient is about as long as a record's may be:

    sigma(m, T) sqrt(V) / m <= NOISE,    V weights of the critic, one group

Less noise than that gains less than the steps that it costs. If even the
largest batch has more noise, there are fewer rounds: steps dominated by noise
undo what a warm start has learnt. The private records are not used.

A summary's guide takes more steps if it has less noise, by the same measure:
the root of its noise multiplier, with all of its steps taken as one release.
"""

import math

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import budgets

NOISE = 0.4
"""Most noise of the mean gradient over the bound; ours, by trials on MNIST."""

GUIDE_STEPS = 200
"""Steps of a guide with noise multiplier 1; ours, by trials."""

BATCHES = (128, 256, 512, 1_024, 2_048, 4_096, 8_192)


def choose(
    recipe: recipes.Recipe, form: records.Form = records.DIGITS
) -> recipes.Recipe:
    """Return a configuration with better batches.

    Args:
      recipe: recipe whose budget is to be spent; its m T is kept, in whole
        rounds, unless noise would dominate.
      form: form of an example.

    Returns:
      The recipe with m and T of the smallest batch with little enough noise; if
      there is none, with fewer steps of the largest batch. The steps of its
      guide are set too.

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
    if recipe.has_guide:
        recipe = with_guide_steps(recipe)
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


def with_guide_steps(recipe: recipes.Recipe) -> recipes.Recipe:
    """Return the recipe with as many steps of its guide as its noise allows.

    Args:
      recipe: recipe of a run whose summary has a guide.
    """
    sigma = budgets.guide_noise_multiplier(recipe)
    num_steps = max(1, round(GUIDE_STEPS / math.sqrt(sigma)))
    return recipes.change(recipe, {"summary.guide_steps": num_steps})


def _quieter(recipe: recipes.Recipe, form: records.Form) -> recipes.Recipe:
    """Return the configuration with so few rounds that noise is low enough."""
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
