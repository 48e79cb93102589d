"""Score a run by many metrics, next to real records and the paper.

The rows: real images; the generator after its warm start on public data,
before any private training; the released generator. A private run that does
not beat its own warm start has learnt nothing from the private records.

The Inception score does not see variety within a class, so look at the others:
recall, diversity (mean distance of two samples of a class, relative to real
images) and, for generators with classes, the accuracy on real test images of
classifiers trained on samples alone. Images without labels get the paper's
Jensen-Shannon score: how well a discriminator tells samples from real images.
For images with labels, ask for it with --metrics=jensen_shannon.

The other metrics need a classifier. The first call trains it on the real
training images (about two minutes on two CPU cores) and keeps it in
<data_dir>/classifiers. It saw private records, so epsilon does not cover the
scores in <run_dir>/private/scores.json, nor private/nearest_neighbours.png,
which shows samples next to their nearest training images.

Images are scored at variety 1, where they look best, and at the recipe's
scoring.variety, at which they teach best; --variety tries another one instead.
Scores chosen with --metrics or --variety go to private/chosen_scores.json, and
the report keeps showing the full set.

Rows of a table are compared with held-out rows: how frequent each column is,
correlations, how well a column is predicted from the others, and whether a
classifier tells real rows from synthetic ones.

Tables with a schema are compared by cells of their columns: total variation of
columns, pairs and triples from the training rows; associations; frequencies in
subgroups; how well boosted trees and a logistic regression that saw samples
alone predict each column, or that of --target, of held-out rows; and whether
trees tell samples from held-out rows. A row of independent columns, drawn
without privacy, stands beside: what is no better has learnt no dependence.

Examples:
  python -m dpgan_tf evaluate --run_dir=runs/mnist
  python -m dpgan_tf evaluate --run_dir=runs/mnist --num_samples=10000
  python -m dpgan_tf evaluate --run_dir=runs/mnist --metrics=inception,frechet
  python -m dpgan_tf evaluate --run_dir=runs/mnist --variety=1.3
  python -m dpgan_tf evaluate --run_dir=runs/visits --target=died
"""

import pathlib

from absl import flags

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import variety as varieties
from dpgan_tf.commands import results
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import learning
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.release import sampling
from dpgan_tf.run import data as run_data
from dpgan_tf.run import places as run_places


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "run_dir", None, "Folder of the finished run.", flag_values=flag_values
    )
    flags.mark_flag_as_required("run_dir", flag_values=flag_values)
    flags.DEFINE_string(
        "data_dir",
        None,
        "Folder of named data sets and classifiers. Without this flag: where "
        "the run found them.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "dataset",
        None,
        "Path of the run's records, if they were moved.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "num_samples",
        None,
        "Number of samples of each generator. Without this flag: "
        "scoring.num_samples of the run.",
        lower_bound=1,
        upper_bound=learning.MOST_SAMPLES,
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "variety",
        None,
        "Variety besides 1 at which images are scored, at most 4. Without this "
        "flag: scoring.variety of the run.",
        flag_values=flag_values,
    )
    flags.DEFINE_list(
        "metrics",
        [],
        f"Metrics to compute: for images of {', '.join(metrics.every())}; for "
        f"rows of counts of {', '.join(row_metrics.every())}; for tables with "
        f"a schema of {', '.join(column_metrics.every())}. Without this flag: "
        "all but jensen_shannon; for images without labels, only that one.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "target",
        None,
        "Column of a table with a schema that learners predict. Without this "
        "flag: scoring.target of the run, or each column.",
        flag_values=flag_values,
    )
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Score the run, write the scores and print them.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if the run is missing or not finished.
    """
    files = run_files.existing(flag_values.run_dir)
    recipe = config_text.read(files.config)
    written = _written(flag_values, files)
    _require_possible(flag_values, files, written)
    places = run_places.find(
        files,
        recipe.data.source,
        dataset=flag_values.dataset,
        data_dir=flag_values.data_dir,
    )
    dataset = run_data.load_dataset(
        recipe, data_dir=places.data_dir, dataset_path=places.dataset
    )
    scores = run_scores.score_run(
        flag_values.run_dir,
        dataset,
        data_dir=places.data_dir,
        num_samples=flag_values.num_samples or recipe.scoring.num_samples,
        variety=recipe.scoring.variety
        if flag_values.variety is None
        else flag_values.variety,
        metric_names=flag_values.metrics,
        target=flag_values.target or recipe.scoring.target,
        written=written,
    )
    results.show(
        flag_values,
        {"written": str(written), **scores},
        f"{score_text.text(scores)}\n\nWritten to {errors.printable(written)}",
        then=[
            results.Next(
                ["report", f"--run_dir={files.root}"],
                "one page with everything",
            )
        ],
    )


def _written(
    flag_values: flags.FlagValues, files: run_files.RunFiles
) -> pathlib.Path:
    """Return the file of the scores; what is chosen does not replace all."""
    is_chosen = flag_values.metrics or flag_values.variety is not None
    return files.chosen_scores if is_chosen else files.scores


def _require_possible(
    flag_values: flags.FlagValues,
    files: run_files.RunFiles,
    written: pathlib.Path,
) -> None:
    """Refuse what cannot be scored, before records are read."""
    rooms = (metrics, row_metrics, column_metrics)
    known = {k: v for room in rooms for k, v in room.every().items()}
    metrics.choose(flag_values.metrics, known)
    if flag_values.variety is not None:
        varieties.require(flag_values.variety, is_table=False)
    run_files.require_replaceable(written)
    if not sampling.generator_directory(files.release).is_dir():
        raise errors.UserError(
            f"{files.root}: not finished, so there is nothing to score; "
            f"continue with `train --run_dir={files.root}`."
        )
