"""The scores of a run on rows of a table: real rows, the released generator.

They are computed with real rows and without noise, so epsilon does not cover
them, and they are kept in the run's private folder.
"""

import os

from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import row_scores
from dpgan_tf.release import sampling


def score_run(
    run_dir: str | os.PathLike,
    *,
    dataset: datasets.TableDataset,
    num_samples: int,
) -> dict:
    """Score a run, and write `private/scores.json` in it.

    A picture of probabilities and correlations is written, too.

    Args:
      run_dir: folder of a run with a release.
      dataset: the rows that the run is about.
      num_samples: rows to judge.

    Returns:
      What was written: "scores" maps real_train and released to what
      `row_scores.score` returns.

    Raises:
      UserError: if the run has no release.
    """
    files = run_files.existing(run_dir)
    run_files.require_replaceable(files.scores)
    generator = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    parts = {
        "real_train": dataset.train_rows[:num_samples],
        "released": row_scores.sample(
            generator, num=num_samples, title="released"
        ),
    }
    report = row_scores.report(parts, dataset)
    row_scores.draw(
        {"real, training": parts["real_train"], "released": parts["released"]},
        dataset,
        files.comparison,
    )
    run_files.write_json(files.scores, report)
    return report
