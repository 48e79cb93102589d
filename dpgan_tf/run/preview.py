"""What a run will do, in a few lines before its first step.

All but the number of held-out records is public, and that one is rounded.
"""

import pathlib

from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import datasets
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import forecast

_WIDTH = 10


def lines(
    recipe: recipes.Recipe,
    data: run_data.RunData,
    budget: budgets.Budget,
    *,
    run_dir: pathlib.Path,
) -> list[str]:
    """Return the lines, each a title and what there is to know.

    Args:
      recipe: the run's recipe.
      data: its records.
      budget: the recipe's budget.
      run_dir: the run's folder.
    """
    found = forecast.make(recipe, data.dataset.form, budget)
    said = {
        "records": _records(recipe, data),
        "recipe": recipe.name,
        "privacy": _privacy(recipe, data.dataset, budget),
        "noise": _noise(recipe, budget),
        "forecast": f"{found.measure}: {found.verdict}",
        "time": "each stage says how long it takes when its first steps are "
        "timed; a run that is stopped goes on with the same command",
        "folder": f"{run_dir}, of which only {run_dir / 'release'} may be "
        "published",
    }
    return [f"{title:{_WIDTH}}{text}" for title, text in said.items()]


def _records(recipe: recipes.Recipe, data: run_data.RunData) -> str:
    form = data.dataset.form
    size = " x ".join(map(str, form.shape))
    what = f"{size} columns" if form.is_table else f"{size} pixels"
    if recipe.networks.conditional:
        what += f", {form.num_classes} classes"
    declared = recipe.data.num_private_examples
    most = recipe.data.most_records_per_unit
    those = "private ones"
    if most > 1:
        those = f"private persons, with up to {most:,} records each,"
    return (
        f"{declared:,} {those} of {recipe.data.source}, as declared "
        f"({what}); public: {_public(recipe, data)}; held out for scores: "
        f"{_held_out(data.dataset)}"
    )


def _public(recipe: recipes.Recipe, data: run_data.RunData) -> str:
    if data.public is None:
        return "none"
    share = recipe.data.public_fraction
    if not share:
        return "those of another source"
    declared = recipe.data.num_private_examples
    return f"about {round(declared * share / (1 - share)):,}"


def _held_out(dataset: datasets.Dataset) -> str:
    part = dataset.test_rows if dataset.form.is_table else dataset.test_images
    if part is None:
        return "none"
    return f"about {int(float(f'{len(part):.1e}')):,}"


def _privacy(
    recipe: recipes.Recipe, dataset: datasets.Dataset, budget: budgets.Budget
) -> str:
    unit = "row" if dataset.form.is_table else "picture"
    whom = f"one {unit}; who gave several is protected less"
    if recipe.data.most_records_per_unit > 1:
        whom = f"one person, with all {unit}s of this person"
    return (
        f"epsilon {budget.target.epsilon:g} at delta {budget.target.delta:g} "
        f"for {whom}"
    )


def _noise(recipe: recipes.Recipe, budget: budgets.Budget) -> str:
    mechanism = budget.mechanism
    steps = (
        f"{budget.max_steps:,} steps on batches of about "
        f"{recipe.steps.expected_batch_size:,} (q = "
        f"{mechanism.sampling_probability:.3g}) with sigma "
        f"{mechanism.effective_noise_multiplier:.3g}"
    )
    together = budget.plan.summary_noise_multiplier
    if together is None:
        return steps
    return f"a summary of all records with sigma {together:.3g}, then {steps}"
