"""Your own tables: CSV or Parquet, of counts, or of columns with a schema."""

import os
import pathlib
from typing import Any

from dpgan_tf import errors
from dpgan_tf.data import count_table
from dpgan_tf.data import datasets
from dpgan_tf.data import registry
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import schema_text


def load(
    path: pathlib.Path,
    *,
    data_dir: str | os.PathLike,
    schema: str,
    outside: str,
    **counts: Any,
) -> datasets.TableDataset:
    """Read a table, by its schema if there is one.

    Args:
      path: the file.
      data_dir: folder of named data sets, which is not needed.
      schema: text of its schema; empty for a table of counts.
      outside: what becomes of a value outside the schema.
      **counts: declarations of `count_table.load`.

    Raises:
      DatasetError: naming the file, row and column, and the remedy.
    """
    if schema:
        declared = schema_text.parse(schema, source="data.schema")
        return reading.load(path, schema=declared, outside=outside)
    if not count_table.is_table(path):
        raise errors.DatasetError(
            f"{path}: is a table that needs a schema; draft one with `dpgan "
            f"schema {path}`, and give it as --schema=schema.json."
        )
    return count_table.load(path, **counts)


SOURCES = (
    registry.Source(
        name="a table",
        matches=reading.is_table,
        load=load,
        declared=("largest_count", "unit_column", "schema", "outside"),
    ),
)
