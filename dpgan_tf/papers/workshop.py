"""Where rows of tables are trained, and what their generators make."""

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
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
    """Where cells are made.

    Attributes:
      runs_dir: of the runs behind the cells.
      data_dir: where prepared data sets are.
      command: that is recorded with a cell.
      shrink: makes a configuration small, for a quick walk.
      baseline_steps: at most, of rows without privacy.
      few_labels: how classifiers of few labels are trained; as their table has
        it without.
      recorded: of scores that count as computed, as `record` wrote them; None
        to compute all.
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
          row: of a table.
          seed: of split and initial weights.
        """
        return self.shrink(
            recipes.change(row.recipe, {"data.split_seed": seed})
        )

    def folder(self, row: schema.Row, seed: int) -> pathlib.Path:
        """Return where a row's run of one seed is.

        Args:
          row: of a table.
          seed: of the run.
        """
        return self.runs_dir / row.name / f"seed_{seed}"


def train(
    workshop: Workshop, row: schema.Row, *, seed: int
) -> run_files.RunFiles:
    """Train the generator of a row, or go on with it.

    Args:
      workshop: where to train it.
      row: not the real one.
      seed: of split and initial weights.

    Returns:
      The files of its run.
    """
    recipe = workshop.recipe(row, seed)
    run_dir = workshop.folder(row, seed) / "run"
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
    """Return as many rows as are scored: real ones, noise, or samples.

    Args:
      workshop: where they are made.
      row: of a table of rows.
      seed: of the run.

    Returns:
      uint8 [n, columns].
    """
    recipe = workshop.recipe(row, seed)
    num = recipe.scoring.num_samples
    if row.kind not in (schema.REAL, schema.MARGINALS):
        made = generator(workshop, row, seed=seed)
        return made.all_samples(num, scorers.SEED).examples
    data = run_data.load(recipe, data_dir=workshop.data_dir)
    if row.kind == schema.REAL:
        return data.private.examples[:num]
    return marginals_baseline.sample(
        data.private,
        target_epsilon=recipe.budget.target_epsilon,
        target_delta=recipe.budget.target_delta,
        accountant=recipe.budget.accountant,
        row_clip_norm=recipe.summary.row_clip_norm,
        num=num,
        seed=seed,
    )


def generator(
    workshop: Workshop, row: schema.Row, *, seed: int
) -> sampling.ExportedGenerator:
    """Return the generator of a row, trained if it is not yet.

    Args:
      workshop: where it is.
      row: not the real one.
      seed: of the run.
    """
    files = train(workshop, row, seed=seed)
    return sampling.load_generator(directory_of_generator(row, files))


def directory_of_generator(
    row: schema.Row, files: run_files.RunFiles
) -> pathlib.Path:
    """Return where the generator of a row's run is, or will be.

    Args:
      row: not the real one.
      files: of its run.
    """
    if row.kind == schema.PRIVATE:
        return sampling.generator_directory(files.release)
    return files.warm_start_generator


def identity(recipe: recipes.Recipe) -> dict:
    """Return what sets a configuration apart, whatever settings are added.

    Args:
      recipe: of a run.
    """
    fields = dict(kinds.settings())
    return {
        key: value
        for key, value in kinds.flat(recipe).items()
        if key not in fields or value != fields[key].default
    }
