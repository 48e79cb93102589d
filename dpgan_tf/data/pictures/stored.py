"""Pictures on disk, read one by one: only those in use are in memory."""

import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from array_record.python import array_record_data_source
from google.protobuf import message

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.data import class_names
from dpgan_tf.data import datasets
from dpgan_tf.data import limits
from dpgan_tf.data import npz
from dpgan_tf.data import tfds_files
from dpgan_tf.data.pictures import decoding as picture
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.privacy import untrusted_json

_READ_AT_ONCE = 256


class StoredPictures:
    """Some pictures of a split, in an order, with the interface of an array.

    An index or slice reads and decodes; `select` does not. The same choice of
    the same files has the same `identity`.

    Attributes:
      shape: (n, height, width, channels).
      dtype: uint8.
    """

    def __init__(
        self,
        files: "_Files",
        numbers: np.ndarray,
        checksums: Mapping[str, str],
    ):
        """Make a view.

        Args:
          files: files of records.
          numbers: numbers of this view's records, int64 [n].
          checksums: SHA-256 of each file.
        """
        self._files = files
        self._numbers = numbers
        self._checksums = checksums
        self.shape = (len(numbers), *files.image_shape)
        self.dtype = np.dtype(np.uint8)
        self.ndim = 4

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, key: Any) -> np.ndarray:
        numbers = self._numbers[key]
        if np.ndim(numbers) == 0:
            return self._files.read(np.array([numbers]))[0]
        return self._files.read(numbers)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        num_bytes = int(np.prod(self.shape))
        if num_bytes > limits.MAX_ARRAY_BYTES:
            raise errors.DatasetError(
                f"{self._files.folder}: {len(self):,} pictures would take "
                f"{num_bytes / 2**30:.0f} GiB of memory at once; expected at "
                f"most {limits.MAX_ARRAY_BYTES / 2**30:.0f}."
            )
        return self[:].astype(dtype or np.uint8)

    @property
    def identity(self) -> bytes:
        """A SHA-256 that identifies these pictures."""
        digest = hashlib.sha256(json.dumps(self._checksums).encode())
        digest.update(np.ascontiguousarray(self._numbers, "<i8"))
        return digest.digest()

    def select(self, indices: np.ndarray) -> "StoredPictures":
        """Return a view of some of these pictures.

        Args:
          indices: numbers of the pictures, below n.
        """
        return StoredPictures(
            self._files, self._numbers[indices], self._checksums
        )


class _Files:
    """The records of one split."""

    def __init__(self, folder, names, image_shape):
        self.folder = folder
        self.image_shape = image_shape
        # Files are opened when they are read.
        open_folder = contextlib.ExitStack()
        plain = open_folder.enter_context(paths.literal(folder))
        weakref.finalize(self, open_folder.close)
        self._records = array_record_data_source.ArrayRecordDataSource(
            [f"{plain}/{name}" for name in names]
        )
        self._pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())

    def __len__(self):
        return len(self._records)

    def read(self, numbers: np.ndarray) -> np.ndarray:
        """Return uint8 [len(numbers), height, width, channels]."""
        images = np.empty([len(numbers), *self.image_shape], np.uint8)
        for first in range(0, len(numbers), _READ_AT_ONCE):
            some = numbers[first : first + _READ_AT_ONCE]
            rows = self._pool.map(self._decode, self._examples(some), some)
            for row, pixels in enumerate(rows, first):
                images[row] = pixels
        return images

    def _examples(self, numbers):
        if not len(numbers):
            return []
        try:
            return self._records.__getitems__([int(n) for n in numbers])
        except (OSError, RuntimeError, ValueError) as error:
            raise errors.DatasetError(
                f"{self.folder}: records cannot be read "
                f"({errors.first_line(error)}): prepare the pictures again."
            ) from error

    def _decode(self, content, number):
        try:
            return picture.decode(_png(content), shape=self.image_shape)
        except picture.UnusablePictureError as error:
            raise errors.DatasetError(
                f"{self.folder}: record {number} {error}: prepare the "
                "pictures again."
            ) from error


def is_store(folder: str | os.PathLike) -> bool:
    """Return whether a folder contains prepared pictures.

    Args:
      folder: the folder.
    """
    return (pathlib.Path(folder) / picture_folder.CHECKSUMS).is_file()


def load(folder: pathlib.Path) -> datasets.ImageDataset:
    """Open a folder's prepared pictures; only labels are read.

    Args:
      folder: folder from `picture_store.build`.

    Raises:
      DatasetError: if the folder is damaged.
    """
    with tfds_files.damage_named(folder, remedy="prepare the pictures again"):
        checksums = _read_checksums(folder)
        with paths.literal(folder) as plain:
            info = tfds.builder_from_directory(plain).info
        features = info.features
        classes = features["label"].names if "label" in features else ()
        labels, names, persons = (
            _read_arrays(folder / name, checksums) if is_there else {}
            for name, is_there in (
                (picture_folder.LABELS, bool(classes)),
                (picture_folder.NAMES, picture_folder.NAMES in checksums),
                (picture_folder.PERSONS, picture_folder.PERSONS in checksums),
            )
        )
        images = {
            split: _open_split(folder, info, split, checksums)
            for split in info.splits
        }
        if "train" not in images:
            raise ValueError("there is no part to train on")
        labels = {split: labels[split] for split in images if labels}
        for split, found in labels.items():
            if len(images[split]) != len(found):
                raise ValueError(f"{len(found)} labels in {split}")
    return datasets.ImageDataset(
        name=folder.resolve().name,
        train_images=images["train"],
        train_labels=labels.get("train"),
        test_images=images.get("test"),
        test_labels=labels.get("test"),
        train_identities=names.get("train"),
        train_units=persons.get("train"),
        origin=f"{folder}",
        num_classes=len(classes),
        class_names=_safe_names(classes),
    )


def _safe_names(classes):
    """Return the classes' names; none if they cannot be names of files."""
    if class_names.problem_of(classes, num_classes=len(classes)):
        return ()
    return class_names.telling(classes)


def _read_checksums(folder):
    return untrusted_json.read(
        folder / picture_folder.CHECKSUMS,
        untrusted_json.map_of(untrusted_json.DIGEST),
        error=errors.DatasetError,
        what="is damaged",
        remedy="prepare the pictures again",
    )


def _open_split(folder, info, split, checksums):
    names = [os.path.basename(path) for path in info.splits[split].filepaths]
    for name in names:
        if name not in checksums or not (folder / name).is_file():
            raise errors.DatasetError(
                f"{folder / name}: is missing; prepare the pictures again."
            )
    files = _Files(
        folder,
        names,
        _image_shape(info.features["image"].shape),
    )
    if len(files) != info.splits[split].num_examples:
        raise errors.DatasetError(
            f"{folder}: has {len(files)} records in {split}; expected "
            f"{info.splits[split].num_examples}: prepare the pictures again."
        )
    identity = {
        name: checksums[name]
        for name in (*names, picture_folder.LABELS)
        if name in checksums
    }
    return StoredPictures(files, np.arange(len(files)), identity)


def _image_shape(shape):
    height, width, channels = map(int, shape)
    if not (
        channels in (1, 3)
        and min(height, width) > 0
        and height * width <= picture.MAX_PIXELS
    ):
        raise ValueError(f"pictures have shape {list(shape)}")
    return height, width, channels


def _read_arrays(path, checksums):
    if picture_folder.sha256(path) != checksums[path.name]:
        raise ValueError(f"{path.name} was changed")
    return npz.read_arrays(path, keys=picture_folder.SPLITS)


def _png(content):
    """Return a record's picture.

    Raises:
      UnusablePictureError: if there is none.
    """
    try:
        example = tf.train.Example.FromString(content)
        return example.features.feature["image"].bytes_list.value[0]
    except (message.DecodeError, IndexError) as error:
        raise picture.UnusablePictureError("has no picture") from error
