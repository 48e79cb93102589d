"""One loader for all data sets: names, pictures, tables, IDX, .npz files."""

import difflib
import os
import pathlib

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import hints
from dpgan_tf.data import idx
from dpgan_tf.data import npz
from dpgan_tf.data import tfds_source
from dpgan_tf.data.health import health_records
from dpgan_tf.data.health import table_files
from dpgan_tf.data.pictures import stored as stored_pictures
from dpgan_tf.data.pictures import tfds as tfds_pictures

_PICTURES = {
    tfds_pictures.stored_name(name): f"--dataset={name}"
    for name in tfds_pictures.SETS
} | {
    f"sample_photos_{size}": f"--dataset=sample_photos --size={size}"
    for size in (48, 64)
}
_NAMES = (*tfds_source.NAMES, *health_records.NAMES, *_PICTURES)


def load(dataset: str, *, data_dir: str | os.PathLike) -> datasets.Dataset:
    """Read the records of a data set; prepared pictures stay on disk.

    Args:
      dataset: a name, such as `mnist` or that of pictures prepared in
        `data_dir`, or the path of prepared pictures, a prepared table, a
        folder of IDX files or an .npz file. A folder with the name of a data
        set is meant by `./mnist`.
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
    for folder in (pathlib.Path(data_dir) / dataset, pathlib.Path(dataset)):
        if stored_pictures.is_store(folder):
            return _load_pictures(folder)
    if dataset in _PICTURES:
        raise errors.DatasetError(
            f"dataset={dataset}: not in {data_dir}; run `prepare-data "
            f"{_PICTURES[dataset]} --data_dir={data_dir}` first."
        )
    if table_files.is_table(dataset):
        return table_files.load(dataset)
    if os.path.isdir(dataset) and idx.is_folder(dataset):
        return idx.load(dataset)
    if os.path.isfile(dataset) and dataset.lower().endswith(".npz"):
        return npz.load(dataset)
    if os.path.exists(dataset):
        hint = hints.of_folder if os.path.isdir(dataset) else hints.of_file
        raise errors.DatasetError(
            f"dataset={dataset}: {hint(pathlib.Path(dataset))}"
        )
    raise errors.DatasetError(
        f"dataset={dataset}: no such folder, .npz file or name "
        f"({', '.join(_NAMES)}){_suggestion(dataset)}"
    )


def is_name(dataset: str, *, data_dir: str | os.PathLike) -> bool:
    """Return whether records are found by a name, not by a path of their own.

    Args:
      dataset: as for `load`.
      data_dir: as for `load`.
    """
    return dataset in _NAMES or stored_pictures.is_store(
        pathlib.Path(data_dir) / dataset
    )


def _load_pictures(folder):
    parts = stored_pictures.open_store(folder)
    train, test = parts["train"], parts.get("test", (None, None))
    return datasets.ImageDataset(
        name=folder.resolve().name,
        train_images=train[0],
        train_labels=train[1],
        test_images=test[0],
        test_labels=test[1],
        train_identities=parts["identities"],
        origin=f"{folder}",
        num_classes=len(parts["classes"]),
    )


def _suggestion(dataset):
    close = difflib.get_close_matches(dataset, _NAMES, n=1)
    return f"; did you mean {close[0]}?" if close else "."
