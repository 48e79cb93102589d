"""One loader for all data sets: names, tables, IDX folders, .npz files."""

import difflib
import os

from dpgan_tf import errors
from dpgan_tf.data import health_records
from dpgan_tf.data import idx
from dpgan_tf.data import npz
from dpgan_tf.data import records
from dpgan_tf.data import table_files
from dpgan_tf.data import tfds_source

_NAMES = (*tfds_source.NAMES, *health_records.NAMES)


def load(dataset: str, *, data_dir: str | os.PathLike) -> records.Dataset:
    """Read the records of a data set into memory.

    Args:
      dataset: `mnist`, `fashion_mnist`, `mimic3` or `simulated_ehr`, or the
        path of a prepared table, a folder of IDX files or an .npz file. A
        folder with the name of a data set is meant by `./mnist`.
      data_dir: where named data sets are prepared and kept.

    Returns:
      Images uint8 or float32 [n, height, width, channels] and int64 labels
      [n], or rows uint8 [n, columns].

    Raises:
      errors.DatasetError: naming the data set, file or key, and the remedy.
    """
    if dataset in tfds_source.NAMES:
        return tfds_source.load(dataset, data_dir=data_dir)
    if dataset in health_records.NAMES:
        return health_records.load(dataset, data_dir=data_dir)
    if table_files.is_table(dataset):
        return table_files.load(dataset)
    if os.path.isdir(dataset):
        return idx.load(dataset)
    if os.path.isfile(dataset) and dataset.endswith(".npz"):
        return npz.load(dataset)
    if os.path.exists(dataset):
        raise errors.DatasetError(
            f"--dataset={dataset}: neither a folder of IDX files nor an .npz "
            "file."
        )
    raise errors.DatasetError(
        f"--dataset={dataset}: no such folder, .npz file or name "
        f"({', '.join(_NAMES)}){_suggestion(dataset)}"
    )


def _suggestion(dataset):
    close = difflib.get_close_matches(dataset, _NAMES, n=1)
    return f"; did you mean {close[0]}?" if close else "."
