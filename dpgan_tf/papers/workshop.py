"""Where rows of tables are trained, and their generators' samples."""

import dataclasses
import math
import pathlib
from collections.abc import Callable

import numpy as np

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.data import records
from dpgan_tf.evaluation import independent_columns
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import marginals_baseline
from dpgan_tf.papers import schema
from dpgan_tf.release import sampling
from dpgan_tf.run import baselines
from dpgan_tf.run import data as run_data
from dpgan_tf.run import training


@dataclasses.dataclass(frozen=True, kw_only=True)
class Workshop:
    """The folders and limits for computing cells.

    Attributes:
      runs_dir: folder of the cells' runs.
      data_dir: folder of prepared data sets.
      command: command to record with a cell.
      shrink: function that makes a configuration small, for a quick run.
      baseline_steps: largest number of generator steps without privacy.
      few_labels: training settings of classifiers with few labels; None for
        those of the table.
      recorded: folder of scores that `record` wrote, to reuse; None to compute
        all.
    """

    runs_dir: pathlib.Path
    data_dir: pathlib.Path
    command: str
    shrink: Callable[[recipes.Recipe], recipes.Recipe] = lambda recipe: recipe
    baseline_steps: int = 10**9
    few_labels: semi_supervised.Setting | None = None
    recorded: pathlib.Path | None = None

    def recipe(self, row: schema.Row, seed: int) -> recipes.Recipe:
        """Return the configuration of a row and seed.

        Args:
          row: a table's row.
          seed: seed of split and initial weights.
        """
        return self.shrink(
            recipes.change(row.recipe, {"data.split_seed": seed})
        )

    def folder(self, row: schema.Row, seed: int) -> pathlib.Path:
        """Return the folder of a row's results with a seed.

        Args:
          row: a table's row.
          seed: seed of the run.
        """
        return self.runs_dir / row.name / f"seed_{seed}"

    def run_dir(self, row: schema.Row, seed: int) -> pathlib.Path:
        """Return the folder of a row's run, which several rows may share.

        Args:
          row: row with a generator.
          seed: seed of the run.
        """
        return self.runs_dir / (row.run or row.name) / f"seed_{seed}" / "run"


def train(
    workshop: Workshop, row: schema.Row, *, seed: int
) -> run_files.RunFiles:
    """Train the generator of a row, or continue its training.

    Args:
      workshop: where cells are computed.
      row: row with a generator.
      seed: seed of split and initial weights.

    Returns:
      The files of the row's run.
    """
    recipe = workshop.recipe(row, seed)
    run_dir = workshop.run_dir(row, seed)
    if row.kind == schema.PRIVATE:
        return training.train(
            recipe,
            run_dir=run_dir,
            data_dir=workshop.data_dir,
            with_scores=False,
        )
    return baselines.train(
        recipe,
        kind=row.kind,
        num_generator_steps=min(
            row.num_generator_steps, workshop.baseline_steps
        ),
        run_dir=run_dir,
        data_dir=workshop.data_dir,
    )


def rows(workshop: Workshop, row: schema.Row, *, seed: int) -> np.ndarray:
    """Return the rows to score: real, baseline or sampled ones.

    Args:
      workshop: where cells are computed.
      row: a row of a table about tabular data.
      seed: seed of the run.

    Returns:
      uint8 [n, columns].
    """
    recipe = workshop.recipe(row, seed)
    num = recipe.scoring.num_samples
    if row.kind not in schema.WITHOUT_GENERATOR:
        made = generator(workshop, row, seed=seed)
        return made.all_samples(num, scorers.SEED).examples
    data = run_data.load(recipe, data_dir=workshop.data_dir)
    if row.kind == schema.REAL:
        return data.private.examples[:num]
    if row.kind == schema.INDEPENDENT:
        return independent_columns.draw(
            data.private.examples.mean(axis=0),
            blocks=data.dataset.form.blocks,
            num=num,
            seed=seed,
        )
    return marginals_baseline.sample(
        data.private,
        target_epsilon=recipe.budget.target_epsilon,
        target_delta=recipe.budget.target_delta,
        accountant=recipe.budget.accountant,
        row_clip_norm=_row_clip_norm(recipe, data.dataset.form),
        blocks=data.dataset.form.blocks,
        num=num,
        seed=seed,
    )


def _row_clip_norm(recipe: recipes.Recipe, form: records.Form) -> float:
    """Return the clip norm of a row: that of every row, if it is known."""
    if form.blocks and min(form.blocks) > 1:
        return math.sqrt(len(form.blocks))
    return recipe.summary.row_clip_norm


def generator(
    workshop: Workshop, row: schema.Row, *, seed: int
) -> sampling.ExportedGenerator:
    """Return the generator of a row; train it if needed.

    Args:
      workshop: where cells are computed.
      row: row with a generator.
      seed: seed of the run.
    """
    files = train(workshop, row, seed=seed)
    return sampling.load_generator(directory_of_generator(row, files))


def directory_of_generator(
    row: schema.Row, files: run_files.RunFiles
) -> pathlib.Path:
    """Return the folder of a row's generator, which may not exist yet.

    Args:
      row: row with a generator.
      files: files of the row's run.
    """
    if row.kind == schema.PRIVATE:
        return sampling.generator_directory(files.release)
    return files.warm_start_generator


def identity(recipe: recipes.Recipe) -> dict:
    """Return a configuration's identity, stable when settings are added.

    Args:
      recipe: recipe of a run.
    """
    fields = dict(kinds.settings())
    return {
        key: value
        for key, value in kinds.flat(recipe).items()
        if key not in fields or value != fields[key].default
    }
