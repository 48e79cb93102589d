"""Scores of a run: real data, the warm start, the released generator.

They are computed from private records without noise, so epsilon does not cover
them, and they are kept in the run's private folder.
"""

import os
import pathlib
from collections.abc import Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import card_words
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import column_scorer
from dpgan_tf.evaluation import image_scorer
from dpgan_tf.evaluation import row_scorer
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.evaluation import typed_rows
from dpgan_tf.release import sampling

PAPER_INCEPTION_SCORES = {
    "mnist": {"real": 9.96, "non-private GAN": 9.05, "dp-GAN": 8.64}
}
"""dp-GAN, Table 2: epsilon 4, delta 1e-5, the authors' own classifier."""


def scorer_of(
    dataset: datasets.Dataset,
    *,
    data_dir: str | os.PathLike,
    metric_names: Sequence[str] = (),
    target: str = "",
) -> scorers.Scorer:
    """Return the scorer of a data set.

    Args:
      dataset: the real records.
      data_dir: folder in which trained classifiers are kept.
      metric_names: names of metrics; none for the default metrics.
      target: name of the column that learners predict, of a table with a
        schema; empty for all.

    Raises:
      UserError: for a metric that is unknown or cannot be loaded, or a target
        that is no such column.
    """
    typed_rows.require_target(dataset.schema, target)
    if dataset.schema is not None:
        return column_scorer.build(
            dataset, metric_names=metric_names, target=target
        )
    if isinstance(dataset, datasets.TableDataset):
        return row_scorer.build(dataset, metric_names=metric_names)
    return image_scorer.build(
        dataset, data_dir=data_dir, metric_names=metric_names
    )


def score_run(
    run_dir: str | os.PathLike,
    dataset: datasets.Dataset,
    *,
    data_dir: str | os.PathLike,
    num_samples: int,
    variety: float = 1.0,
    metric_names: Sequence[str] = (),
    target: str = "",
    written: pathlib.Path | None = None,
) -> dict[str, Any]:
    """Score a run at both ends of variety, and write the report.

    The warm start is left out if the run has no generator of it. A picture of
    samples next to real records is also written.

    Args:
      run_dir: folder of a run with a release.
      dataset: the run's records.
      data_dir: folder in which trained classifiers are kept.
      num_samples: number of samples of each generator.
      variety: variety besides 1 at which the release is scored; 1 for none.
      metric_names: names of metrics; none for the default metrics.
      target: name of the column that learners predict; see `scorer_of`.
      written: where the report is written; by default
        `private/chosen_scores.json` for chosen metrics, else
        `private/scores.json`, which the run's page and card show.

    Returns:
      The written report: "scores" maps real_train, real_test, independent,
      warm_start, released and released_varied to results of
      `scorer.Scorer.score_samples`; the other fields describe the variety, the
      data, the classifier and the paper's scores.

    Raises:
      UserError: if the run has no release, it has no such variety, or none of
        the chosen metrics can be computed.
    """
    files = run_files.existing(run_dir)
    if written is None:
        written = files.chosen_scores if metric_names else files.scores
    run_files.require_replaceable(written)
    scored = _load_generators(files, dataset, variety=variety)
    scorer = scorer_of(
        dataset, data_dir=data_dir, metric_names=metric_names, target=target
    )
    if metric_names:
        _require_possible(scorer, scored["released"][0])
    results = scorer.score_real(num=num_samples)
    for name, samples in scorer.baselines(num_samples).items():
        results[name] = scorer.score_samples(samples, title=name)
    for name, (generator, at) in scored.items():
        samples = scorer.sample(
            generator, num=num_samples, title=name, variety=at
        )
        results[name] = scorer.score_samples(samples, title=name)
    _require_computed(results["released"]["left_out"], metric_names)
    scorer.draw(samples, files)
    paper = PAPER_INCEPTION_SCORES.get(dataset.name, {})
    report = scorer.report(results, paper=paper) | {"variety": variety}
    run_files.write_json(written, report)
    return report


def _require_possible(scorer, generator):
    """Refuse metrics that cannot be computed, before hours of work."""
    sample = scorer.sample(generator, num=1, title="one sample")
    for metric in scorer.metrics:
        if missing := scorer.missing(metric, sample):
            raise errors.UserError(f"metric {metric.name}: needs {missing}.")


def _require_computed(left_out, metric_names):
    """Raise if none of the chosen metrics could be computed."""
    if metric_names and set(metric_names) <= left_out.keys():
        name = metric_names[0]
        raise errors.UserError(f"metric {name}: {left_out[name]}")


def ends(name: str, variety: float) -> dict[str, float]:
    """Return at which varieties a generator is scored, by the scores' names.

    Args:
      name: name of its scores at variety 1, which come last.
      variety: the other variety; 1 for none.
    """
    if variety == 1:
        return {name: 1.0}
    return {card_words.varied(name): variety, name: 1.0}


def _load_generators(files, dataset, *, variety):
    """Return generators and varieties by name, the release at 1 last."""
    found = {}
    # For rows it is fitted to private moments, not to public records.
    if files.warm_start_generator.exists() and not dataset.form.is_table:
        before = sampling.load_generator(
            files.warm_start_generator,
            remedy=f"make it again with `train --run_dir={files.root}`",
        )
        found["warm_start"] = before, 1.0
    released = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    released.require(variety)
    for name, at in ends("released", variety).items():
        found[name] = released, at
    return found
