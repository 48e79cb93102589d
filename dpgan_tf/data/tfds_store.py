"""Prepared data sets on disk, in the layout of TensorFlow Datasets.

`tfds.load(name, data_dir=..., download=False)` reads data sets that are stored
here, and `read` reads data sets that TFDS prepared.
"""

import contextlib
import io
import os
import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import logging

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.data import datasets
from dpgan_tf.data import tfds_files
from dpgan_tf.privacy import durable

_INFO = tfds_files.INFO

WRITE_FAILURES = (OSError, RuntimeError, tf.errors.OpError)
"""Errors of TFDS for a full disk: it re-raises errors of TensorFlow."""


def read(
    name: str, *, data_dir: str | os.PathLike
) -> datasets.ImageDataset | None:
    """Read a prepared data set into memory.

    Args:
      name: a TFDS data set with splits train and test.
      data_dir: folder of prepared data sets.

    Returns:
      The records in the files' order, which is always the same; None if there
      is no prepared copy.

    Raises:
      errors.DatasetError: if the files are damaged.
    """
    folder = _folder(name, data_dir=data_dir)
    if not (folder / _INFO).is_file():
        return None
    with tfds_files.damage_named(
        folder, remedy="remove that folder and run prepare-data"
    ):
        with hushed(), paths.literal(data_dir) as plain:
            builder = tfds.builder(name, data_dir=plain)
            parts = tfds.as_numpy(
                builder.as_dataset(batch_size=-1, as_supervised=True)
            )
        description = tfds_files.description_of(folder)
        return datasets.ImageDataset(
            name=name,
            train_images=parts["train"][0],
            train_labels=parts["train"][1],
            test_images=parts["test"][0],
            test_labels=parts["test"][1],
            origin=f"{folder} ({errors.first_line(description)})",
            num_classes=builder.info.features["label"].num_classes,
        )


def write(
    dataset: datasets.ImageDataset, *, data_dir: str | os.PathLike
) -> pathlib.Path:
    """Store a data set where `read` and `tfds.load` find it.

    It is written into a scratch folder and gets its name only when it is
    complete.

    Args:
      dataset: uint8 images with labels of declared classes, training and
        test part; TFDS must know its name.
      data_dir: folder of prepared data sets; made if missing.

    Returns:
      The folder of the stored data set.

    Raises:
      errors.DatasetError: if something else lies in that folder, or the disk
        is full.
    """
    target = _folder(dataset.name, data_dir=data_dir)
    durable.make_folder(target.parent)
    with durable.workspace(pathlib.Path(data_dir)) as scratch:
        try:
            with paths.literal(scratch) as plain:
                _write_files(dataset, version=target.name, data_dir=plain)
        except WRITE_FAILURES as error:
            raise errors.DatasetError(
                f"{data_dir}: cannot store {dataset.name} there "
                f"({errors.first_line(error)}): free some space, or choose "
                "another folder with --data_dir."
            ) from error
        _move(scratch / dataset.name / target.name, target)
    return target


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Keep the messages of TFDS off the terminal."""
    tfds.disable_progress_bar()
    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)


def _folder(name, *, data_dir):
    version = tfds.builder_cls(name).VERSION
    return pathlib.Path(data_dir) / name / str(version)


def _write_files(dataset, *, version, data_dir):
    image = tfds.features.Image(
        shape=dataset.train_images.shape[1:], dtype=np.uint8
    )
    label = tfds.features.ClassLabel(num_classes=dataset.num_classes)
    with hushed():
        tfds.dataset_builders.store_as_tfds_dataset(
            name=dataset.name,
            version=version,
            features=tfds.features.FeaturesDict(
                {"image": image, "label": label}
            ),
            split_datasets={
                "train": _examples(dataset.train_images, dataset.train_labels),
                "test": _examples(dataset.test_images, dataset.test_labels),
            },
            data_dir=data_dir,
            description=dataset.origin,
            disable_shuffling=True,
        )


def _examples(images, labels):
    pairs = zip(images, labels, strict=True)
    return [
        (number, {"image": image, "label": int(label)})
        for number, (image, label) in enumerate(pairs)
    ]


def _move(source, target):
    """Rename the finished folder, or use one that another process made."""
    try:
        durable.publish(source, target)
    except OSError as error:
        if not (target / _INFO).is_file():
            raise errors.DatasetError(
                f"{target}: cannot be replaced ({error.strerror}): remove it."
            ) from error
