"""Pictures in TFRecord or ArrayRecord files of `tf.train.Example`."""

import contextlib
import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Iterator, Sequence

import tensorflow as tf
from array_record.python import array_record_module

from dpgan_tf import errors
from dpgan_tf.data import dataset_options
from dpgan_tf.data.pictures import source as picture_source

_IMAGE_KEYS = ("image", "image/encoded")
_LABEL_KEYS = ("label", "image/class/label")
_READ_AT_ONCE = 64


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExampleFiles:
    """TFRecord or ArrayRecord files of `tf.train.Example`.

    A picture is the bytes of the feature `image` or `image/encoded`, a label
    the number in `label` or `image/class/label`.

    Attributes:
      root: their folder.
      classes: names of the classes; empty if labels are left aside.
      files: all of them, in the order of their names.
      test_part: name of their own test part; empty without one.
      test_files: those of the test part.
    """

    root: pathlib.Path
    classes: tuple[str, ...]
    files: Sequence[pathlib.Path] = dataclasses.field(repr=False)
    test_part: str = ""
    test_files: frozenset[pathlib.Path] = dataclasses.field(
        default=frozenset(), repr=False
    )

    @property
    def unit(self) -> str:
        """What progress is counted in."""
        return "file"

    @property
    def num_units(self) -> int:
        """In how many units it is prepared."""
        return len(self.files)

    @property
    def identity(self) -> str:
        """A hash of names, sizes and times of change; nothing is read."""
        facts = [
            f"{path.relative_to(self.root)} {status.st_size} "
            f"{status.st_mtime_ns}"
            for path, status in ((path, path.stat()) for path in self.files)
        ]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    def size_of(self, unit: int) -> int:
        """Return 1: how many pictures a file has is not known before.

        Args:
          unit: number of the file.
        """
        del unit
        return 1

    def pictures_of(self, unit: int) -> Iterator[picture_source.Picture]:
        """Read the pictures of one file.

        Args:
          unit: number of the file.

        Raises:
          DatasetError: if the file is damaged, or its examples have no
            picture or no label that is wanted.
        """
        path = self.files[unit]
        number = 0
        try:
            for number, content in enumerate(_contents(path)):
                yield dataclasses.replace(
                    self._picture(content, f"{path}, example {number}"),
                    is_test=path in self.test_files if self.test_part else None,
                )
        except errors.DatasetError:
            raise
        except (tf.errors.OpError, OSError, ValueError, RuntimeError) as error:
            raise errors.DatasetError(
                f"{path}: cannot be read from example {number} on "
                f"({errors.first_line(error)}): copy it again, or remove it."
            ) from error

    def _picture(self, content, name):
        try:
            example = tf.train.Example.FromString(content)
        except Exception as error:  # of protobuf, whichever is installed
            raise errors.DatasetError(
                f"{name}: is no tf.train.Example: convert it, or remove the "
                "file."
            ) from error
        features = example.features.feature
        image = _first(features, _IMAGE_KEYS, "bytes_list", name)
        label = None
        if self.classes:
            label = _first(features, _LABEL_KEYS, "int64_list", name)
            if not 0 <= label < len(self.classes):
                raise errors.DatasetError(
                    f"{name}: label {label}; expected 0 to "
                    f"{len(self.classes) - 1}: raise --num_classes, or leave "
                    "it out for pictures without labels."
                )
        return picture_source.Picture(name, image, label)


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
