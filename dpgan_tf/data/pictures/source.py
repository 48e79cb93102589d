"""What pictures are prepared from.

A source is cut into units, which can be prepared one by one and again after a
crash. Names are shown with escapes where they are not UTF-8.
"""

import dataclasses
import os
import pathlib
from collections.abc import Iterator
from typing import Protocol


@dataclasses.dataclass(frozen=True)
class Picture:
    """One picture of a source.

    Attributes:
      name: to show.
      file: where it is, or its bytes.
      label: number of its class, or None.
      is_test: whether the source has it in a test part; None without one.
    """

    name: str
    file: pathlib.Path | bytes = dataclasses.field(repr=False)
    label: int | None
    is_test: bool | None = None


class Source(Protocol):
    """What pictures are prepared from."""

    @property
    def root(self) -> pathlib.Path:
        """Where it is."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty without labels."""

    @property
    def test_part(self) -> str:
        """Name of the source's own test part; empty without one."""

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

    def size_of(self, unit: int) -> int:
        """Return what a unit adds to progress.

        Args:
          unit: its number.
        """


def show(path: bytes | str | os.PathLike) -> str:
    """Return a path as text that any terminal can show.

    Args:
      path: whose bytes need not be UTF-8, nor be printed.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in text
    )
