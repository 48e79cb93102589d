"""Records that are given as arrays, kept in the run's private folder.

They are written there once, so that a run that is stopped goes on with the same
records, and is scored with them.
"""

import os
import pathlib
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import chance
from dpgan_tf.data import checks
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.data import sources
from dpgan_tf.data.health import table_files
from dpgan_tf.privacy import durable

_NAME = "records"
_TEST_FRACTION = 0.2


def is_path(data: Any) -> bool:
    """Return whether data are a name or a path, and not records themselves.

    Args:
      data: what a user calls the data.
    """
    return isinstance(data, str | os.PathLike)


def to_dataset(data: Any, *, largest_count: int = 1) -> datasets.Dataset:
    """Return records in memory as a data set.

    Args:
      data: images [n, height, width] or [n, height, width, channels], uint8 or
        floats in [-1, 1]; a pair of images and labels [n]; or a DataFrame of
        counts, with a row for each record.
      largest_count: declared largest count of a DataFrame.

    Raises:
      DatasetError: naming what is wrong.
    """
    if hasattr(data, "columns") and hasattr(data, "to_numpy"):
        return _table(data, largest_count)
    images, labels = data if isinstance(data, tuple) else (data, None)
    images = checks.as_images(np.asarray(images), source="data: images")
    if labels is not None:
        labels = checks.as_labels(
            np.asarray(labels), num_images=len(images), source="data: labels"
        )
    return datasets.ImageDataset(
        name=_NAME, train_images=images, train_labels=labels
    )


def place(run_dir: str | os.PathLike, dataset: datasets.Dataset) -> str:
    """Return where the records of a run are kept.

    Args:
      run_dir: the run's folder.
      dataset: the records.
    """
    private = run_files.RunFiles(pathlib.Path(run_dir)).private
    return str(private / (_NAME if dataset.form.is_table else f"{_NAME}.npz"))


def keep(dataset: datasets.Dataset, path: str | os.PathLike) -> None:
    """Write records, or find that the same ones are there.

    Args:
      dataset: the records.
      path: result of `place`, in a private folder that exists.

    Raises:
      UserError: if other records are there.
    """
    path = pathlib.Path(path)
    if path.exists():
        _require_same(dataset, path)
    elif isinstance(dataset, datasets.TableDataset):
        table_files.write(path, dataset, report={})
    else:
        arrays = {"images": dataset.train_images}
        if dataset.train_labels is not None:
            arrays["labels"] = dataset.train_labels
        with durable.workspace(path.parent) as scratch:
            np.savez(scratch / path.name, **arrays)
            (scratch / path.name).chmod(0o600)
            durable.publish(scratch / path.name, path)


def _require_same(dataset: datasets.Dataset, path: pathlib.Path) -> None:
    kept = sources.load(str(path), data_dir=path.parent)
    pairs = zip(dataset.training_part, kept.training_part, strict=True)
    for given, there in pairs:
        is_same = (given is None) == (there is None) and (
            given is None or np.array_equal(given, there)
        )
        if not is_same:
            raise errors.UserError(
                f"{path}: holds the run's records, and the data are others; "
                "choose another run_dir."
            )


def _table(frame: Any, largest_count: int) -> datasets.TableDataset:
    values = np.asarray(frame.to_numpy())
    is_counts = values.dtype.kind in "iub" and values.ndim == 2
    if not is_counts or values.min(initial=0) < 0:
        raise errors.DatasetError(
            f"data: a DataFrame of {values.dtype}; expected counts, whole "
            f"numbers from 0 to {records.MAX_PIXEL}, in every column."
        )
    if values.max(initial=0) > largest_count:
        raise errors.DatasetError(
            f"data: has counts above {largest_count}, which is declared; "
            "declare the largest one with largest_count=N, or cut larger ones."
        )
    rows = values.astype(np.uint8)
    held_out = np.array(
        [
            chance.of(f"0 {number}") < _TEST_FRACTION
            for number in range(len(rows))
        ]
    )
    return datasets.TableDataset(
        name=_NAME,
        train_rows=rows[~held_out],
        test_rows=rows[held_out],
        columns=tuple(map(str, frame.columns)),
        largest=largest_count,
        origin="a DataFrame",
    )
