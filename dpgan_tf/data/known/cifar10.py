"""CIFAR-10: 32 x 32 colour pictures of ten classes (Krizhevsky 2009).

Read from a copy that TensorFlow Datasets prepared, or from the same pictures
prepared by `prepare-data --dataset=folder`.
"""

import dataclasses
import os
import pathlib

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import registry
from dpgan_tf.data import tfds_store
from dpgan_tf.data.pictures import stored

NAME = "cifar10"
CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
"""The classes' names, by their definition and in the order of the labels."""

_SHAPES = [(50_000, 32, 32, 3), (10_000, 32, 32, 3)]


def load(name: str, *, data_dir: str | os.PathLike) -> datasets.ImageDataset:
    """Read the prepared copy.

    Args:
      name: `NAME`.
      data_dir: folder of prepared data sets.

    Returns:
      50,000 training and 10,000 test images uint8 [n, 32, 32, 3], with labels;
      pictures of a folder stay on disk.

    Raises:
      DatasetError: if there is no copy, or it is damaged.
    """
    folder = pathlib.Path(data_dir) / name
    if stored.is_store(folder):
        found = stored.load(folder)
    else:
        found = tfds_store.read(name, data_dir=data_dir)
    if found is None:
        raise errors.DatasetError(
            f"dataset={name}: not in {data_dir}: where there is a network, run "
            f"`tfds build {name} --data_dir={data_dir}`; or prepare a folder "
            "of its pictures, with the sub-folders train and test: "
            "`prepare-data --dataset=folder --source=DIR --size=32 "
            f"--output={folder}`."
        )
    _require_known(found, folder)
    return dataclasses.replace(found, name=name, class_names=CLASSES)


def _require_known(found: datasets.ImageDataset, folder: pathlib.Path) -> None:
    """Refuse a copy of other sizes, or whose classes have another order."""
    parts = (found.train_images, found.test_images)
    shapes = [None if part is None else part.shape for part in parts]
    names = found.class_names
    if shapes != _SHAPES or found.num_classes != len(CLASSES):
        raise errors.DatasetError(
            f"{folder}: training and test images are {shapes} of "
            f"{found.num_classes} classes; expected {_SHAPES} of "
            f"{len(CLASSES)}: remove it and prepare it again."
        )
    if names and names != CLASSES:
        raise errors.DatasetError(
            f"{folder}: its classes are {', '.join(names)}; expected "
            f"{', '.join(CLASSES)}: remove it and prepare it again."
        )


SOURCES = (
    registry.Source(
        name=NAME,
        names={NAME: ""},
        load=load,
        num_records={NAME: _SHAPES[0][0]},
    ),
)
