"""What pictures are prepared from.

A source is cut into units, which can be prepared one by one and again after a
crash. Names are shown with escapes where they are not UTF-8.
"""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Iterator, Sequence


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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Source:
    """What pictures are prepared from.

    Attributes:
      root: where it is.
      classes: names of the classes; empty without labels.
      test_part: name of the source's own test part; empty without one.
      unit: what progress is counted in, "picture" or "file".
      sizes: what each unit adds to progress.
      identity: what tells whether it is the same as before.
      pictures_of: reads the pictures of one unit, by its number.
    """

    root: pathlib.Path
    classes: tuple[str, ...]
    test_part: str = ""
    unit: str = "picture"
    sizes: Sequence[int] = dataclasses.field(repr=False)
    identity: str = dataclasses.field(repr=False)
    pictures_of: Callable[[int], Iterator[Picture]] = dataclasses.field(
        repr=False
    )

    @property
    def num_units(self) -> int:
        """In how many units it is prepared."""
        return len(self.sizes)


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
