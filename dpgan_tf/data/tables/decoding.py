"""Values of a table's columns, from the cells of its rows.

A cell of numbers says which bin a number is in, and a place from 0 to 1 where
in that bin. Released generators compute the same from the same constants, in
`release.typed_graph`.
"""

import dataclasses
import decimal
import functools
from typing import Any

import numpy as np

from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import schema as schemas

ORDERED = (columns_lib.Integer, columns_lib.Number)
"""Kinds of columns whose values have a place in their cell."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Values:
    """The values of a column.

    Attributes:
      values: [n]; str as objects, bool, int64, float64, datetime64[D] or
        datetime64[s], by the column's kind. Where one is missing: "", False,
        0, NaN or NaT.
      is_missing: bool [n]; None for a column that is never missing.
    """

    values: np.ndarray
    is_missing: np.ndarray | None = None

    def __getitem__(self, chosen: Any) -> "Values":
        """Return some of the values.

        Args:
          chosen: index of the rows, as NumPy takes it.
        """
        missing = self.is_missing
        return Values(
            values=self.values[chosen],
            is_missing=None if missing is None else missing[chosen],
        )


Table = dict[str, Values]
"""Columns by their names, in order."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """The numbers of each cell of a column.

    A number of cell i is (first[i] + floor(place * count[i])) / scale, without
    the floor if they are not whole multiples of 1 / scale.

    Attributes:
      first: float64 [cells]; 0 or NaN in the cell of missing values.
      count: float64 [cells], numbers in the cell, or its width.
      scale: 10 to the number of decimals.
      is_whole: whether they are multiples of 1 / scale.
    """

    first: np.ndarray
    count: np.ndarray
    scale: float = 1.0
    is_whole: bool = True


@functools.lru_cache(maxsize=10_000)
def grid(column: columns_lib.Ordered) -> Grid:
    """Return the numbers of a column's cells.

    Args:
      column: a column of numbers or times.
    """
    low, high = column.bounds
    if isinstance(column, columns_lib.Integer):
        return _grid(column, low, high - low + 1, 0.0)
    if column.decimals is None:
        found = _grid(column, low, high - low, np.nan)
        return dataclasses.replace(found, is_whole=False)
    first, last = _multiples(column, low, high)
    count = np.maximum(last - first + 1, 1)
    found = _grid(column, first, count, np.nan)
    return dataclasses.replace(found, scale=10.0**column.decimals)


def _grid(column, first, count, missing) -> Grid:
    return Grid(
        first=np.append(first, [missing] * column.missing),
        count=np.append(count, [0.0] * column.missing),
    )


def _multiples(
    column: columns_lib.Number, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last multiple of 1 / scale in each cell."""
    first = np.array([_scaled(one, column, "ROUND_CEILING") for one in low])
    ends = np.array([_scaled(one, column, "ROUND_CEILING") for one in high])
    last = ends - 1
    # The end of a bin is in the next one, but for the last bin's.
    closed = (low == high) | (np.arange(len(low)) == len(low) - 1)
    last[closed] = [_scaled(one, column, "ROUND_FLOOR") for one in high[closed]]
    return first, last


def _scaled(number, column, rounding) -> float:
    exact = decimal.Decimal(repr(float(number))).scaleb(column.decimals)
    return float(exact.to_integral_value(rounding))


def ordered(schema: schemas.Schema) -> tuple[columns_lib.Ordered, ...]:
    """Return the columns whose values have a place in their cell.

    Args:
      schema: the table's schema.
    """
    return tuple(one for one in schema.columns if isinstance(one, ORDERED))


def decode(
    schema: schemas.Schema, rows: np.ndarray, places: np.ndarray
) -> Table:
    """Return the values of encoded rows.

    Args:
      schema: the table's schema.
      rows: uint8 [n, num_cells], 1 in a row's cells.
      places: float64 [n, k] from 0 to below 1, places in their cells of the
        numbers in the k `ordered` columns.
    """
    found, left = {}, list(places.T)
    for start, column in zip(schema.starts, schema.columns, strict=True):
        part = rows[:, start : start + len(column.cells)]
        if isinstance(column, columns_lib.Codes):
            found[column.name] = Values(values=_joined(column, part))
            continue
        cell = part.argmax(axis=1)
        if isinstance(column, ORDERED):
            values = numbers(grid(column), cell, left.pop(0))
            values = _typed(column, values, cell)
        else:
            values = _chosen(column, cell)
        found[column.name] = Values(
            values=values,
            is_missing=cell == column.num_values if column.missing else None,
        )
    return found


def numbers(known: Grid, cell: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return numbers by their cells and places.

    Args:
      known: the column's grid.
      cell: int64 [n].
      place: float64 [n].

    Returns:
      float64 [n].
    """
    beyond = place * known.count[cell]
    if known.is_whole:
        beyond = np.floor(beyond)
    return (known.first[cell] + beyond) / known.scale


def _typed(column, values, cell) -> np.ndarray:
    if isinstance(column, columns_lib.Number):
        return values
    values = values.astype(np.int64)
    for kind, unit in ((columns_lib.Date, "D"), (columns_lib.DateTime, "s")):
        if isinstance(column, kind):
            values = values.astype(f"datetime64[{unit}]")
            values[cell == column.num_values] = np.datetime64("NaT")
    return values


def _chosen(column, cell) -> np.ndarray:
    if isinstance(column, columns_lib.Boolean):
        return cell == 1
    return np.array([*column.values, ""], object)[cell]


def _joined(column, part) -> np.ndarray:
    """Return the codes of each row, joined."""
    codes = np.array(column.codes, object)
    joined = [column.separator.join(codes[row]) for row in part.astype(bool)]
    found = np.empty(len(part), object)
    found[:] = joined
    return found
