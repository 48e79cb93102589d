"""The scores of a run: real data, the warm start, the released generator.

They are computed with a classifier that saw private records, so epsilon does
not cover them, and they are kept in the run's private folder.
"""

import os
from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf import images as image_files
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import nearest
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.release import sampling

PAPER_INCEPTION_SCORES = {
    "mnist": {"real": 9.96, "non-private GAN": 9.05, "dp-GAN": 8.64}
}
"""dp-GAN, Table 2: epsilon 4, delta 1e-5, the authors' own classifier."""


def score_run(
    run_dir: str | os.PathLike,
    *,
    dataset: datasets.ImageDataset,
    data_dir: str | os.PathLike,
    num_samples: int,
    metric_names: Sequence[str] = (),
    num_classifier_epochs: int = classifier_lib.NUM_EPOCHS,
) -> dict:
    """Score a run, and write `private/scores.json` in it.

    Metrics that were asked for go to `private/chosen_scores.json`: what reports
    and cards read stays whole. The warm start is left out if the run kept no
    generator of it. A picture of samples beside their nearest training images
    is written, too.

    Args:
      run_dir: folder of a run with a release.
      dataset: the images that the run is about.
      data_dir: where the classifier is kept once it is trained.
      num_samples: samples of each generator.
      metric_names: what to compute; the default metrics without.
      num_classifier_epochs: fewer train a worse classifier sooner; its
        accuracy is in the report.

    Returns:
      What was written: "scores" maps real_train, real_test, warm_start and
      released to what `scores.score` returns; "classifier" and "paper" say
      what with and what beside.

    Raises:
      UserError: if the run has no release, or none of the metrics that were
        asked for can be computed.
    """
    metrics_lib.choose(metric_names)  # Wrong names are found at once.
    files = run_files.existing(run_dir)
    written = files.chosen_scores if metric_names else files.scores
    run_files.require_replaceable(written)
    generators = _load_generators(files)
    scorer = scorers.Scorer(
        dataset, data_dir=data_dir, num_classifier_epochs=num_classifier_epochs
    )
    metrics = scorer.choose(metric_names)
    if metric_names:
        _require_possible(metrics, scorer, generators["released"])
    results = scorer.score_real(metrics, num_images=num_samples)
    for name, generator in generators.items():
        samples = scorer.sample(generator, num=num_samples, title=name)
        results[name] = scorer.score_samples(samples, metrics)
    _require_computed(results["released"]["left_out"], metric_names)
    image_files.save_grid(
        nearest.beside_neighbours(samples, scorer.real["real_train"]),
        files.neighbours,
        columns=1 + nearest.NUM_NEIGHBOURS,
    )
    paper = PAPER_INCEPTION_SCORES.get(dataset.name, {})
    report = scorer.report(dataset.name, results, paper)
    run_files.write_json(written, report)
    return report


def _require_possible(metrics, scorer, generator):
    """Raise before hours of work if a metric cannot be computed."""
    sample = scorer.sample(generator, num=1, title="one sample")
    for metric in metrics:
        missing = metrics_lib.missing(
            metric, sample, scorer.real.get("real_test")
        )
        if missing:
            raise errors.UserError(f"metric {metric.name}: needs {missing}.")


def _require_computed(left_out, metric_names):
    """Raise if there is no score to show of those asked for."""
    if metric_names and set(metric_names) <= left_out.keys():
        name = metric_names[0]
        raise errors.UserError(f"metric {name}: {left_out[name]}")


def _load_generators(files):
    """Return them by name, what is released last."""
    generators = {}
    if files.warm_start_generator.exists():
        generators["warm_start"] = sampling.load_generator(
            files.warm_start_generator,
            remedy=f"make it again with `train --run_dir={files.root}`",
        )
    generators["released"] = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    return generators
