"""A prepared table in a folder: rows, names of columns, a report.

records.npz   x_train and x_test, uint8 [n, columns]; optional identities, whole
              numbers [n], for example of the patients in x_train
columns.txt   the columns' names, one in each line; public
report.json   the largest count, and what the preparation left out
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
    """Return whether a folder contains a prepared table.

    Args:
      folder: the folder.
    """
    return (pathlib.Path(folder) / COLUMNS).is_file()


def write(
    folder: str | os.PathLike,
    dataset: datasets.TableDataset,
    *,
    report: Mapping[str, object],
) -> None:
    """Write a table; its columns' names are written last.

    Args:
      folder: folder to write to.
      dataset: the table.
      report: the table's report; "largest" and "origin" are added.
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
    """Read a folder that `write` wrote, or one of the same form.

    Args:
      folder: the table's folder.

    Returns:
      The table.

    Raises:
      DatasetError: naming the file that is missing or wrong.
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
