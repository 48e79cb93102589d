"""The scores of a run: real data, the warm start, the released generator.

They are computed with a classifier that saw private records, so epsilon does
not cover them, and they are kept in the run's private folder.
"""

import dataclasses
import math
import os
import pathlib

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf import sampling
from dpgan_tf.data import records
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import scores

_PAPER_GAN = "non-private GAN"
PAPER_INCEPTION_SCORES = {
    "mnist": {"real": 9.96, _PAPER_GAN: 9.05, "dp-GAN": 8.64}
}
"""dp-GAN, Table 2: epsilon 4, delta 1e-5, the authors' own classifier."""

CLASSIFIER_SEED = 0
SAMPLE_SEED = 0

_WARM_START, _RELEASED = "warm_start", "released"
_TITLES = {
    "real_train": "real training images",
    "real_test": "real test images",
    _WARM_START: "warm start (public data only)",
    _RELEASED: "released generator",
}
# The paper does not say which real images it scored.
_PAPER_ROWS = {
    "real_train": "real",
    "real_test": "real",
    _RELEASED: "dp-GAN",
}


def score_run(
    run_dir: str | os.PathLike,
    *,
    dataset: records.ImageDataset,
    data_dir: str | os.PathLike,
    num_samples: int,
    num_splits: int = 10,
    num_classifier_epochs: int = classifier_lib.NUM_EPOCHS,
) -> dict:
    """Score a run, and write `private/scores.json` in it.

    Real data is scored as training images, which the classifier knows, and as
    test images where there are any; no more of them than samples. The warm
    start is left out if the run kept no generator of it.

    Args:
      run_dir: folder of a run with a release.
      dataset: the labelled records that the run is about.
      data_dir: where the classifier is kept once it is trained.
      num_samples: samples of each generator.
      num_splits: parts that each Inception score is averaged over.
      num_classifier_epochs: fewer train a worse classifier sooner; its
        accuracy is in the report.

    Returns:
      What was written: "scores" maps real_train, real_test, warm_start and
      released to the fields of `scores.Score`; "classifier" and "paper" say
      what with and what beside.

    Raises:
      UserError: if the run has no release or the data no labels.
    """
    files = run_files.existing(run_dir)
    generators = _load_generators(files)
    _require_same_shape(files, generators[_RELEASED], dataset)
    classifier = classifier_lib.load_or_train(
        dataset,
        cache_dir=pathlib.Path(data_dir) / "classifiers",
        seed=CLASSIFIER_SEED,
        num_epochs=num_classifier_epochs,
    )
    report = _score_all(
        dataset,
        generators,
        classifier,
        num_samples=num_samples,
        num_splits=num_splits,
    )
    run_files.write_json(files.scores, report)
    return report


def format_table(report: dict) -> str:
    """Return the scores as text, beside the paper's where it has any.

    Args:
      report: what `score_run` returned.

    Returns:
      Lines for a terminal.
    """
    scores_by_name = {
        name: report["scores"][name]
        for name in _TITLES
        if name in report["scores"]
    }
    return "\n".join(
        [
            f"{'Inception score':32}{'mean':>7}{'std':>7}{'paper':>8}",
            *_score_lines(scores_by_name, report["paper"]),
            "",
            "Share of images in each class",
            *_share_lines(scores_by_name),
            "",
            _footnote(report),
        ]
    )


def card_rows(report: dict) -> list[tuple[str, str, str]]:
    """Return (name, value, note) of every score, for the model card.

    Args:
      report: what `score_run` returned.

    Returns:
      One row for each kind of image that was scored.
    """
    return [
        (
            f"Inception score, {title}",
            f"{score['inception_score']:.2f} +/- "
            f"{score['standard_deviation']:.2f}",
            f"{score['num_images']:,} images, {score['num_splits']} splits",
        )
        for name, title in _TITLES.items()
        if (score := report["scores"].get(name)) is not None
    ]


def _load_generators(files):
    generators = {
        _RELEASED: sampling.load_generator(
            sampling.generator_directory(files.release)
        )
    }
    if files.warm_start_generator.exists():
        generators[_WARM_START] = sampling.load_generator(
            files.warm_start_generator
        )
    return generators


def _score_all(dataset, generators, classifier, *, num_samples, num_splits):
    accuracy = classifier.test_accuracy
    real = {
        "real_train": dataset.train_images,
        "real_test": dataset.test_images,
    }
    results = {
        name: scores.score_images(
            images[:num_samples], classifier, num_splits=num_splits
        )
        for name, images in real.items()
        if images is not None
    }
    for name, generator in generators.items():
        results[name] = scores.score_generator(
            generator.samples,
            classifier,
            num_samples=num_samples,
            seed=SAMPLE_SEED,
            num_splits=num_splits,
        )
    return {
        "dataset": dataset.name,
        "classifier": {
            "test_accuracy": None if math.isnan(accuracy) else accuracy,
            "fingerprint": classifier.fingerprint,
        },
        "sample_seed": SAMPLE_SEED,
        "scores": {
            name: dataclasses.asdict(score) for name, score in results.items()
        },
        "paper": PAPER_INCEPTION_SCORES.get(dataset.name, {}),
    }


def _score_lines(scores_by_name, paper):
    for name, score in scores_by_name.items():
        beside = paper.get(_PAPER_ROWS.get(name))
        yield (
            f"  {_TITLES[name]:30}{score['inception_score']:7.2f}"
            f"{score['standard_deviation']:7.2f}" + _paper_cell(beside)
        )
    if _PAPER_GAN in paper:
        yield (
            f"  {_PAPER_GAN:30}{'-':>7}{'-':>7}"
            + _paper_cell(paper[_PAPER_GAN])
        )


def _paper_cell(value):
    return f"{'-':>8}" if value is None else f"{value:8.2f}"


def _share_lines(scores_by_name):
    for name, score in scores_by_name.items():
        cells = "".join(f"{share:5.2f}" for share in score["class_shares"])
        yield f"  {_TITLES[name]:30}{cells}"


def _footnote(report):
    accuracy = report["classifier"]["test_accuracy"]
    quality = "unknown" if accuracy is None else f"{accuracy:.2%}"
    sizes = ", ".join(
        f"{score['num_images']:,} {name.replace('_', ' ')}"
        for name, score in report["scores"].items()
    )
    return (
        f"Own classifier, test accuracy {quality}; images: {sizes}.\n"
        "It saw private records, so epsilon does not cover these scores."
    )


def _require_same_shape(files, generator, dataset):
    expected = tuple(dataset.train_images.shape[1:])
    if generator.image_shape != expected:
        raise errors.UserError(
            f"{files.root}: generates images of shape {generator.image_shape}, "
            f"but {dataset.name} has {expected}; give the data of the run."
        )
