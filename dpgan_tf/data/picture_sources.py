"""Where pictures come from: a folder of files, or files of examples.

A source is cut into units, which can be prepared one by one and again after a
crash. Names are shown with escapes where they are not UTF-8.
"""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import Protocol

import tensorflow as tf
from array_record.python import array_record_data_source

from dpgan_tf import errors

MAX_CLASSES = 1_000

_MAX_UNITS = 256
_MIN_UNIT = 1_024
_IGNORED = (b"thumbs.db", b"desktop.ini")
_IMAGE_KEYS = ("image", "image/encoded")
_LABEL_KEYS = ("label", "image/class/label")
_RECORD_MARKS = (b".tfrecord", b".array_record", b".arrayrecord")


@dataclasses.dataclass(frozen=True)
class Picture:
    """One picture of a source.

    Attributes:
      name: to show.
      file: where it is, or its bytes.
      label: number of its class, or None.
    """

    name: str
    file: pathlib.Path | bytes = dataclasses.field(repr=False)
    label: int | None


class Source(Protocol):
    """What pictures are prepared from."""

    @property
    def root(self) -> pathlib.Path:
        """Where it is."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty without labels."""

    @property
    def unit(self) -> str:
        """What progress is counted in, "picture" or "file"."""

    @property
    def num_units(self) -> int:
        """In how many units it is prepared."""

    @property
    def identity(self) -> str:
        """What tells whether it is the same as before."""

    def pictures_of(self, unit: int) -> Iterator[Picture]:
        """Return the pictures of one unit.

        Args:
          unit: its number.
        """

    def num_pictures_of(self, unit: int) -> int:
        """Return how many pictures a unit has, if pictures are counted.

        Args:
          unit: its number.
        """


@dataclasses.dataclass(frozen=True, kw_only=True)
class Folder:
    """Picture files of a folder; each sub-folder at its top is a class.

    Attributes:
      root: the folder.
      classes: names of the sub-folders; empty without labels.
      pictures: all of them, in the order of their paths.
    """

    root: pathlib.Path
    classes: tuple[str, ...]
    pictures: Sequence[Picture] = dataclasses.field(repr=False)

    @property
    def unit(self) -> str:
        """What progress is counted in."""
        return "picture"

    @property
    def num_units(self) -> int:
        """In how many units it is prepared."""
        return -(-len(self.pictures) // self._unit_size)

    @property
    def identity(self) -> str:
        """A hash of names, sizes and times of change; nothing is read."""
        digest = hashlib.sha256()
        for picture in self.pictures:
            exists = os.path.exists(picture.file)  # a link may lead nowhere
            status = os.stat(picture.file, follow_symlinks=exists)
            facts = f"{status.st_size} {status.st_mtime_ns} {picture.label}"
            digest.update(os.fsencode(picture.file) + facts.encode())
        return digest.hexdigest()

    @property
    def _unit_size(self):
        return max(_MIN_UNIT, -(-len(self.pictures) // _MAX_UNITS))

    def num_pictures_of(self, unit: int) -> int:
        """Return how many pictures a unit has.

        Args:
          unit: its number.
        """
        return sum(1 for _ in self.pictures_of(unit))

    def pictures_of(self, unit: int) -> Iterator[Picture]:
        """Return the pictures of one unit.

        Args:
          unit: its number.
        """
        first = unit * self._unit_size
        return iter(self.pictures[first : first + self._unit_size])


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExampleFiles:
    """TFRecord or ArrayRecord files of `tf.train.Example`.

    A picture is the bytes of the feature `image` or `image/encoded`, a label
    the number in `label` or `image/class/label`.

    Attributes:
      root: their folder.
      classes: names of the classes; empty if labels are left aside.
      files: all of them, in the order of their names.
    """

    root: pathlib.Path
    classes: tuple[str, ...]
    files: Sequence[pathlib.Path] = dataclasses.field(repr=False)

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
            f"{path.name} {status.st_size} {status.st_mtime_ns}"
            for path, status in ((path, path.stat()) for path in self.files)
        ]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    def num_pictures_of(self, unit: int) -> int:
        """Not known before a file is read.

        Args:
          unit: number of the file.
        """
        raise NotImplementedError

    def pictures_of(self, unit: int) -> Iterator[Picture]:
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
                yield self._picture(content, f"{path}, example {number}")
        except errors.DatasetError:
            raise
        except (tf.errors.OpError, OSError, ValueError, RuntimeError) as error:
            raise errors.DatasetError(
                f"{path}: cannot be read from example {number} on "
                f"({_first_line(error)}): copy it again, or remove it."
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
        return Picture(name, image, label)


def open_source(
    folder: str | os.PathLike, *, num_classes: int = 0, labelled: bool = True
) -> Source:
    """Look what a folder holds.

    Args:
      folder: with picture files, or with files of examples.
      num_classes: of labels in files of examples; 0 leaves them aside.
      labelled: whether sub-folders are classes.

    Raises:
      DatasetError: if it holds neither, both, one class alone, or a link
        to a folder.
    """
    root = pathlib.Path(folder)
    if not root.is_dir():
        raise errors.DatasetError(
            f"--source={folder}: no such folder; give one with pictures or "
            "with TFRecord or ArrayRecord files."
        )
    paths = list(_walk(os.fsencode(root)))
    records = [path for path in paths if _is_record_file(path)]
    if records and len(records) < len(paths):
        other = next(path for path in paths if not _is_record_file(path))
        raise errors.DatasetError(
            f"{show(other)}: lies among files of examples; keep pictures and "
            "such files in folders of their own."
        )
    if records:
        return ExampleFiles(
            root=root,
            classes=tuple(map(str, range(num_classes))),
            files=[pathlib.Path(os.fsdecode(path)) for path in records],
        )
    if num_classes:
        raise errors.DatasetError(
            f"--num_classes={num_classes}: is for files of examples; the "
            "classes of pictures are the sub-folders."
        )
    return _as_folder(root, paths, labelled=labelled)


def show(path: bytes | str | os.PathLike) -> str:
    """Return a path as text that any terminal can show.

    Args:
      path: whose bytes need not be UTF-8.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _walk(root):
    """Yield the files under a folder, sorted; hidden ones are left out."""
    for directory, subdirectories, names in os.walk(root):
        subdirectories[:] = sorted(
            name for name in subdirectories if not name.startswith(b".")
        )
        for name in subdirectories:
            _require_no_link(os.path.join(directory, name))
        for name in sorted(names):
            if not name.startswith(b".") and name.lower() not in _IGNORED:
                yield os.path.join(directory, name)


def _require_no_link(path):
    if os.path.islink(path):
        raise errors.DatasetError(
            f"{show(path)}: is a link to a folder; links may lead in circles "
            "and are not followed: remove it, or put a copy in its place."
        )


def _is_record_file(path):
    name = os.path.basename(path).lower()
    return any(mark in name for mark in _RECORD_MARKS)


def _as_folder(root, paths, *, labelled):
    if not paths:
        raise errors.DatasetError(f"{root}: holds no files; add pictures.")
    tops = [os.path.relpath(path, os.fsencode(root)) for path in paths]
    parents = [top.split(b"/")[0] if b"/" in top else None for top in tops]
    if not labelled or not any(parents):
        parents = [None] * len(paths)
    elif None in parents:
        loose = paths[parents.index(None)]
        raise errors.DatasetError(
            f"{show(loose)}: lies beside the sub-folders, which are classes; "
            "move it into one, or give --nolabels."
        )
    names = sorted({parent for parent in parents if parent is not None})
    if len(names) == 1 or len(names) > MAX_CLASSES:
        raise errors.DatasetError(
            f"{root}: has {len(names)} sub-folder(s), which are classes; "
            f"expected 2 to {MAX_CLASSES}, or give --nolabels."
        )
    numbers = {name: number for number, name in enumerate(names)}
    return Folder(
        root=root,
        classes=tuple(show(name) for name in names),
        pictures=[
            Picture(
                show(path),
                pathlib.Path(os.fsdecode(path)),
                None if parent is None else numbers[parent],
            )
            for path, parent in zip(paths, parents, strict=True)
        ],
    )


def _contents(path):
    if b"array" in os.fsencode(path.name).lower():
        with array_record_data_source.ArrayRecordDataSource(
            [os.fspath(path)]
        ) as source:
            yield from source
    else:
        yield from tf.data.TFRecordDataset(os.fspath(path)).as_numpy_iterator()


def _first(features, keys, kind, name):
    for key in keys:
        values = getattr(features[key], kind).value if key in features else ()
        if len(values):
            return values[0]
    raise errors.DatasetError(
        f"{name}: has no {' or '.join(keys)}; it has {sorted(features)[:8]}."
    )


def _first_line(error):
    return (str(error) or type(error).__name__).splitlines()[0]
