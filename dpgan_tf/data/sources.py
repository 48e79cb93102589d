"""One loader for all data sets: TFDS names, IDX folders, .npz files."""

import difflib
import os

from dpgan_tf import errors
from dpgan_tf.data import idx
from dpgan_tf.data import npz
from dpgan_tf.data import records
from dpgan_tf.data import tfds_source


def load(dataset: str, *, data_dir: str | os.PathLike) -> records.ImageDataset:
    """Read the records of a data set into memory.

    Args:
      dataset: `mnist` or `fashion_mnist`, or the path of a folder of IDX files
        or of an .npz file. A folder with the name of a data set is meant by
        `./mnist`.
      data_dir: where named data sets are prepared and kept.

    Returns:
      Images uint8 or float32 [n, height, width, channels]; int64 labels [n].

    Raises:
      errors.DatasetError: naming the data set, file or key, and the remedy.
    """
    if dataset in tfds_source.NAMES:
        return tfds_source.load(dataset, data_dir=data_dir)
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
        f"({', '.join(tfds_source.NAMES)}){_suggestion(dataset)}"
    )


def _suggestion(dataset):
    close = difflib.get_close_matches(dataset, tfds_source.NAMES, n=1)
    return f"; did you mean {close[0]}?" if close else "."
