"""Trains and scores a cell, or goes on with it."""

from typing import Any

from benchmarks.unseen import cells
from benchmarks.unseen import records
from dpgan_tf import progress
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import wanted as asked
from dpgan_tf.data import sources
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import run_scores
from dpgan_tf.papers import kept
from dpgan_tf.release import sampling
from dpgan_tf.run import data as run_data
from dpgan_tf.run import front_door
from dpgan_tf.run import plan
from dpgan_tf.run import training

_METRICS = ("frechet", "manifold", "downstream")


def finish(bench: cells.Bench, cell: cells.Cell) -> dict[str, Any]:
    """Return the scores of a cell, computed once.

    Args:
      bench: where cells are computed.
      cell: the cell.

    Returns:
      As `kept.keep`. Its values: `num_records`, `num_classes`, and under
      `samples` and `real` the scores of samples and of as many real records,
      or of all if there are fewer.

    Raises:
      UserError: for data or settings that cannot be used.
    """
    return kept.keep(
        bench.scores(cell),
        cell.key,
        lambda: _computed(bench, cell),
        command=bench.command,
    )


def recipe_of(bench: cells.Bench, cell: cells.Cell) -> recipes.Recipe:
    """Return the recipe that `train` has for a file of the cell's records.

    Their true number is declared, since they are MNIST's. A preset is planned.

    Args:
      bench: where cells are computed.
      cell: the cell.

    Raises:
      UserError: if the recipe does not fit them.
    """
    path = records.write(
        cell.change, folder=bench.records, data_dir=bench.data_dir
    )
    dataset = sources.load(str(path), data_dir=bench.data_dir)
    wanted = asked.Wanted(
        data=str(path),
        recipe=cell.recipe,
        epsilon=cell.epsilon,
        num_records=len(dataset.train_images),
    )
    recipe = front_door.recipe_for(dataset, wanted, source=str(path))
    if cell.recipe in asked.FROM_FACTS:
        return recipe
    with progress.waiting("plan of batch and steps"):
        return plan.choose(recipe, dataset.form)


def _computed(bench: cells.Bench, cell: cells.Cell) -> dict[str, Any]:
    recipe = recipe_of(bench, cell)
    files = training.train(
        recipe,
        run_dir=bench.run_dir(cell),
        data_dir=bench.data_dir,
        with_scores=False,
    )
    scorer = run_scores.scorer_of(
        run_data.load_dataset(recipe, data_dir=bench.data_dir),
        data_dir=bench.folder,
        metric_names=_METRICS,
    )
    generator = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    samples = scorer.sample(
        generator,
        num=cell.num_samples,
        title=cell.name,
        variety=recipe.scoring.variety,
    )
    real = scorer.score_real(num=cell.num_samples)
    return {
        "num_records": recipe.data.num_private_examples,
        "num_classes": generator.num_classes,
        "samples": scorer.score_samples(samples, title=cell.name),
        "real": real[metrics.REAL_TRAIN],
    }
