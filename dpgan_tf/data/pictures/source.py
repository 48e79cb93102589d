"""Sources of pictures.

A source is divided into units, which are prepared one by one, and again after a
crash. Names that are not UTF-8 are shown with escapes.
"""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Callable, Iterator, Sequence


@dataclasses.dataclass(frozen=True)
class Picture:
    """One picture of a source.

    Attributes:
      name: the picture's name, to show.
      file: path of its file, or the file's bytes.
      label: number of its class, or None.
      is_test: whether it is in the source's test part; None if there is none.
      person: name of the person whose picture it is; None if a picture is a
        unit of privacy.
    """

    name: str
    file: pathlib.Path | bytes = dataclasses.field(repr=False)
    label: int | None
    is_test: bool | None = None
    person: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Source:
    """A source of pictures.

    Attributes:
      root: the source's folder.
      classes: the classes' names; empty if there are no labels.
      test_part: name of the source's own test part; empty if there is none.
      remark: what its owner should know; empty if nothing.
      has_persons: whether every picture has a person.
      unit: unit of progress, "picture" or "file".
      sizes: progress that each unit makes.
      identity: text that changes if the source changes.
      pictures_of: function from a unit's number to its pictures.
    """

    root: pathlib.Path
    classes: tuple[str, ...]
    test_part: str = ""
    remark: str = ""
    has_persons: bool = False
    unit: str = "picture"
    sizes: Sequence[int] = dataclasses.field(repr=False)
    identity: str = dataclasses.field(repr=False)
    pictures_of: Callable[[int], Iterator[Picture]] = dataclasses.field(
        repr=False
    )

    @property
    def num_units(self) -> int:
        """The number of units."""
        return len(self.sizes)


def identity(root: pathlib.Path, pictures: Sequence[Picture]) -> str:
    """Return a hash of names, sizes and change times, without reading files.

    Args:
      root: the source's folder.
      pictures: its pictures, each in a file.
    """
    digest, folder = hashlib.sha256(), os.fsencode(root)
    for picture in pictures:
        exists = os.path.exists(picture.file)  # a link may lead nowhere
        status = os.stat(picture.file, follow_symlinks=exists)
        facts = f"{status.st_size} {status.st_mtime_ns} {picture.label}"
        name = os.path.relpath(os.fsencode(picture.file), folder)
        digest.update(name + facts.encode())
    return digest.hexdigest()


def show(path: bytes | str | os.PathLike) -> str:
    """Return a path as text that any terminal can show.

    Args:
      path: a path, whose bytes need not be UTF-8 or printable.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in text
    )
