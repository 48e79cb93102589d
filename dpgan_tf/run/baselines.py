"""GANs without privacy, the baselines of private ones."""

import json
import os

import keras

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.data import split as splits
from dpgan_tf.evaluation import run_scores
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run import data as run_data
from dpgan_tf.run import precision
from dpgan_tf.run.stages import warm_start

PUBLIC_ONLY, NON_PRIVATE = "public_only", "non_private"
KINDS = (PUBLIC_ONLY, NON_PRIVATE)
"""Training on the public records alone (epsilon 0), or on all records."""


def train(
    recipe: recipes.Recipe,
    *,
    kind: str,
    num_generator_steps: int,
    run_dir: str | os.PathLike,
    data_dir: str | os.PathLike,
) -> run_files.RunFiles:
    """Train a GAN of the same networks without privacy, or resume it.

    The generator is stored in the run's private folder, like a warm start's:
    nothing is released, and no claim is made.

    Args:
      recipe: recipe of the private run to compare with.
      kind: one of `KINDS`.
      num_generator_steps: number of generator steps.
      run_dir: the baseline's present or future folder.
      data_dir: folder of prepared data sets.

    Returns:
      The run's files, with `warm_start_generator`.

    Raises:
      ValueError: for an unknown kind.
      ConfigError: if there are no public records to train on, or fewer
        records than a batch has.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}; expected one of {KINDS}.")
    data = run_data.load(recipe, data_dir=data_dir)
    trained_on = _learnt_from(recipe, data, kind)
    form = data.dataset.form
    recipe = precision.as_begun(recipe, run_dir)
    recipe = precision.settled(recipe, form)
    settings = json.loads(recipe.to_json()) | {
        "baseline": kind,
        "warm_start_steps": num_generator_steps,
    }
    with lock.lock(run_files.make_root(run_dir)):
        files = run_files.enter(run_dir, config_json=json.dumps(settings))
        if warm_start.has_generator(files):
            return files
        keras.utils.set_random_seed(assembly.initial_seed(recipe))
        networks = assembly.build_networks(recipe, form)
        warm_start.train(
            recipe,
            files,
            form,
            trained_on,
            *networks,
            num_generator_steps=num_generator_steps,
        )
    return files


def _learnt_from(
    recipe: recipes.Recipe, data: run_data.RunData, kind: str
) -> records.PublicRecords:
    """Return the public records, or all records as if they were public."""
    found = data.public
    if kind == NON_PRIVATE:
        found = splits.take(records.PublicRecords, data.dataset)
    if found is None:
        raise errors.ConfigError(
            f"data.public_fraction={recipe.data.public_fraction}; expected > 0,"
            " or a data.public_source, to train on public records alone."
        )
    if len(found) < recipe.steps.generator_batch_size:
        raise errors.ConfigError(
            "steps.generator_batch_size="
            f"{recipe.steps.generator_batch_size}; expected at most "
            f"{len(found)}, the number of records."
        )
    return found


def score(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    *,
    kind: str,
    data_dir: str | os.PathLike,
) -> dict:
    """Score a baseline at both ends of variety, and write its scores.json.

    Args:
      recipe: recipe of the private run to compare with.
      files: files from `train`.
      kind: one of `KINDS`.
      data_dir: folder of prepared data sets and the classifier.

    Returns:
      A report like that of `run_scores.score_run`, with rows for the
      baseline's kind.
    """
    dataset = run_data.load_dataset(recipe, data_dir=data_dir)
    scorer = run_scores.scorer_of(
        dataset, data_dir=data_dir, target=recipe.scoring.target
    )
    num = recipe.scoring.num_samples
    generator = sampling.load_generator(files.warm_start_generator)
    variety = recipe.scoring.variety
    found = scorer.score_real(num=num)
    for name, at in run_scores.ends(kind, variety).items():
        samples = scorer.sample(generator, num=num, title=name, variety=at)
        found[name] = scorer.score_samples(samples, title=name)
    report = scorer.report(found, paper={}) | {"variety": variety}
    run_files.write_json(files.scores, report)
    return report
