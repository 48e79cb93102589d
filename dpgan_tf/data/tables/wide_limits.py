"""Schemas some of whose columns have only wide limits, and bins to be learnt.

Limits and the number of bins are public. The limits are divided into a fine
grid, and the bins follow from how many rows are up to each of its cells, which
must be known with noise only: where the bins are says nothing else.
"""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import cuts
from dpgan_tf.data.tables import ordered_text
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text

GRID = 1_024
"""Most cells of a fine grid."""

_OF_A_BIN = 0.25
_DEVIATIONS = 3
"""The least shares of rows beyond all bins: of a bin's rows, and of noise."""

_TYPES = (
    columns_lib.Integer,
    columns_lib.Number,
    columns_lib.Date,
    columns_lib.DateTime,
)
_TYPE_NAMES = tuple(each.TYPE for each in _TYPES)


@dataclasses.dataclass(frozen=True, kw_only=True)
class WideLimits:
    """A schema with columns whose bins are to be learnt.

    Attributes:
      fine: the schema, in which these columns have the fine grid as bins.
      bins: number of bins that each of them gets, by its place.
    """

    fine: schemas.Schema
    bins: Mapping[int, int]

    @property
    def grids(self) -> tuple[tuple[int, int], ...]:
        """Places of the grids' cells in a row of `fine`, from and to."""
        found = []
        for number in self.bins:
            column = self.fine.columns[number]
            assert isinstance(column, columns_lib.Ordered)
            start = self.fine.starts[number] + len(column.points)
            found.append((start, start + len(column.edges) - 1))
        return tuple(found)

    def learnt(
        self,
        shares: Sequence[np.ndarray],
        *,
        deviation: float,
        noise_multiplier: float,
    ) -> schemas.Schema:
        """Return the schema with bins that hold about equally many rows.

        Args:
          shares: shares of rows up to each cell, with noise, float64 [cells]
            for each grid.
          deviation: standard deviation of the noise in a share.
          noise_multiplier: of all that showed rows' bounds.
        """
        found = list(self.fine.columns)
        for (number, num), some in zip(self.bins.items(), shares, strict=True):
            tail = max(_OF_A_BIN / num, _DEVIATIONS * deviation)
            found[number] = _joined(
                found[number], ends(some, num_bins=num, tail=tail)
            )
        return dataclasses.replace(
            self.fine,
            columns=tuple(found),
            learnt_noise_multiplier=noise_multiplier,
        )


def read(path: str | os.PathLike) -> WideLimits:
    """Read a file.

    Args:
      path: a schema.json with `"bounds": "private"` in some columns.

    Raises:
      DatasetError: naming the file and column, and the remedy.
    """
    source = os.fspath(path)
    value = schema_text.read_value(path)
    wide = {
        number: fields
        for number, fields in enumerate(value["columns"])
        if fields.get(ordered_text.BOUNDS) == ordered_text.PRIVATE
        and fields.get("type") in _TYPE_NAMES
    }
    for number, fields in wide.items():
        _require_limits(fields, f"{source}: column {number + 1}")
        value["columns"][number] = {
            key: item
            for key, item in fields.items()
            if key != ordered_text.BOUNDS
        }
    declared = schema_text.of_value(value, source=source)
    if not wide:
        raise errors.DatasetError(
            f"{source}: no column has bounds to learn; give numbers or dates "
            f'"{ordered_text.BOUNDS}": "{ordered_text.PRIVATE}" beside least '
            "and most, or leave out --private."
        )
    found, bins = list(declared.columns), {}
    for number, fields in wide.items():
        column = found[number]
        found[number] = _divided(column, fields.get("spacing", cuts.LINEAR))
        num_fine = len(found[number].edges) - 1
        bins[number] = min(len(column.edges) - 1, num_fine)
    return WideLimits(
        fine=dataclasses.replace(declared, columns=tuple(found)), bins=bins
    )


def ends(shares: np.ndarray, *, num_bins: int, tail: float) -> np.ndarray:
    """Return where bins of about equal shares begin, and where the last ends.

    Args:
      shares: shares of rows up to each cell, with noise, float64 [cells].
      num_bins: number of bins, at most as many as cells.
      tail: share of the rows below the first bin, and above the last.

    Returns:
      Numbers of cells, ascending, int64 [num_bins + 1].
    """
    above = np.maximum.accumulate(shares)
    below = np.minimum.accumulate(shares[::-1])[::-1]
    rising = np.maximum((above + below) / 2, 0)
    total = max(shares[-1], 0)
    levels = total * np.linspace(tail, 1 - tail, num_bins + 1)
    found = np.searchsorted(rising, levels) + 1
    found[0] = np.searchsorted(rising, levels[0], side="right")
    order = np.arange(num_bins + 1)
    apart = np.maximum.accumulate(found - order) + order
    return np.minimum(apart, len(shares) - num_bins + order)


def _require_limits(fields: Mapping[str, Any], where: str) -> None:
    """Refuse bins that are declared, and more of them than can be learnt."""
    for key in ("edges", "resolution"):
        if key in fields:
            raise errors.DatasetError(
                f"{where}: has {key} and {ordered_text.BOUNDS}="
                f"{ordered_text.PRIVATE}; expected one of them."
            )
    bins = fields.get("bins")
    if type(bins) is int and bins > GRID:
        raise errors.DatasetError(
            f"{where}: bins={bins}; at most {GRID:,} can be learnt."
        )


def _divided(column: Any, spacing: str) -> columns_lib.Ordered:
    """Return a column with a fine grid between its limits."""
    first, last = column.edges[0], column.edges[-1]
    if isinstance(column, columns_lib.Integer):
        edges = cuts.of_whole_numbers(
            first, last, bins=min(GRID, last - first + 1), spacing=spacing
        )
    else:
        edges = cuts.of_numbers(first, last, bins=GRID, spacing=spacing)
        if column.decimals is not None:
            inner = (round(edge, column.decimals) + 0.0 for edge in edges)
            edges = (first, *(e for e in inner if first < e < last), last)
    return dataclasses.replace(column, edges=_distinct(column, edges))


def _distinct(column: Any, edges: Sequence[float]) -> tuple[float, ...]:
    """Return edges without those that would give two cells one name.

    These are edges of the same text, and those that leave a whole number that
    is a point of its own alone in a bin.
    """
    kept, seen = [edges[0]], {column.text(edges[0]), column.text(edges[-1])}
    is_whole = isinstance(column, columns_lib.Integer)
    for edge in edges[1:-1]:
        is_alone = is_whole and {edge - 1, edge} & set(column.points)
        if column.text(edge) not in seen and not is_alone:
            kept.append(edge)
            seen.add(column.text(edge))
    return (*kept, edges[-1])


def _joined(column: Any, found: np.ndarray) -> columns_lib.Ordered:
    """Return a column with bins of several cells of its fine grid."""
    num = len(column.points)
    lows, highs = (each[num:] for each in column.bounds)
    whole = isinstance(column, columns_lib.Integer)
    edges = [*lows[found[:-1]].tolist(), float(highs[found[-1] - 1])]
    return dataclasses.replace(
        column, edges=tuple(map(int, edges) if whole else edges)
    )
