"""PyArrow, imported only where a table is read or written."""

import importlib
import pathlib
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import limits

_NULLS = (
    "has missing values; fill them, leave out their rows or that column, or "
    "declare the columns, with `dpgan schema FILE` and --schema"
)


def module(name: str = "pyarrow") -> types.ModuleType:
    """Return a module of PyArrow, which most commands do without.

    Args:
      name: the module's name.

    Raises:
      UserError: if it is not installed, or not for this NumPy.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise errors.UserError(
            f"CSV and Parquet tables need PyArrow ({errors.first_line(error)}):"
            " run `pip install 'pyarrow<26'`."
        ) from error


def parquet_batches(
    path: pathlib.Path,
) -> Iterator[tuple[tuple[str, ...], list[np.ndarray]]]:
    """Yield a Parquet file's rows, some at once.

    Args:
      path: the file.

    Yields:
      The columns' names, and each column's values [b].

    Raises:
      DatasetError: if it cannot be read, or is larger than memory.
    """
    pyarrow, parquet = module(), module("pyarrow.parquet")
    try:
        with parquet.ParquetFile(path) as file:
            facts = file.metadata
            declared = facts.num_rows * facts.num_columns
            limits.check_declared_size(
                declared, stored=max(declared, 1), source=str(path)
            )
            for batch in file.iter_batches():
                yield _columns_of(batch, path)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error, "Parquet") from error


def csv_batches(
    path: pathlib.Path,
) -> Iterator[tuple[tuple[str, ...], list[np.ndarray]]]:
    """Yield a CSV file's rows below its header, some at once.

    Args:
      path: the file, plain or .gz.

    Yields:
      The columns' names, and each column's values [b].

    Raises:
      DatasetError: if it cannot be read.
    """
    pyarrow, csv = module(), module("pyarrow.csv")
    try:
        with csv.open_csv(path) as batches:
            for batch in batches:
                yield _columns_of(batch, path)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error, "CSV") from error


def _columns_of(batch: Any, path) -> tuple[tuple[str, ...], list[np.ndarray]]:
    names = tuple(batch.schema.names)
    for name, column in zip(names, batch.columns, strict=True):
        if column.null_count and len(column):
            shown = errors.printable(name, largest=60)
            raise errors.DatasetError(f"{path}: column {shown}: {_NULLS}.")
    return names, [
        column.to_numpy(zero_copy_only=False) for column in batch.columns
    ]


def _unreadable(path, error, kind) -> errors.DatasetError:
    return errors.DatasetError(
        f"{path}: not a readable {kind} table ({errors.first_line(error)}): "
        "copy or save it again."
    )
