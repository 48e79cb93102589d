"""A prepared table in a folder: rows, the names of columns, a report.

records.npz   x_train and x_test, uint8 [n, columns]
columns.txt   the name of each column, in a line each; public
report.json   the largest count, and what was left out in preparing it
"""

import json
import os
import pathlib
from collections.abc import Mapping

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import npz
from dpgan_tf.privacy import durable

ROWS, COLUMNS, REPORT = "records.npz", "columns.txt", "report.json"


def is_table(folder: str | os.PathLike) -> bool:
    """Return whether a folder holds a prepared table.

    Args:
      folder: that may be one.
    """
    return (pathlib.Path(folder) / COLUMNS).is_file()


def write(
    folder: str | os.PathLike,
    dataset: datasets.TableDataset,
    *,
    report: Mapping[str, object],
) -> None:
    """Write a table; the names of its columns come last.

    Args:
      folder: where to write.
      dataset: what to write.
      report: what to say of it; "largest" and "origin" are added.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / COLUMNS).unlink(missing_ok=True)
    unfinished = folder / f".{ROWS}"
    with open(unfinished, "wb") as file:
        np.savez_compressed(
            file, x_train=dataset.train_rows, x_test=dataset.test_rows
        )
    unfinished.replace(folder / ROWS)
    described = {
        "largest": dataset.largest,
        "origin": dataset.origin,
        **report,
    }
    durable.create(
        folder / REPORT, (json.dumps(described, indent=1) + "\n").encode()
    )
    durable.create(
        folder / COLUMNS, ("\n".join(dataset.columns) + "\n").encode()
    )


def load(folder: str | os.PathLike) -> datasets.TableDataset:
    """Read a folder that `write` wrote, or that looks like one.

    Args:
      folder: of the table.

    Returns:
      The table.

    Raises:
      DatasetError: naming the file that is missing or not right.
    """
    folder = pathlib.Path(folder)
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        columns = (folder / COLUMNS).read_text(encoding="utf-8").splitlines()
        largest = report["largest"]
        if type(largest) is not int:
            raise ValueError(f"largest is {largest!r}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise errors.DatasetError(
            f"{folder}: not a prepared table ({error}); run prepare-data again."
        ) from error
    if len(set(columns)) < len(columns):
        raise errors.DatasetError(
            f"{folder / COLUMNS}: a name stands there twice; expected one line "
            "for each column."
        )
    arrays = npz.read_arrays(folder / ROWS, keys=("x_train", "x_test"))
    if not arrays["x_train"].any():
        raise errors.DatasetError(
            f"{folder / ROWS}: has no count above 0 to learn from; run "
            "prepare-data again."
        )
    return datasets.TableDataset(
        name=folder.resolve().name,
        train_rows=arrays["x_train"],
        test_rows=arrays["x_test"],
        columns=tuple(columns),
        largest=largest,
        origin=str(report.get("origin", f"table in {folder}")),
    )
