"""Rows as cells: uint8 0 or 1, one for each cell of each column."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data.tables import cells
from dpgan_tf.data.tables import distinct
from dpgan_tf.data.tables import outside as policies
from dpgan_tf.data.tables import schema as schemas


class Encoder:
    """Encodes a table's rows, some at once, and counts values outside.

    Attributes:
      tally: rows with values outside the schema, so far.
      num_rows: number of rows so far.
    """

    def __init__(
        self,
        schema: schemas.Schema,
        *,
        outside: str,
        source: str,
        decimal: str = "",
    ):
        """Begin before the first row.

        Args:
          schema: the schema.
          outside: one of `outside.POLICIES`.
          source: the file, for messages.
          decimal: see `numerals.read`.
        """
        self.tally = policies.Tally()
        self.num_rows = 0
        self._schema = schema
        self._outside = outside
        self._source = source
        self._decimal = decimal

    def encode(self, arrays: Sequence[Any]) -> np.ndarray:
        """Encode the next rows.

        Args:
          arrays: Arrow arrays [b], one for each column of the schema.

        Returns:
          uint8 0 or 1 [b, num_cells]; a value that is refused has no cell.

        Raises:
          DatasetError: for a column of a type that cannot be read.
        """
        num_rows = len(arrays[0])
        found = np.empty([num_rows, self._schema.num_cells], np.uint8)
        for column, start, array in zip(
            self._schema.columns, self._schema.starts, arrays, strict=True
        ):
            name = errors.printable(column.name, largest=60)
            values = distinct.of(array, source=f"{self._source}: column {name}")
            made = cells.of(
                column,
                values.texts,
                outside=self._outside,
                decimal=self._decimal,
            )
            stop = start + len(column.cells)
            found[:, start:stop] = made.chosen[values.places]
            self.tally.add(
                column,
                made.states,
                values.places,
                values.texts,
                num_before=self.num_rows,
            )
        self.num_rows += num_rows
        return found
