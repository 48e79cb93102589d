"""Values of a table's columns as files have them: as text."""

from collections.abc import Sequence

import numpy as np

from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas


def texts(column: columns_lib.Column, found: decoding.Values) -> Sequence[str]:
    """Return the texts of a column's values, empty ones for missing values.

    Args:
      column: the column.
      found: its values [n].
    """
    if isinstance(column, decoding.ORDERED):
        shown = _numbers(column, found)
    elif isinstance(column, columns_lib.Boolean):
        shown = np.array(column.words, object)[found.values.astype(int)]
    else:
        shown = found.values
    if found.is_missing is not None:
        shown = np.where(found.is_missing, "", shown)
    return shown.tolist()


def rows(
    schema: schemas.Schema, table: decoding.Table
) -> list[tuple[str, ...]]:
    """Return a table's rows as texts.

    Args:
      schema: the table's schema.
      table: its columns.
    """
    shown = [texts(column, table[column.name]) for column in schema.columns]
    return list(zip(*shown, strict=True))


def _numbers(column, found) -> np.ndarray:
    """Return the texts of numbers; each one's is made once."""
    values = found.values
    if values.dtype.kind == "M":
        values = values.astype(np.int64)
    if found.is_missing is not None:
        values = np.where(found.is_missing, column.least, values)
    several, place = np.unique(values, return_inverse=True)
    shown = [column.text(value) for value in several.tolist()]
    return np.array(shown, object)[place]
