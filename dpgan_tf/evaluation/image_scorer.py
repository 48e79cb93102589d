"""Scores generators of images, all with the same classifier."""

import contextlib
import dataclasses
import hashlib
import json
import math
import os
import pathlib
from collections.abc import Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf import images as image_files
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import nearest
from dpgan_tf.evaluation import score_text
from dpgan_tf.evaluation import scorer

MOST_IMAGES = 60_000
"""Largest number of real images per part, for data sets on disk."""

_MOST_BYTES = 4 * 2**30
"""Memory limit for images of one kind, real images or samples."""

_VERSION = 2
"""Version of the stored scores of real images."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ImageScorer(scorer.Scorer):
    """Scores all generators of one image data set.

    Attributes:
      fingerprint: hash of the images and the classifier.
      cache_dir: folder that keeps the scores of real images.
    """

    unit = "image"
    fingerprint: str
    cache_dir: pathlib.Path

    @property
    def classifier(self) -> classifier_lib.ScoringClassifier | None:
        """The classifier; None if the images have no labels."""
        return self.train.classifier

    def as_set(self, examples, labels, *, title):
        """See `scorer.Scorer.as_set`."""
        return image_set.ImageSet(
            title=title,
            images=examples,
            labels=labels,
            classifier=self.classifier,
        )

    def has(self, samples):
        """See `scorer.Scorer.has`."""
        there = {
            metrics_lib.CLASSIFIER: samples.classifier,
            metrics_lib.LABELS: samples.labels,
            metrics_lib.TEST_SET: getattr(self.test, "labels", None),
        }
        return {need for need, value in there.items() if value is not None}

    def real(self, num):
        """See `scorer.Scorer.real`."""
        labels = self.train.labels
        first = dataclasses.replace(
            self.train,
            images=self.train.images[:num],
            labels=None if labels is None else labels[:num],
        )
        parts = {metrics_lib.REAL_TRAIN: first}
        if self.test is not None:
            parts[metrics_lib.REAL_TEST] = self.test
        return parts

    def score_real(self, *, num):
        """See `scorer.Scorer.score_real`; stored, since all runs share it."""
        names = [metric.name for metric in self.metrics]
        key = json.dumps([_VERSION, num, names, self.fingerprint])
        digest = hashlib.sha256(key.encode()).hexdigest()
        path = self.cache_dir / f"real-{digest[:16]}.json"
        if path.is_file():
            with contextlib.suppress(errors.UserError):  # Computed again.
                return run_files.read_json(path, score_text.rows_kind())
        found = super().score_real(num=num)
        if _is_defined(found):
            self.cache_dir.mkdir(parents=True, exist_ok=True)
            run_files.write_json(path, found)
        return found

    def report(self, scores, *, paper):
        """See `scorer.Scorer.report`; adds the classifier's accuracy."""
        classifier = None
        if self.classifier is not None:
            accuracy = self.classifier.test_accuracy
            classifier = {
                "test_accuracy": None if math.isnan(accuracy) else accuracy,
                "fingerprint": self.fingerprint,
            }
        return {
            "dataset": self.dataset,
            "classifier": classifier,
            "sample_seed": scorer.SEED,
            "scores": dict(scores),
            "paper": dict(paper),
        }

    def draw(self, samples, files):
        """See `scorer.Scorer.draw`; shows the nearest training images."""
        image_files.save_grid(
            nearest.beside_neighbours(samples, self.train),
            files.neighbours,
            columns=1 + nearest.NUM_NEIGHBOURS,
        )


def build(
    dataset: datasets.ImageDataset,
    *,
    data_dir: str | os.PathLike,
    metric_names: Sequence[str] = (),
) -> ImageScorer:
    """Return the scorer of a data set; train its classifier if needed.

    Args:
      dataset: images. Without labels, metrics that need a classifier are left
        out.
      data_dir: folder in which trained classifiers are kept.
      metric_names: names of metrics; none for the default metrics.

    Raises:
      UserError: for an unknown metric.
    """
    metrics = metrics_lib.choose(
        metric_names,
        metrics_lib.every(),
        has_classifier=dataset.train_labels is not None,
    )
    most = max(1, _MOST_BYTES // math.prod(dataset.form.shape))
    dataset = dataset.in_memory(most=min(MOST_IMAGES, most), seed=scorer.SEED)
    cache_dir = pathlib.Path(data_dir) / "classifiers"
    recipe = {"seed": scorer.SEED, "num_epochs": classifier_lib.NUM_EPOCHS}
    classifier = None
    if dataset.train_labels is not None:
        classifier = classifier_lib.load_or_train(
            dataset, cache_dir=cache_dir, **recipe
        )
        fingerprint = classifier.fingerprint
    else:
        fingerprint = classifier_lib.fingerprint(dataset, **recipe)
    return ImageScorer(
        dataset=dataset.name,
        metrics=metrics,
        train=_real_images(
            dataset.train_images,
            dataset.train_labels,
            title=metrics_lib.REAL_TRAIN,
            classifier=classifier,
        ),
        test=_real_images(
            dataset.test_images,
            dataset.test_labels,
            title=metrics_lib.REAL_TEST,
            classifier=classifier,
        ),
        example_shape=dataset.form.shape,
        most=most,
        fingerprint=fingerprint,
        cache_dir=cache_dir,
    )


def _real_images(images, labels, *, title, classifier):
    """Return real images in random order, or None if there are none.

    Some scores use the first images only, and many sets are sorted by class.
    """
    if images is None:
        return None
    order = np.random.default_rng(scorer.SEED).permutation(len(images))
    return image_set.ImageSet(
        title=title,
        images=image_files.to_uint8(images[order]),
        labels=None if labels is None else labels[order],
        classifier=classifier,
    )


def _is_defined(results) -> bool:
    """Return whether all scores are defined; a failure may be temporary."""
    return all(
        value is not None for row in results.values() for value in row.values()
    )
