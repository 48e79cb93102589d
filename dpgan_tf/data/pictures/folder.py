"""A folder of prepared pictures: the files of TFDS, and three of ours.

NAME-train.array_record-00000-of-00042 and so on, `dataset_info.json`,
`features.json`: as in TensorFlow Datasets. checksums.json: the SHA-256 of each
file of records. labels.npz: a copy of the labels, to read them without the
pictures. names.npz: for each picture a number that stands for its name, which
decides whether it is public or private. persons.npz: where persons have several
pictures, for each picture a number that stands for its person's name.
"""

import contextlib
import errno
import hashlib
import json
import os
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from array_record.python import array_record_module

from dpgan_tf import paths
from dpgan_tf.data import tfds_files
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import untrusted_json

SPLITS = ("train", "test")
CHECKSUMS, LABELS, NAMES = "checksums.json", "labels.npz", "names.npz"
PERSONS = "persons.npz"

_VERSION = "1.0.0"


class Writer:
    """Writes records to a file, which has another name until it is closed.

    Attributes:
      num_bytes: number of bytes of the records so far.
    """

    def __init__(self, path: pathlib.Path):
        """Write to a file.

        Args:
          path: the file.
        """
        self._path = path
        self._unfinished = path.with_name(f".{path.name}")
        self.num_bytes = 0

    def __enter__(self) -> "Writer":
        # One record in a group: reading a record then decodes only that one.
        self._writer = array_record_module.ArrayRecordWriter(
            os.fsencode(self._unfinished), "group_size:1"
        )
        return self

    def write(self, content: bytes) -> None:
        """Write one record.

        Args:
          content: result of `serialized_example`.
        """
        with self._failures_named():
            self._writer.write(content)
        self.num_bytes += len(content)

    def __exit__(self, kind, error, trace):
        try:
            with self._failures_named():
                self._writer.close()
            if kind is None:
                durable.publish(self._unfinished, self._path)
        finally:
            self._unfinished.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _failures_named(self) -> Iterator[None]:
        """Say which file could not be written; the library does not."""
        try:
            yield
        except (RuntimeError, ValueError) as error:
            is_full = os.strerror(errno.ENOSPC) in str(error)
            number = errno.ENOSPC if is_full else errno.EIO
            raise OSError(number, str(error), self._path) from error


def serialized_example(png: bytes, label: int | None) -> bytes:
    """Return a picture as a serialized `tf.train.Example`, as in TFDS.

    Args:
      png: the picture as a PNG file.
      label: number of its class, or None.
    """
    features = {
        "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[png]))
    }
    if label is not None:
        features["label"] = tf.train.Feature(
            int64_list=tf.train.Int64List(value=[label])
        )
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString()


def sha256(path: pathlib.Path) -> str:
    """Return a file's SHA-256, 64 hexadecimal digits.

    Args:
      path: the file.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shard_name(folder: str, split: str, shard: int, num_shards: int) -> str:
    """Return the name of a file of records.

    Args:
      folder: the folder's name.
      split: "train" or "test".
      shard: the file's number.
      num_shards: number of the split's files.
    """
    stem = f"{_tfds_name(folder)}-{split}.array_record"
    return f"{stem}-{shard:05}-of-{num_shards:05}"


def write_labels(folder: pathlib.Path, labels: Mapping[str, Sequence]) -> str:
    """Write the labels of each split, and return the file's SHA-256.

    Args:
      folder: folder to write to.
      labels: numbers of the classes, by split.
    """
    return _write_arrays(folder / LABELS, labels, np.int64)


def write_names(
    folder: pathlib.Path, identities: Mapping[str, Sequence[int]]
) -> str:
    """Write the numbers that stand for names, and return the file's SHA-256.

    Args:
      folder: folder to write to.
      identities: numbers below 2**64, by split.
    """
    return _write_arrays(folder / NAMES, identities, np.uint64)


def write_persons(
    folder: pathlib.Path, persons: Mapping[str, Sequence[int]]
) -> str:
    """Write the numbers that stand for persons, and return the file's SHA-256.

    Args:
      folder: folder to write to.
      persons: numbers below 2**64, by split.
    """
    return _write_arrays(folder / PERSONS, persons, np.uint64)


def _write_arrays(path, values, dtype) -> str:
    arrays = {s: np.asarray(values.get(s, ()), dtype) for s in SPLITS}
    np.savez_compressed(path, **arrays)
    return sha256(path)


def describe(
    folder: pathlib.Path,
    name: str,
    *,
    shape: tuple[int, int, int],
    classes: Sequence[str],
    lengths: Mapping[str, Sequence[int]],
    num_bytes: Mapping[str, int],
    checksums: Mapping[str, str],
    description: str,
) -> None:
    """Write the records' metadata, for TFDS and for us.

    Args:
      folder: folder of the records' files.
      name: the folder's present or future name.
      shape: (height, width, channels) of each picture.
      classes: the classes' names; empty if there are no labels.
      lengths: numbers of records in each file, by split.
      num_bytes: number of bytes of all records, by split.
      checksums: SHA-256 by file name.
      description: description in words.
    """
    content = json.dumps(dict(checksums), indent=1).encode()
    (folder / CHECKSUMS).unlink(missing_ok=True)
    durable.create(folder / CHECKSUMS, content)
    with paths.literal(folder) as plain:
        _write_metadata(
            pathlib.Path(plain),
            _tfds_name(name),
            features=_features(shape, classes),
            lengths=lengths,
            num_bytes=num_bytes,
            description=description,
        )


def _features(shape, classes) -> tfds.features.FeaturesDict:
    image = tfds.features.Image(shape=shape, encoding_format="png")
    features: dict[str, object] = {"image": image}
    if classes:
        features["label"] = tfds.features.ClassLabel(names=classes)
    return tfds.features.FeaturesDict(features)


def _write_metadata(
    folder, name, *, features, lengths, num_bytes, description
) -> None:
    template = tfds.core.ShardedFileTemplate(
        data_dir=folder,
        dataset_name=name,
        filetype_suffix="array_record",
    )
    tfds.folder_dataset.write_metadata(
        data_dir=folder,
        features=features,
        split_infos=[
            tfds.core.SplitInfo(
                name=split,
                shard_lengths=list(lengths[split]),
                num_bytes=num_bytes[split],
                filename_template=template.replace(split=split),
            )
            for split in SPLITS
            if lengths.get(split)
        ],
        version=_VERSION,
        filename_template=template,
        check_data=False,
        description=description,
    )


def description_of(folder: pathlib.Path) -> dict[str, Any]:
    """Return the description given to `describe`, if it is a JSON object.

    Args:
      folder: folder of prepared pictures.

    Returns:
      The object; empty if there is none.
    """
    try:
        description = tfds_files.description_of(folder)
        return untrusted_json.parse(description, untrusted_json.OBJECT)
    except ValueError:
        return {}


def _tfds_name(folder):
    """Return a name that TFDS allows: letters, digits and underscores."""
    name = re.sub(r"\W+", "_", folder, flags=re.ASCII).strip("_")
    return name if name[:1].isalpha() else f"pictures_{name}"
