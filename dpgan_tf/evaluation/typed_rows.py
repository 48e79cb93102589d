"""Rows of a table with a schema, in the form that its metrics take.

A metric sees variables: a row has one cell of each. A column is a variable; so
is a code that is frequent in the training rows, with the cells no and yes.
"""

import dataclasses
import functools

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import schema as schemas

MOST_CELLS = 255
"""Most cells of a variable; more are joined."""

MOST_CODES = 100
MIN_SHARE = 0.01
"""Codes that are variables: the most frequent, in at least 1% of rows."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Variable:
    """A variable, and how an encoded row tells its cell.

    Attributes:
      name: the column's name, or a code's such as "icd=I10".
      column: the column; of a code, the column of codes.
      start: number of its first cell in an encoded row.
      cells: number of the variable's cell for each cell of the row, int64
        [num_cells of the column]; empty for a code.
    """

    name: str
    column: columns_lib.Column
    start: int
    cells: np.ndarray

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(self.cells.max()) + 1 if len(self.cells) else 2

    @property
    def is_ordered(self) -> bool:
        """Whether its cells are intervals of numbers."""
        return isinstance(self.column, columns_lib.Ordered)

    @property
    def names(self) -> list[str]:
        """Names of the cells; joined ones have the first one's name."""
        if not len(self.cells):
            return ["no", "yes"]
        first = np.unique(self.cells, return_index=True)[1]
        return [self.column.cells[cell] for cell in first]

    @property
    def middles(self) -> np.ndarray:
        """Middle of each cell's numbers, NaN if missing; for ordered ones."""
        assert isinstance(self.column, columns_lib.Ordered)
        middles = np.full(len(self.cells), np.nan)
        middles[: self.column.num_values] = np.mean(self.column.bounds, axis=0)
        sums = np.bincount(self.cells, weights=middles)
        return sums / np.bincount(self.cells)

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Return the cell of each row, int64 [n].

        Args:
          rows: encoded rows, uint8 [n, num_cells].
        """
        if not len(self.cells):
            return rows[:, self.start].astype(np.int64)
        block = rows[:, self.start : self.start + len(self.cells)]
        return self.cells[block.argmax(axis=1)]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """What metrics see of a table; the same for real rows and for samples.

    Attributes:
      schema: the table's schema.
      variables: the variables: columns in the schema's order, then codes, the
        most frequent first.
      target: name of the column to predict; empty for all.
    """

    schema: schemas.Schema
    variables: tuple[Variable, ...]
    target: str = ""

    @property
    def targets(self) -> list[int]:
        """Numbers of the variables to predict."""
        names = [variable.name for variable in self.variables]
        return (
            [names.index(self.target)] if self.target else [*range(len(names))]
        )


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TypedRows:
    """Encoded rows, and their cells.

    Attributes:
      view: what metrics see of them.
      rows: uint8 [n, num_cells].
    """

    view: View
    rows: np.ndarray

    @functools.cached_property
    def cells(self) -> np.ndarray:
        """The cell of each variable, int64 [variables, n]."""
        return np.array([one.of(self.rows) for one in self.view.variables])

    def __len__(self) -> int:
        return len(self.rows)

    def some(self, most: int, *, seed: int) -> "TypedRows":
        """Return a random part, or all if they are few.

        Args:
          most: largest number of rows.
          seed: seed of the choice.
        """
        if len(self) <= most:
            return self
        chosen = np.random.default_rng(seed).permutation(len(self))[:most]
        return TypedRows(view=self.view, rows=self.rows[chosen])


def require_target(schema: schemas.Schema | None, target: str) -> None:
    """Refuse a column to predict of which a row has no one value.

    Args:
      schema: the table's schema; None if the data are no such table.
      target: name of the column to predict; empty for all.

    Raises:
      UserError: naming the target, and what can be predicted.
    """
    if not target:
        return
    shown = errors.printable(target)
    if schema is None:
        raise errors.UserError(
            f"target {shown}: is for tables with a schema; leave it out."
        )
    names = [
        column.name
        for column in schema.columns
        if not isinstance(column, columns_lib.Codes)
    ]
    if target not in names:
        raise errors.UserError(
            f"target {shown}: no such column with one value a row; choose "
            f"from {errors.printable(', '.join(names))}."
        )


def view_of(
    schema: schemas.Schema, train: np.ndarray, *, target: str = ""
) -> View:
    """Return the view of a table.

    Args:
      schema: the table's schema.
      train: encoded training rows, uint8 [n, num_cells]: they decide which
        codes are variables, and which cells are joined.
      target: name of the column to predict; empty for all.
    """
    plain, codes = [], []
    for column, start in zip(schema.columns, schema.starts, strict=True):
        sums = train[:, start : start + len(column.cells)].sum(
            axis=0, dtype=np.int64
        )
        if isinstance(column, columns_lib.Codes):
            codes += _codes(column, start, sums / len(train))
        else:
            plain.append(_variable(column, start, sums))
    codes.sort(key=lambda found: -found[0])
    chosen = [variable for _, variable in codes[:MOST_CODES]]
    return View(schema=schema, variables=(*plain, *chosen), target=target)


def _codes(column, start, shares) -> list[tuple[float, Variable]]:
    """Return frequent codes with their shares of rows."""
    nothing = np.zeros(0, np.int64)
    return [
        (
            shares[i],
            Variable(
                name=f"{column.name}={column.codes[i]}",
                column=column,
                start=start + i,
                cells=nothing,
            ),
        )
        for i in np.flatnonzero(shares >= MIN_SHARE)
    ]


def _variable(column, start, sums) -> Variable:
    num = column.num_values
    cells = np.arange(len(sums))
    if len(sums) > MOST_CELLS:
        most = MOST_CELLS - column.missing
        if isinstance(column, columns_lib.Ordered):
            cells[:num] = np.arange(num) * most // num
        else:
            cells[:num] = first_of_all(sums[:num], most)
        cells[num:] = most
    return Variable(name=column.name, column=column, start=start, cells=cells)


def first_of_all(counts: np.ndarray, most: int) -> np.ndarray:
    """Number cells by frequency, and join the rarest ones.

    Args:
      counts: number of rows in each cell.
      most: largest number of cells to have then.

    Returns:
      The new number of each cell, int64; as they were if there are few.
    """
    if len(counts) <= most:
        return np.arange(len(counts))
    order = np.argsort(-counts, kind="stable")
    numbers = np.empty(len(counts), np.int64)
    numbers[order] = np.minimum(np.arange(len(counts)), most - 1)
    return numbers
