"""Scores generators of one data set, all by the same classifier."""

import math
import os
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf import images as image_files
from dpgan_tf import progress
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import real_scores
from dpgan_tf.evaluation import scores
from dpgan_tf.release import sampling

CLASSIFIER_SEED = 0
SAMPLE_SEED = 0
MOST_IMAGES = 60_000
"""Real images of each part that scores look at, of a set on a disk."""

_MOST_BYTES = 4 * 2**30
"""Of one kind of images that are held in memory, real ones or samples."""


class Scorer:
    """What all generators of a data set are judged by.

    Attributes:
      real: the real images, "real_train" and perhaps "real_test".
      classifier: that looks at all images; None without labels.
    """

    def __init__(
        self,
        dataset: datasets.ImageDataset,
        *,
        data_dir: str | os.PathLike,
        num_classifier_epochs: int = classifier_lib.NUM_EPOCHS,
    ) -> None:
        """Train the classifier, unless it is kept from before.

        Args:
          dataset: images. What needs a classifier is left out of the scores if
            they have no labels.
          data_dir: where the classifier is kept.
          num_classifier_epochs: fewer train a worse one sooner.
        """
        self._cache_dir = pathlib.Path(data_dir) / "classifiers"
        self._most = max(1, _MOST_BYTES // math.prod(dataset.form.shape))
        dataset = dataset.in_memory(
            most=min(MOST_IMAGES, self._most), seed=CLASSIFIER_SEED
        )
        self.classifier = None
        recipe = {"seed": CLASSIFIER_SEED, "num_epochs": num_classifier_epochs}
        if dataset.train_labels is not None:
            self.classifier = classifier_lib.load_or_train(
                dataset, cache_dir=self._cache_dir, **recipe
            )
            self._fingerprint = self.classifier.fingerprint
        else:
            self._fingerprint = classifier_lib.fingerprint(dataset, **recipe)
        self.real = real_scores.real_images(dataset, self.classifier)

    def describe(self) -> dict[str, object] | None:
        """Return what identifies the classifier and how good it is, if any."""
        if self.classifier is None:
            return None
        accuracy = self.classifier.test_accuracy
        return {
            "test_accuracy": None if math.isnan(accuracy) else accuracy,
            "fingerprint": self._fingerprint,
        }

    def choose(self, names: Sequence[str] = ()) -> list[metrics_lib.Metric]:
        """Return metrics by their names; the default ones if there are none.

        Args:
          names: as for `metrics.choose`.
        """
        return metrics_lib.choose(
            names, has_classifier=self.classifier is not None
        )

    def score_real(
        self, metrics: Sequence[metrics_lib.Metric], *, num_images: int
    ) -> dict[str, dict]:
        """Return the scores of the rows of real images.

        Args:
          metrics: by which.
          num_images: as many training images at most.
        """
        return real_scores.score(
            self.real,
            metrics,
            num_images=num_images,
            fingerprint=self._fingerprint,
            cache_dir=self._cache_dir,
        )

    def report(
        self,
        name: str,
        scores: Mapping[str, object],
        paper: Mapping[str, float],
    ) -> dict[str, object]:
        """Return what is written of scores.

        Args:
          name: of the data set.
          scores: by what was scored.
          paper: its scores, to stand beside.
        """
        return {
            "dataset": name,
            "classifier": self.describe(),
            "sample_seed": SAMPLE_SEED,
            "scores": dict(scores),
            "paper": dict(paper),
        }

    def score_samples(
        self,
        samples: image_set.ImageSet,
        metrics: Sequence[metrics_lib.Metric],
    ) -> dict[str, object]:
        """Return the scores of samples.

        Args:
          samples: of `sample`.
          metrics: by which.
        """
        return scores.score(
            samples,
            metrics,
            train=self.real["real_train"],
            test=self.real.get("real_test"),
            seed=SAMPLE_SEED,
        )

    def sample(
        self, generator: sampling.ExportedGenerator, *, num: int, title: str
    ) -> image_set.ImageSet:
        """Return samples as bytes, as they are published.

        Args:
          generator: of a release.
          num: of samples; of large images fewer, as memory holds them.
          title: for messages.

        Raises:
          UserError: if its images are of another size.
        """
        shape = tuple(self.real["real_train"].images.shape[1:])
        if generator.example_shape != shape:
            raise errors.UserError(
                f"{title}: generates examples of shape "
                f"{generator.example_shape}, but the data has {shape}; give "
                "the data of the run."
            )
        num = min(num, self._most)
        with progress.bar(f"samples, {title}", total=num, unit="image") as bar:
            made = list(
                progress.counted(generator.samples(num, SAMPLE_SEED), bar)
            )
        labels = None
        if generator.num_classes:
            labels = np.concatenate([batch.labels for batch in made])
        return image_set.ImageSet(
            title=title,
            images=np.concatenate(
                [image_files.to_uint8(batch.examples) for batch in made]
            ),
            labels=labels,
            classifier=self.classifier,
        )
