"""The scores of a run: real data, the warm start, the released generator.

They are computed with private records and without noise, so epsilon does not
cover them, and they are kept in the run's private folder.
"""

import os
from collections.abc import Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import image_scorer
from dpgan_tf.evaluation import row_scorer
from dpgan_tf.evaluation import scorer as scorers
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
) -> scorers.Scorer:
    """Return what judges the generators of a data set.

    Args:
      dataset: the real records.
      data_dir: where a classifier of images is kept once it is trained.
      metric_names: by which metrics; the default ones if there are none.

    Raises:
      UserError: for a metric that is unknown or cannot be loaded.
    """
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
    metric_names: Sequence[str] = (),
) -> dict[str, Any]:
    """Score a run, and write `private/scores.json` in it.

    Metrics that were asked for go to `private/chosen_scores.json`: what reports
    and cards read stays whole. The warm start is left out if the run kept no
    generator of it. A picture of samples beside real records is written, too.

    Args:
      run_dir: folder of a run with a release.
      dataset: the records that the run is about.
      data_dir: where a classifier of images is kept once it is trained.
      num_samples: samples of each generator.
      metric_names: what to compute; the default metrics without.

    Returns:
      What was written: "scores" maps real_train, real_test, warm_start and
      released to what `scorer.Scorer.score_samples` returns; the rest says
      what with and what beside.

    Raises:
      UserError: if the run has no release, or none of the metrics that were
        asked for can be computed.
    """
    files = run_files.existing(run_dir)
    written = files.chosen_scores if metric_names else files.scores
    run_files.require_replaceable(written)
    generators = _load_generators(files, dataset)
    scorer = scorer_of(dataset, data_dir=data_dir, metric_names=metric_names)
    if metric_names:
        _require_possible(scorer, generators["released"])
    results = scorer.score_real(num=num_samples)
    for name, generator in generators.items():
        samples = scorer.sample(generator, num=num_samples, title=name)
        results[name] = scorer.score_samples(samples, title=name)
    _require_computed(results["released"]["left_out"], metric_names)
    scorer.draw(samples, files)
    paper = PAPER_INCEPTION_SCORES.get(dataset.name, {})
    report = scorer.report(results, paper=paper)
    run_files.write_json(written, report)
    return report


def _require_possible(scorer, generator):
    """Raise before hours of work if a metric cannot be computed."""
    sample = scorer.sample(generator, num=1, title="one sample")
    for metric in scorer.metrics:
        if missing := scorer.missing(metric, sample):
            raise errors.UserError(f"metric {metric.name}: needs {missing}.")


def _require_computed(left_out, metric_names):
    """Raise if there is no score to show of those asked for."""
    if metric_names and set(metric_names) <= left_out.keys():
        name = metric_names[0]
        raise errors.UserError(f"metric {name}: {left_out[name]}")


def _load_generators(files, dataset):
    """Return them by name, what is released last."""
    generators = {}
    # That of rows is fitted to private moments, and is no public start.
    if files.warm_start_generator.exists() and not dataset.form.is_table:
        generators["warm_start"] = sampling.load_generator(
            files.warm_start_generator,
            remedy=f"make it again with `train --run_dir={files.root}`",
        )
    generators["released"] = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    return generators
