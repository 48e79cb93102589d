"""Values outside a schema: what becomes of them, and what the curator is told.

How many there are follows from the private rows: it is for the curator's
terminal, and goes into no release.
"""

import dataclasses
import enum
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data.tables import columns

REFUSE, CLIP, OTHER = "refuse", "clip", "other"
POLICIES = (REFUSE, CLIP, OTHER)
"""What becomes of a value outside: an error; the nearest number, for numbers
and dates; or that, the declared `other` category, and no code for a code."""

_MOST_SHOWN = 40
_MOST_COLUMNS = 8


class State(enum.IntEnum):
    """What a value is to its column."""

    FINE = 0
    PLACED = 1
    OUTSIDE = 2
    MISSING = 3
    UNREAD = 4


_REMEDIES = {
    State.OUTSIDE: "declare what is publicly known to occur, or give "
    "--outside=clip (numbers to the nearest bound) or --outside=other (that, "
    "and categories to their other)",
    State.MISSING: 'declare "missing": true, if it is publicly known that '
    "values may be missing",
    State.UNREAD: "mend the file or the schema",
}


class _Bad(NamedTuple):
    """The first row of a column with a value that is refused."""

    row: int
    state: State
    text: str


@dataclasses.dataclass
class Tally:
    """Rows whose values are outside the schema, counted by column.

    Attributes:
      num_placed: rows whose values were placed elsewhere, by column.
      num_refused: rows whose values are refused, by column.
    """

    num_placed: dict[str, int] = dataclasses.field(default_factory=dict)
    num_refused: dict[str, int] = dataclasses.field(default_factory=dict)
    _first: dict[str, _Bad] = dataclasses.field(default_factory=dict)
    _columns: dict[str, columns.Column] = dataclasses.field(
        default_factory=dict
    )

    def add(
        self,
        column: columns.Column,
        states: np.ndarray,
        places: np.ndarray,
        texts: Sequence[Any],
        *,
        num_before: int,
    ) -> None:
        """Count some rows.

        Args:
          column: the column.
          states: what each distinct value is, `State` [u].
          places: place of each row's value, int64 [b].
          texts: the distinct values [u], Arrow text.
          num_before: number of rows before these.
        """
        if not states.any():
            return
        of_rows, name = states[places], column.name
        num_placed = int(np.count_nonzero(of_rows == State.PLACED))
        bad = np.flatnonzero(of_rows > State.PLACED)
        if num_placed:
            self.num_placed[name] = self.num_placed.get(name, 0) + num_placed
        if not len(bad):
            return
        self.num_refused[name] = self.num_refused.get(name, 0) + len(bad)
        if name not in self._first:
            row = int(bad[0])
            self._columns[name] = column
            self._first[name] = _Bad(
                num_before + row + 1,
                State(of_rows[row]),
                str(texts[places[row]]),
            )

    def require_none_refused(self, *, source: str) -> None:
        """Refuse a table that has values which are refused.

        Args:
          source: the file, for the message.

        Raises:
          DatasetError: naming the first row and its column, the other columns,
            and how many rows there are.
        """
        if not self._first:
            return
        name, bad = min(self._first.items(), key=lambda item: item[1].row)
        others = [
            f"{_name(other)} ({num:,} rows)"
            for other, num in self.num_refused.items()
            if other != name
        ]
        more = len(others) - _MOST_COLUMNS
        also = f"; also {', '.join(others[:_MOST_COLUMNS])}" * bool(others)
        also += f" and {more:,} columns more" * (more > 0)
        raise errors.DatasetError(
            f"{source}: row {bad.row:,}, column {_name(name)}: "
            f"{_reason(self._columns[name], bad)} ({self.num_refused[name]:,} "
            f"rows of this column{also}): {_REMEDIES[bad.state]}."
        )

    def note(self, *, source: str) -> str:
        """Return what was placed elsewhere, for the curator; empty if nothing.

        Args:
          source: the file.
        """
        if not self.num_placed:
            return ""
        counts = ", ".join(
            f"{_name(name)} {num:,} rows"
            for name, num in self.num_placed.items()
        )
        return (
            f"{source}: values outside the schema were placed in a declared "
            f"cell ({counts}); do not publish these numbers."
        )


def _name(name: str) -> str:
    return errors.printable(name, largest=60)


def _reason(column: columns.Column, bad: _Bad) -> str:
    value = errors.printable(bad.text, largest=_MOST_SHOWN)
    if bad.state == State.MISSING:
        return "has no value, and is not declared as one that may be missing"
    if "\n" in bad.text or "\r" in bad.text:
        return f"{value!r} has a line break; is a quote missing?"
    if isinstance(column, columns.Number | columns.Integer):
        if bad.state == State.UNREAD:
            return f"{value!r} is no {_KINDS[column.TYPE]}"
        bounds = f"{column.text(column.least)} to {column.text(column.most)}"
        return f"{value!r} is outside {bounds}, or between declared cells"
    if isinstance(column, columns.Boolean):
        return f"{value!r} is neither {column.words[0]} nor {column.words[1]}"
    if isinstance(column, columns.Codes):
        return f"{value!r} has a code that is not declared"
    return f"{value!r} is none of its {len(column.values):,} values"


_KINDS = {
    columns.Integer.TYPE: "whole number",
    columns.Number.TYPE: "number, or could be two",
    columns.Date.TYPE: "date of the declared form",
    columns.DateTime.TYPE: "moment of the declared form",
}
