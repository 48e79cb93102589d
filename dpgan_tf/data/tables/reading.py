"""Tables with a schema: CSV or Parquet files, read as rows of cells.

A file is read some rows at once, which are packed eight cells a byte until all
are there: memory holds the rows once, and an eighth.
"""

import functools
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import datasets
from dpgan_tf.data import limits
from dpgan_tf.data import persons
from dpgan_tf.data.tables import batches
from dpgan_tf.data.tables import distinct
from dpgan_tf.data.tables import encoding
from dpgan_tf.data.tables import outside as policies
from dpgan_tf.data.tables import row_names
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import text_form

PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
TEST_FRACTION = 0.05
_CHUNK_BYTES = 2**25


def is_table(path: pathlib.Path) -> bool:
    """Return whether a file's name is that of a table.

    Args:
      path: the file.
    """
    return path.is_file() and path.name.lower().endswith((*PARQUET, *TEXT))


def load(
    path: str | os.PathLike,
    *,
    schema: schemas.Schema,
    outside: str = policies.REFUSE,
) -> datasets.TableDataset:
    """Read a CSV or Parquet file of the columns that a schema declares.

    Args:
      path: the file.
      schema: the schema.
      outside: what becomes of a value outside it: one of `outside.POLICIES`.

    Returns:
      The rows, uint8 0 or 1 [n, num_cells]; one in twenty, by a hash of what it
      contains, is held out for scores, or one person in twenty.

    Raises:
      DatasetError: naming the file, row and column, and the remedy.
    """
    path = pathlib.Path(path)
    packed, units = _read(path, schema, outside)
    num_rows = sum(map(len, packed))
    if not num_rows:
        raise errors.DatasetError(f"{path}: has no rows; add some.")
    names = row_names.of_content(packed)
    if units is None:
        is_test = row_names.are_held_out(names, share=TEST_FRACTION)
    else:
        is_test = persons.are_chosen(
            units, purpose="held out", share=TEST_FRACTION
        )
    _require_both(is_test, units, path)
    train, test = (
        _unpacked(packed, chosen, schema) for chosen in (~is_test, is_test)
    )
    _require_values(train, schema, path)
    return datasets.TableDataset(
        name=path.stem,
        train_rows=train,
        test_rows=test,
        train_identities=names[~is_test],
        train_units=None if units is None else units[~is_test],
        columns=schema.cells,
        largest=1,
        schema=schema,
        origin=f"file {path}",
    )


def _read(path, schema, outside) -> tuple[list[np.ndarray], np.ndarray | None]:
    """Return the rows, packed, and their persons' numbers; None without any."""
    wanted = schema.names_in_files
    decimal, found = "", batches.of_parquet(path, wanted=wanted)
    if not path.name.lower().endswith(PARQUET):
        form = text_form.survey(path, names=wanted)
        decimal = form.decimal
        found = batches.of_text(path, form, wanted=wanted)
    encoder = encoding.Encoder(
        schema, outside=outside, source=str(path), decimal=decimal
    )
    packed, units = [], []
    for arrays in _in_chunks(found, schema.num_cells):
        if schema.unit:
            units.append(_persons(arrays.pop(), schema, path))
        _require_memory(encoder.num_rows + len(arrays[0]), schema, path)
        packed.append(np.packbits(encoder.encode(arrays), axis=1))
    encoder.tally.require_none_refused(source=str(path))
    if noted := encoder.tally.note(source=str(path)):
        _note_once(noted)
    return packed, np.concatenate(units) if units else None


def _in_chunks(
    found: Iterator[list[Any]], num_cells: int
) -> Iterator[list[Any]]:
    """Yield the same rows, of few megabytes of cells at once."""
    size = max(1, _CHUNK_BYTES // num_cells)
    for arrays in found:
        for start in range(0, len(arrays[0]), size):
            yield [array.slice(start, size) for array in arrays]


def _persons(array, schema, path) -> np.ndarray:
    """Return numbers that stand for the rows' persons, uint64 [b]."""
    name = errors.printable(schema.unit, largest=60)
    source = f"{path}: column {name}"
    values = distinct.of(array, source=source)
    texts = np.array(values.texts.to_pylist(), str)
    used = np.unique(values.places)
    numbers = np.zeros(len(texts), np.uint64)
    numbers[used] = persons.identities(
        texts[used], num_records=len(used), source=source
    )
    return numbers[values.places]


def _unpacked(packed, chosen, schema) -> np.ndarray:
    """Return the chosen rows, uint8 [n, num_cells]."""
    rows = np.empty([np.count_nonzero(chosen), schema.num_cells], np.uint8)
    done = first = 0
    for part in packed:
        some = part[chosen[first : first + len(part)]]
        rows[done : done + len(some)] = np.unpackbits(
            some, axis=1, count=schema.num_cells
        )
        done, first = done + len(some), first + len(part)
    return rows


def _require_memory(num_rows, schema, path) -> None:
    if num_rows * schema.num_cells > limits.MAX_ARRAY_BYTES:
        raise errors.DatasetError(
            f"{path}: has more than {limits.MAX_ARRAY_BYTES:,} cells in all "
            f"({schema.num_cells:,} a row): split the file, or declare fewer "
            "bins and values."
        )


def _require_both(is_test, units, path) -> None:
    if is_test.all() or not is_test.any():
        few = f"{len(is_test):,} rows"
        if units is not None:
            few += f" of {len(np.unique(units)):,} persons"
        raise errors.DatasetError(
            f"{path}: {few} are too few: some must be held out, and others "
            "left to learn from."
        )


def _require_values(rows, schema, path) -> None:
    """Refuse rows that all lack every value."""
    for column, start in zip(schema.columns, schema.starts, strict=True):
        if rows[:, start : start + column.num_values].any():
            return
    raise errors.DatasetError(
        f"{path}: every value of every row is missing; there is nothing to "
        "learn from."
    )


@functools.cache
def _note_once(text: str) -> None:
    """Write a line to the curator's terminal once, even if data is reloaded."""
    progress.note(text)
