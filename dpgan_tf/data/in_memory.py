"""Records in memory, written to a file that a run can be resumed from.

The file holds private records: only its owner may read it.
"""

import os
import pathlib
from collections.abc import Callable, Sequence
from typing import IO, Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import arrow
from dpgan_tf.data import checks
from dpgan_tf.data import count_table
from dpgan_tf.data import persons
from dpgan_tf.privacy import durable

_MODE = 0o600
_SOURCE = "data"


def write(
    data: Any,
    path: str | os.PathLike,
    *,
    num_classes: int = 0,
    class_names: Sequence[str] = (),
    units: Any = None,
    unit_column: str | None = None,
) -> None:
    """Write records to an .npz file, which appears when it is complete.

    Args:
      data: images [n, height, width] or [n, height, width, channels], uint8 or
        floats in [-1, 1]; or these and their labels, whole numbers [n]; or a
        DataFrame of counts, a row for each record.
      path: the file to write.
      num_classes: declared number of the labels' classes; 0 to declare none.
      class_names: declared names of the classes; empty if they have none.
      units: each record's person, whole numbers or texts [n]; None for none.
      unit_column: column of a DataFrame that has them instead.

    Raises:
      DatasetError: if these cannot be records, or not of these persons.
    """
    arrays = _arrays(data, unit_column)
    if units is not None:
        _require_no_column(unit_column)
        arrays[persons.KEY] = _array(units)
    if persons.KEY in arrays:
        arrays[persons.KEY] = _checked_units(arrays)
    if num_classes:
        arrays["num_classes"] = np.array(num_classes)
    if len(class_names):
        arrays["class_names"] = np.array(list(class_names), str)
    _publish(path, lambda file: np.savez(file, **arrays))


def write_table(data: Any, path: str | os.PathLike) -> None:
    """Write a DataFrame of any columns to a Parquet file.

    Args:
      data: the DataFrame, a row for each record.
      path: the file to write, which appears when it is complete.

    Raises:
      DatasetError: if it is no DataFrame, or a column has several types.
    """
    if not is_frame(data):
        raise errors.DatasetError(
            f"{_SOURCE}: has a schema, which is for a DataFrame or the path of "
            "a CSV or Parquet file; give one of these."
        )
    pyarrow, parquet = arrow.module(), arrow.module("pyarrow.parquet")
    columns = {}
    for place, name in enumerate(map(str, data.columns)):
        try:
            values = (
                data.iloc[:, place] if hasattr(data, "iloc") else data[name]
            )
            columns[place] = (name, pyarrow.array(values))
        except (pyarrow.ArrowException, TypeError, ValueError) as error:
            raise errors.DatasetError(
                f"{_SOURCE}: column {errors.printable(name, largest=60)}: has "
                f"values of several types, or of none that a file can hold "
                f"({errors.first_line(error)}): convert it, such as with "
                "astype(str)."
            ) from error
    names = [name for name, _ in columns.values()]
    table = pyarrow.table([values for _, values in columns.values()], names)
    _publish(path, lambda file: parquet.write_table(table, file))


def _publish(
    path: str | os.PathLike, write_to: Callable[[IO[bytes]], None]
) -> None:
    """Write a file that its owner alone may read, and that appears whole."""
    path = pathlib.Path(path)
    durable.make_folder(path.parent)
    with durable.workspace(path.parent) as scratch:
        written = scratch / "written"
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT, _MODE)
        with open(descriptor, "wb") as file:
            write_to(file)
        durable.publish(written, path)


def _checked_units(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """Return the persons' names, checked, in a form that a file can hold."""
    examples = arrays.get(count_table.RECORDS, arrays.get("images"))
    return persons.names(
        arrays[persons.KEY],
        num_records=len(examples),
        source=f"{_SOURCE}: {persons.KEY}",
    )


def _require_no_column(unit_column: str | None) -> None:
    if unit_column is not None:
        raise errors.DatasetError(
            f"{_SOURCE}: give units or unit_column={unit_column}, not both."
        )


def _arrays(data: Any, unit_column: str | None) -> dict[str, np.ndarray]:
    if is_frame(data):
        return _of_frame(data, unit_column)
    if unit_column is not None:
        raise errors.DatasetError(
            f"{_SOURCE}: unit_column={unit_column} is for a table; give the "
            "persons of images as units, an array [n]."
        )
    labels = None
    if isinstance(data, (tuple, list)) and len(data) == 2:
        data, labels = data
    images = checks.as_images(_array(data), source=f"{_SOURCE}: images")
    arrays = {"images": images}
    if labels is not None:
        arrays["labels"] = checks.as_whole_numbers(
            _array(labels), num_images=len(images), source=f"{_SOURCE}: labels"
        )
    return arrays


def is_frame(data: Any) -> bool:
    """Return whether data are a DataFrame, of pandas or with its interface.

    Args:
      data: anything.
    """
    return hasattr(data, "columns") and hasattr(data, "to_numpy")


def _of_frame(frame: Any, unit_column: str | None) -> dict[str, np.ndarray]:
    columns = tuple(map(str, frame.columns))
    values = [frame[name].to_numpy() for name in frame.columns]
    units = {}
    if unit_column is not None:
        columns, values, units[persons.KEY] = persons.column(
            columns, values, unit_column, source=_SOURCE
        )
    rows = count_table.as_rows(
        columns, values, largest_count=255, source=_SOURCE
    )
    return {
        count_table.RECORDS: rows,
        count_table.COLUMNS: np.array(columns, str),
        **units,
    }


def _array(data: Any) -> np.ndarray:
    try:
        return np.asarray(data)
    except (TypeError, ValueError) as error:
        raise errors.DatasetError(
            f"{_SOURCE}: is no array ({errors.first_line(error)}); give images,"
            " (images, labels) or a DataFrame of counts."
        ) from error
