"""Tables of counts: Parquet, CSV, or `records` and `columns` of an .npz file.

A column has whole numbers from 0 to a public limit. Names of columns are
public: they go into the release. Files are read batch by batch by PyArrow,
which is imported only then.
"""

import os
import pathlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import arrow
from dpgan_tf.data import chance
from dpgan_tf.data import datasets
from dpgan_tf.data import identities
from dpgan_tf.data import limits
from dpgan_tf.data import persons

PARQUET, CSV = (".parquet", ".pq"), (".csv", ".csv.gz")
RECORDS, COLUMNS = "records", "columns"
"""Keys of an .npz file."""

_TEST_FRACTION = 0.05
_MOST_COLUMNS = 65_536
_MOST_CHARACTERS = 200
_EXPECTED = "expected whole numbers from 0 to {}"


def is_table(path: pathlib.Path) -> bool:
    """Return whether a file's name is that of a table.

    Args:
      path: the file.
    """
    return path.is_file() and path.name.lower().endswith((*PARQUET, *CSV))


def load(
    path: str | os.PathLike, *, largest_count: int = 1, unit_column: str = ""
) -> datasets.TableDataset:
    """Read a Parquet or CSV file of counts.

    Args:
      path: the file, by whose name its format is known.
      largest_count: the largest count, publicly declared.
      unit_column: column that names each row's person; empty for none.

    Returns:
      The rows; one in twenty, by a hash of it, is held out for scores,
      or one person in twenty.

    Raises:
      DatasetError: naming the file and column, and the remedy.
    """
    path = pathlib.Path(path)
    is_csv = path.name.lower().endswith(CSV)
    batches = arrow.csv_batches if is_csv else arrow.parquet_batches
    parts, columns, num_bytes, names = [], (), 0, []
    for columns, batch in batches(path):
        if unit_column:
            columns, batch, of_persons = persons.column(
                columns, batch, unit_column, source=str(path)
            )
            names.append(of_persons)
        _require_columns(columns, source=str(path))
        part = as_rows(
            columns, batch, largest_count=largest_count, source=str(path)
        )
        num_bytes += part.nbytes
        if num_bytes > limits.MAX_ARRAY_BYTES:
            raise errors.DatasetError(
                f"{path}: has more than {limits.MAX_ARRAY_BYTES:,} counts: "
                "split the file."
            )
        parts.append(part)
    if not parts:
        raise errors.DatasetError(f"{path}: has no rows; add some.")
    rows, units = np.concatenate(parts), None
    if unit_column:
        units = persons.identities(
            np.concatenate(names),
            num_records=len(rows),
            source=f"{path}: column {_show(unit_column)}",
        )
    return _dataset(rows, columns, largest_count, units, path=path)


def of_arrays(
    arrays: Mapping[str, np.ndarray], *, path: pathlib.Path, largest_count: int
) -> datasets.TableDataset:
    """Return the table in an .npz file.

    Args:
      arrays: the file's arrays, `RECORDS` whole numbers [n, columns] and
        `COLUMNS` text [columns].
      path: the file.
      largest_count: the largest count, publicly declared.

    Raises:
      DatasetError: naming the file and key, and the remedy.
    """
    rows, names = arrays[RECORDS], arrays.get(COLUMNS, np.array([], str))
    if rows.ndim != 2 or names.shape != rows.shape[1:]:
        raise errors.DatasetError(
            f"{path}: {RECORDS} have shape {list(rows.shape)} and {COLUMNS} "
            f"{list(names.shape)}; expected [n, columns] and [columns]."
        )
    columns = tuple(names.tolist())
    _require_columns(columns, source=str(path))
    rows = as_rows(
        columns, rows.T, largest_count=largest_count, source=str(path)
    )
    units = persons.of_arrays(arrays, num_records=len(rows), path=path)
    return _dataset(rows, columns, largest_count, units, path=path)


def as_rows(
    columns: Sequence[str],
    values: Iterable[np.ndarray],
    *,
    largest_count: int,
    source: str,
) -> np.ndarray:
    """Return columns of counts as rows, each column checked.

    Args:
      columns: the columns' names.
      values: the columns' values, each [n].
      largest_count: the largest count, publicly declared.
      source: the file, for messages.

    Returns:
      uint8 [n, columns].

    Raises:
      DatasetError: naming the source and column, and the remedy.
    """
    named = {
        f"{source}: column {_show(name)}": np.asarray(array)
        for name, array in zip(columns, values, strict=True)
    }
    for name, array in named.items():
        _require_whole(array, largest_count, source=name)
    counts = [
        _as_counts(array, largest_count, source=name)
        for name, array in named.items()
    ]
    return np.ascontiguousarray(np.stack(counts, axis=1))


def _require_whole(array: np.ndarray, largest: int, *, source: str) -> None:
    """Refuse columns of another type, all of them before any number."""
    expected = _EXPECTED.format(largest)
    if array.dtype.kind == "f":
        raise errors.DatasetError(
            f"{source}: has fractions or missing values ({array.dtype}); "
            f"{expected}: fill or remove them, and save whole numbers; or "
            "declare the columns, with `dpgan schema FILE` and --schema."
        )
    if array.dtype.kind not in "iub":
        raise errors.DatasetError(
            f"{source}: is not of numbers ({array.dtype}); {expected}: columns "
            "of other kinds need a schema: draft one with `dpgan schema FILE`, "
            "and give it as --schema=schema.json. One that names persons is "
            "given by --unit_column."
        )


def _as_counts(array: np.ndarray, largest: int, *, source: str) -> np.ndarray:
    expected = _EXPECTED.format(largest)
    if array.size and array.min() < 0:
        raise errors.DatasetError(
            f"{source}: has numbers below 0; {expected}: leave that column out."
        )
    if array.size and array.max() > largest:
        raise errors.DatasetError(
            f"{source}: has numbers above {largest}; {expected}: cut them, "
            "leave that column out, or declare a larger public limit with "
            "--set data.largest_count=N, at most 255."
        )
    return array.astype(np.uint8)


def _require_columns(columns: Sequence[str], *, source: str) -> None:
    """Refuse names of columns that a release could not show in a line each."""
    if not 1 <= len(columns) <= _MOST_COLUMNS:
        raise errors.DatasetError(
            f"{source}: has {len(columns):,} columns; expected 1 to "
            f"{_MOST_COLUMNS:,}."
        )
    for name in columns:
        if not (0 < len(name) <= _MOST_CHARACTERS and name.isprintable()):
            raise errors.DatasetError(
                f"{source}: has a column named {_show(name)!r}; expected 1 to "
                f"{_MOST_CHARACTERS} printable characters: rename it."
            )
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise errors.DatasetError(
            f"{source}: column {_show(twice)} is there more than once; "
            "expected other names for other columns."
        )


def _show(name: str) -> str:
    return errors.printable(name, largest=60)


def _dataset(rows, columns, largest, units, *, path) -> datasets.TableDataset:
    if not rows.any():
        raise errors.DatasetError(
            f"{path}: has no count above 0 to learn from."
        )
    if units is None:
        is_test = _held_out(rows)
    else:
        is_test = persons.are_chosen(
            units, purpose="held out", share=_TEST_FRACTION
        )
    if is_test.all() or not is_test.any():
        few = f"{len(rows)} rows"
        if units is not None:
            few += f" of {len(np.unique(units))} persons"
        raise errors.DatasetError(
            f"{path}: {few} are too few: some must be held out, and others "
            "left to learn from."
        )
    return datasets.TableDataset(
        name=path.stem,
        train_rows=rows[~is_test],
        test_rows=rows[is_test],
        train_units=None if units is None else units[~is_test],
        columns=tuple(columns),
        largest=largest,
        origin=f"file {path}",
    )


def _held_out(rows: np.ndarray) -> np.ndarray:
    """Decide for each row by what it contains: a row more moves no other."""
    own = identities.of_content(rows)
    chances = (chance.of(f"held out {identity}") for identity in own)
    return np.fromiter(chances, np.float64, len(own)) < _TEST_FRACTION
