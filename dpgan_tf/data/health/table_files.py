"""A prepared table in a folder: rows, the names of columns, a report.

records.npz   x_train and x_test, uint8 [n, columns]; identities, whole numbers
              [n], of the patients in x_train, say, if they have any
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
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy import untrusted_json

ROWS, COLUMNS, REPORT = "records.npz", "columns.txt", "report.json"
_IDENTITIES = "identities"

_LARGEST = 2**26
_REPORT = untrusted_json.record(
    {"largest": untrusted_json.INTEGER}, others=untrusted_json.ANY
)


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
    durable.make_folder(folder)
    (folder / COLUMNS).unlink(missing_ok=True)
    arrays = {"x_train": dataset.train_rows, "x_test": dataset.test_rows}
    if dataset.train_identities is not None:
        arrays[_IDENTITIES] = dataset.train_identities
    with durable.workspace(folder) as scratch:
        np.savez_compressed(scratch / ROWS, **arrays)
        durable.publish(scratch / ROWS, folder / ROWS)
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
    report = untrusted_json.read(
        folder / REPORT,
        _REPORT,
        error=errors.DatasetError,
        what="not a prepared table",
        remedy="run prepare-data again",
    )
    try:
        content = plain_files.read(folder / COLUMNS, largest=_LARGEST)
        columns = content.decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise errors.DatasetError(
            f"{folder}: not a prepared table ({errors.first_line(error)}): run "
            "prepare-data again."
        ) from error
    if len(set(columns)) < len(columns):
        raise errors.DatasetError(
            f"{folder / COLUMNS}: a name stands there twice; expected one line "
            "for each column."
        )
    arrays = npz.read_arrays(
        folder / ROWS,
        keys=("x_train", "x_test"),
        optional_keys=(_IDENTITIES,),
    )
    if not arrays["x_train"].any():
        raise errors.DatasetError(
            f"{folder / ROWS}: has no count above 0 to learn from; run "
            "prepare-data again."
        )
    return datasets.TableDataset(
        name=folder.resolve().name,
        train_rows=arrays["x_train"],
        test_rows=arrays["x_test"],
        train_identities=arrays.get(_IDENTITIES),
        columns=tuple(columns),
        largest=report["largest"],
        origin=str(report.get("origin", f"table in {folder}")),
    )
