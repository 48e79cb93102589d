"""Kinds of columns of a table, and the cells that each divides its values into.

A row is in one cell of each column. Cells are public: they follow from what is
declared, and never from the rows. A column that may be missing has a cell for
that, the last one. A column of codes is a set instead, and has a cell of its
own for every code.
"""

import dataclasses
import datetime
import functools
from typing import ClassVar

import numpy as np

MISSING = "missing"
"""Name of the cell of rows that have no value."""

EPOCH = datetime.datetime(1970, 1, 1)
"""Moment from which dates count days, and times seconds."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Column:
    """What all columns have.

    Attributes:
      name: name of the column.
      missing: whether a row may have no value.
    """

    name: str
    missing: bool = False

    @functools.cached_property
    def cells(self) -> tuple[str, ...]:
        """Names of the cells, in order."""
        return self._values + (MISSING,) * self.missing

    @property
    def _values(self) -> tuple[str, ...]:
        raise NotImplementedError

    @property
    def num_values(self) -> int:
        """Number of cells that have a value: all but that of missing ones."""
        return len(self.cells) - self.missing

    @property
    def blocks(self) -> tuple[int, ...]:
        """Sizes of the blocks of cells of which a row is in one each."""
        return (len(self.cells),)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Category(_Column):
    """One of several words.

    Attributes:
      values: the words.
      other: the word that stands for all that are not declared; empty if there
        is none. It is one of `values`.
    """

    TYPE: ClassVar[str] = "category"
    values: tuple[str, ...]
    other: str = ""

    @property
    def _values(self) -> tuple[str, ...]:
        return self.values


@dataclasses.dataclass(frozen=True, kw_only=True)
class Boolean(_Column):
    """No or yes.

    Attributes:
      words: the words for no and for yes, in files.
    """

    TYPE: ClassVar[str] = "boolean"
    words: tuple[str, str] = ("false", "true")

    @property
    def _values(self) -> tuple[str, ...]:
        return self.words


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Ordered(_Column):
    """Numbers in bins, and points that have cells of their own before them.

    Attributes:
      edges: ends of the bins, ascending, at least two: bin i has the numbers
        from edges[i] on and below edges[i + 1]; the last one has its end, too.
      points: single numbers with a cell each, ascending, such as a frequent 0.
    """

    edges: tuple[float, ...]
    points: tuple[float, ...] = ()

    @property
    def least(self) -> float:
        """The least number."""
        return min(self.edges[:1] + self.points[:1])

    @property
    def most(self) -> float:
        """The largest number."""
        return max(self.edges[-1:] + self.points[-1:])

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last number of each cell that has a value, float64."""
        raise NotImplementedError

    def text(self, value: float) -> str:
        """Return a number as files have it.

        Args:
          value: one of the column's numbers.
        """
        raise NotImplementedError

    @property
    def _values(self) -> tuple[str, ...]:
        return tuple(
            self.text(low)
            if low == high
            else f"{self.text(low)} to {self.text(high)}"
            for low, high in zip(*self.bounds, strict=True)
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Integer(_Ordered):
    """Whole numbers; the last bin includes its end."""

    TYPE: ClassVar[str] = "integer"

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last number of each cell that has a value, float64."""
        points = np.array(self.points, np.float64)
        edges = np.array(self.edges, np.float64)
        ends = edges[1:] - 1
        ends[-1] += 1
        return (
            np.concatenate([points, edges[:-1]]),
            np.concatenate([points, ends]),
        )

    def text(self, value: float) -> str:
        """As `_Ordered.text`."""
        return str(int(value))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Number(_Ordered):
    """Numbers, uniform within a bin.

    Attributes:
      decimals: number of decimals that they are rounded to; None for none.
    """

    TYPE: ClassVar[str] = "number"
    decimals: int | None = None

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last number of each cell that has a value, float64."""
        points = np.array(self.points, np.float64)
        edges = np.array(self.edges, np.float64)
        return (
            np.concatenate([points, edges[:-1]]),
            np.concatenate([points, edges[1:]]),
        )

    def text(self, value: float) -> str:
        """As `_Ordered.text`."""
        if self.decimals is None:
            return repr(float(value))
        return f"{value:.{self.decimals}f}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Time(Integer):
    """Times as whole numbers of ticks since `EPOCH`.

    Attributes:
      format: form in files, as of `datetime.strftime`; empty for ISO 8601.
    """

    format: str = ""

    def moment(self, value: float) -> datetime.datetime:
        """Return the moment of a number of ticks.

        Args:
          value: one of the column's numbers.
        """
        raise NotImplementedError

    def iso(self, value: float) -> str:
        """Return a time in ISO 8601.

        Args:
          value: one of the column's numbers.
        """
        raise NotImplementedError

    def text(self, value: float) -> str:
        """As `_Ordered.text`."""
        if self.format:
            return self.moment(value).strftime(self.format)
        return self.iso(value)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Date(_Time):
    """Days, as whole numbers of days since `EPOCH`."""

    TYPE: ClassVar[str] = "date"

    def moment(self, value: float) -> datetime.datetime:
        """As `_Time.moment`."""
        return EPOCH + datetime.timedelta(days=int(value))

    def iso(self, value: float) -> str:
        """As `_Time.iso`: a day as 2026-01-31."""
        return self.moment(value).date().isoformat()


@dataclasses.dataclass(frozen=True, kw_only=True)
class DateTime(_Time):
    """Moments without a time zone, as whole seconds since `EPOCH`."""

    TYPE: ClassVar[str] = "datetime"

    def moment(self, value: float) -> datetime.datetime:
        """As `_Time.moment`."""
        return EPOCH + datetime.timedelta(seconds=int(value))

    def iso(self, value: float) -> str:
        """As `_Time.iso`: a moment as 2026-01-31T23:59:59."""
        return self.moment(value).isoformat()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Codes(_Column):
    """A set of codes; a row has any number of them.

    Attributes:
      codes: the codes that a row may have.
      separator: text between two codes of a row, in files.
    """

    TYPE: ClassVar[str] = "codes"
    codes: tuple[str, ...]
    separator: str = ";"

    @property
    def _values(self) -> tuple[str, ...]:
        return self.codes

    @property
    def blocks(self) -> tuple[int, ...]:
        """A block of one cell for each code."""
        return (1,) * len(self.codes)


Ordered = Integer | Number
Column = Category | Boolean | Integer | Number | Codes
