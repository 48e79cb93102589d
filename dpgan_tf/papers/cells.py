"""Computes one cell of a table: trains, scores and keeps the result.

A finished cell is a file and is not computed again; an unfinished one continues
from its run's checkpoints. Scores can also be recorded next to the table, so
that a table of many hours can continue without the runs.
"""

import math
import pathlib

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import run_scores
from dpgan_tf.papers import kept
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data


def scores(workshop: workshops.Workshop, row: schema.Row, *, seed: int) -> dict:
    """Return the scores of a row by the default metrics.

    Args:
      workshop: where cells are computed.
      row: a table's row.
      seed: seed of split and initial weights; the real row has only one.

    Returns:
      "values" by name, the "seconds" they took, and "from", their origin.
    """
    recorded = _recorded_scores(workshop, row, seed)
    if recorded is not None:
        return recorded
    path, key = _place_of_scores(workshop, row, seed)
    return kept.keep(
        path,
        key,
        lambda: _computed_scores(workshop, row, seed=seed),
        command=workshop.command,
    )


def _computed_scores(workshop, row, *, seed) -> dict:
    recipe = workshop.recipe(row, seed)
    dataset = run_data.load_dataset(recipe, data_dir=workshop.data_dir)
    scorer = run_scores.scorer_of(
        dataset, data_dir=workshop.data_dir, target=recipe.scoring.target
    )
    num = recipe.scoring.num_samples
    if row.kind == schema.REAL:
        real = scorer.score_real(num=num)
        # The classifier knows the training images: test images take precedence.
        return real["real_train"] | real.get("real_test", {})
    if row.kind == schema.PUBLIC_RECORDS:
        samples = _public_records(workshop, recipe, scorer)
    elif row.kind in (schema.MARGINALS, schema.INDEPENDENT):
        made = workshops.rows(workshop, row, seed=seed)
        samples = scorer.as_set(made, None, title=row.title)
    else:
        generator = workshops.generator(workshop, row, seed=seed)
        samples = scorer.sample(
            generator, num=num, title=row.title, variety=row.variety
        )
    found = scorer.score_samples(samples, title=row.title)
    if row.kind == schema.PRIVATE:
        found[schema.SMALL_DELTA] = _at_small_delta(recipe, dataset.form)
    return found


def _at_small_delta(recipe: recipes.Recipe, form: records.Form) -> float:
    """Return epsilon of a run's noise at delta 1 / (n ln n)."""
    num = recipe.data.num_private_examples
    return accounting.epsilon(
        budgets.build_budget(recipe, form).plan,
        delta=1 / (num * math.log(num)),
        accountant=recipe.budget.accountant,
    )


def record(
    workshop: workshops.Workshop,
    row: schema.Row,
    folder: pathlib.Path,
    *,
    seed: int,
) -> None:
    """Write the scores of a row into a table's record.

    Args:
      workshop: where cells are computed.
      row: a row of a table of scores.
      folder: folder of the record.
      seed: seed as in `scores`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run_files.write_json(
        _recorded_file(folder, row, seed), scores(workshop, row, seed=seed)
    )


def is_recorded(
    workshop: workshops.Workshop, row: schema.Row, *, seed: int
) -> bool:
    """Return whether the record has the scores of exactly this cell.

    Args:
      workshop: where cells are computed, with their record.
      row: a row of a table of scores.
      seed: seed as in `scores`.
    """
    return _recorded_scores(workshop, row, seed) is not None


def _recorded_scores(workshop, row, seed) -> dict | None:
    if workshop.recorded is None:
        return None
    _, key = _place_of_scores(workshop, row, seed)
    return kept.find(_recorded_file(workshop.recorded, row, seed), key)


def _recorded_file(folder, row, seed):
    return folder / f"{row.name}_seed_{seed}.json"


def is_finished(
    workshop: workshops.Workshop, row: schema.Row, *, seed: int
) -> bool:
    """Return whether a row is completely computed.

    Args:
      workshop: where cells are computed.
      row: a row of a table of scores.
      seed: seed as in `scores`.
    """
    if is_recorded(workshop, row, seed=seed):
        return True
    files = run_files.RunFiles(workshop.run_dir(row, seed))
    return (
        row.kind in schema.WITHOUT_GENERATOR
        or workshops.directory_of_generator(row, files).exists()
    ) and kept.find(*_place_of_scores(workshop, row, seed)) is not None


def _place_of_scores(workshop, row, seed):
    """Return the file of a row's scores, and all that they depend on."""
    identity = workshops.identity(workshop.recipe(row, seed))
    key = [row.kind, row.num_generator_steps, identity]
    if row.variety != 1:
        key.append({"variety": row.variety})
    return workshop.folder(row, seed) / "scores.json", key


def _public_records(workshop, recipe, scorer) -> image_set.ImageSet:
    """Return public records as samples, repeated to the same number."""
    public = run_data.load(recipe, data_dir=workshop.data_dir).public
    return image_set.ImageSet(
        title="public records",
        images=public.examples,
        labels=public.labels,
        classifier=scorer.classifier,
        times=max(1, recipe.scoring.num_samples // len(public)),
    )
