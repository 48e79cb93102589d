"""The rows of real images: what perfect samples would reach.

They are the same for every run of a data set, and are kept once computed.
"""

import contextlib
import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf import images as image_files
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import score_text
from dpgan_tf.evaluation import scores

_SEED = 0
# Compared with themselves, training images would only show how a metric works.
_OF_TRAINING_IMAGES = ("inception", "downstream")
_VERSION = 2


def real_images(
    dataset: datasets.ImageDataset,
    classifier: classifier_lib.ScoringClassifier | None,
) -> dict[str, image_set.ImageSet]:
    """Return the images of a data set as they are scored, in random order.

    Some scores take the first images only, and many sets are sorted by class.

    Args:
      dataset: in memory.
      classifier: that looks at them, if there is one.

    Returns:
      "real_train" and, if there are test images, "real_test".
    """
    parts = {
        "real_train": (dataset.train_images, dataset.train_labels),
        "real_test": (dataset.test_images, dataset.test_labels),
    }
    found = {}
    for name, (images, labels) in parts.items():
        if images is None:
            continue
        order = np.random.default_rng(_SEED).permutation(len(images))
        found[name] = image_set.ImageSet(
            title=name,
            images=image_files.to_uint8(images[order]),
            labels=None if labels is None else labels[order],
            classifier=classifier,
        )
    return found


def score(
    real: Mapping[str, image_set.ImageSet],
    metrics: Sequence[metrics_lib.Metric],
    *,
    num_images: int,
    fingerprint: str,
    cache_dir: pathlib.Path,
) -> dict[str, dict]:
    """Score real images as if they were samples.

    Training images are scored by what needs no comparison with themselves,
    test images by all else.

    Args:
      real: of `real_images`.
      metrics: by which.
      num_images: as many training images at most.
      fingerprint: of the images and the classifier.
      cache_dir: where results are kept.

    Returns:
      For each row what `scores.score` returns.
    """
    names = [metric.name for metric in metrics]
    key = [_VERSION, num_images, names, fingerprint]
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    path = cache_dir / f"real-{digest[:16]}.json"
    if path.is_file():
        with contextlib.suppress(errors.UserError):  # It is made again.
            return run_files.read_json(path, score_text.rows_kind())
    train, test = real["real_train"], real.get("real_test")
    first = dataclasses.replace(
        train,
        images=train.images[:num_images],
        labels=None if train.labels is None else train.labels[:num_images],
    )
    chosen = {"real_train": (first, [m for m in metrics if _is_of_training(m)])}
    if test is not None:
        others = [m for m in metrics if m.name != "downstream"]
        chosen["real_test"] = (test, others)
    results = {
        name: scores.score(images, some, train=train, test=test, seed=_SEED)
        for name, (images, some) in chosen.items()
    }
    if _is_defined(results):
        cache_dir.mkdir(parents=True, exist_ok=True)
        run_files.write_json(path, results)
    return results


def _is_defined(results) -> bool:
    """Return whether no score is undefined: that may pass, as full memory."""
    return all(
        value is not None for row in results.values() for value in row.values()
    )


def _is_of_training(metric):
    return metric.name in _OF_TRAINING_IMAGES
