"""Pictures in TFRecord or ArrayRecord files of `tf.train.Example`."""

import contextlib
import hashlib
import os
import pathlib
from collections.abc import Collection, Iterator, Sequence

import tensorflow as tf
from array_record.python import array_record_module

from dpgan_tf import errors
from dpgan_tf.data import dataset_options
from dpgan_tf.data.pictures import source as picture_source

_IMAGE_KEYS = ("image", "image/encoded")
_LABEL_KEYS = ("label", "image/class/label")
_READ_AT_ONCE = 64


def open_files(
    root: pathlib.Path,
    files: Sequence[pathlib.Path],
    *,
    num_classes: int,
    test_part: str = "",
    test_files: Collection[pathlib.Path] = (),
) -> picture_source.Source:
    """Return files of `tf.train.Example` as a source; a unit is a file.

    A picture is the bytes in the feature `image` or `image/encoded`, a label
    the number in `label` or `image/class/label`.

    Args:
      root: the files' folder.
      files: all files, in the order of their names.
      num_classes: number of the labels' classes; 0 to ignore labels.
      test_part: name of the files' own test part; empty if there is none.
      test_files: files of the test part.
    """

    def pictures_of(unit):
        is_test = files[unit] in test_files if test_part else None
        return _pictures(files[unit], num_classes, is_test)

    return picture_source.Source(
        root=root,
        classes=tuple(map(str, range(num_classes))),
        test_part=test_part,
        unit="file",
        sizes=[1] * len(files),  # Their numbers of pictures are unknown.
        identity=_identity(root, files),
        pictures_of=pictures_of,
    )


def _identity(root, files):
    """Return a hash of names, sizes and change times, without reading files."""
    facts = [
        f"{path.relative_to(root)} {status.st_size} {status.st_mtime_ns}"
        for path, status in ((path, path.stat()) for path in files)
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _pictures(path, num_classes, is_test) -> Iterator[picture_source.Picture]:
    """Read the pictures of one file, which may be damaged."""
    number = 0
    try:
        for number, content in enumerate(_contents(path)):
            name = f"{path}, example {number}"
            image, label = _image_and_label(content, num_classes, name)
            yield picture_source.Picture(name, image, label, is_test)
    except errors.DatasetError:
        raise
    except (tf.errors.OpError, OSError, ValueError, RuntimeError) as error:
        raise errors.DatasetError(
            f"{path}: cannot be read from example {number} on "
            f"({errors.first_line(error)}): copy it again, or remove it."
        ) from error


def _image_and_label(content, num_classes, name):
    try:
        example = tf.train.Example.FromString(content)
    except Exception as error:  # Any installed version of protobuf.
        raise errors.DatasetError(
            f"{name}: is not a tf.train.Example: convert it, or remove the "
            "file."
        ) from error
    features = example.features.feature
    image = _first(features, _IMAGE_KEYS, "bytes_list", name)
    if not num_classes:
        return image, None
    label = _first(features, _LABEL_KEYS, "int64_list", name)
    if not 0 <= label < num_classes:
        raise errors.DatasetError(
            f"{name}: label {label}; expected 0 to {num_classes - 1}: raise "
            "--num_classes, or leave it out for pictures without labels."
        )
    return image, label


def _contents(path):
    if b".array" in os.fsencode(path.name).lower():
        yield from _array_records(path)
    else:
        stored = tf.data.TFRecordDataset(os.fsencode(path))
        untuned = stored.with_options(dataset_options.untuned())
        yield from untuned.as_numpy_iterator()


def _array_records(path):
    # The library's data source would read FILE[0:5] as five records of FILE.
    with contextlib.closing(
        array_record_module.ArrayRecordReader(os.fsencode(path))
    ) as reader:
        num = reader.num_records()
        for first in range(0, num, _READ_AT_ONCE):
            yield from reader.read(first, min(first + _READ_AT_ONCE, num))


def _first(features, keys, kind, name):
    for key in keys:
        values = getattr(features[key], kind).value if key in features else ()
        if len(values):
            return values[0]
    raise errors.DatasetError(
        f"{name}: has no {' or '.join(keys)}; it has {sorted(features)[:8]}."
    )
