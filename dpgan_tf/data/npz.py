"""NumPy .npz files: sizes are checked before arrays are read, nothing runs.

Keys are `x_train`, `y_train`, `x_test`, `y_test` (as in Keras) or `images`,
`labels`; all but the training images may be left out. `num_classes`, one whole
number, declares the number of the labels' classes, and `class_names` their
names, an array of text. Rows of a table have the keys `records` and `columns`.
`units` names the person whose record each training record is.
"""

import functools
import os
import pathlib
import zipfile
import zlib
from collections.abc import Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import class_names
from dpgan_tf.data import count_table
from dpgan_tf.data import datasets
from dpgan_tf.data import limits
from dpgan_tf.data import npy
from dpgan_tf.data import persons
from dpgan_tf.privacy import plain_files

_KERAS_KEYS = ("x_train", "y_train", "x_test", "y_test")
_SHORT_KEYS = ("images", "labels")
_TABLE_KEYS = (count_table.RECORDS, count_table.COLUMNS, persons.KEY)
_SUFFIX = ".npy"
_LARGEST = 2**40
_NUM_CLASSES, _CLASS_NAMES = "num_classes", "class_names"
_DECLARED = (_NUM_CLASSES, _CLASS_NAMES, persons.KEY)
_KINDS = {
    _CLASS_NAMES: npy.TEXT,
    count_table.COLUMNS: npy.TEXT,
    persons.KEY: npy.NAMES,
}
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    *npy.DAMAGE,
)
"""Errors of zipfile and numpy.lib.format for damaged or encrypted files.

An OSError comes from a seek to a damaged offset.
"""


def load(
    path: str | os.PathLike,
    *,
    first_label: int = 0,
    num_classes: int = 0,
    largest_count: int = 1,
) -> datasets.Dataset:
    """Read an .npz file.

    Args:
      path: the file; its images are uint8 (0..255) or floating ([-1, 1]),
        [n, height, width] or [n, height, width, channels].
      first_label: declared number of the first class.
      num_classes: declared number of classes; 0 for the file's, if it has one.
      largest_count: declared largest count of rows.

    Returns:
      The images uint8 or float32 [n, height, width, channels]; labels int64
      [n], from 0 on, where the file has them. Its number of classes is the
      file's alone. Or rows uint8 [n, columns].

    Raises:
      errors.DatasetError: naming the file and key that are wrong.
    """
    path = pathlib.Path(path)
    arrays = _read(path, _choose_keys)
    if count_table.RECORDS in arrays:
        return count_table.of_arrays(
            arrays, path=path, largest_count=largest_count
        )
    return _to_dataset(
        arrays,
        path=path,
        first_label=first_label,
        num_classes=num_classes,
    )


def read_arrays(
    path: str | os.PathLike,
    *,
    keys: Sequence[str] | None,
    optional_keys: Sequence[str] = (),
) -> dict[str, np.ndarray]:
    """Read some arrays of an .npz file.

    Args:
      path: the file.
      keys: keys of the required arrays; None for all arrays.
      optional_keys: keys of arrays that may be missing.

    Returns:
      The arrays by key.

    Raises:
      errors.DatasetError: naming the file and key that are wrong.
    """

    def choose(archive, *, path):
        found = _keys(archive)
        for key in keys or ():
            if key not in found:
                raise errors.DatasetError(
                    f"{path}: has no {key}; it has {sorted(found)[:8]}."
                )
        if keys is None:
            return found
        return [*keys, *(key for key in optional_keys if key in found)]

    return _read(pathlib.Path(path), choose)


def _read(path, choose_keys):
    """Read the arrays whose keys are chosen."""
    try:
        with _open(path) as file, zipfile.ZipFile(file) as archive:
            keys = choose_keys(archive, path=path)
            return {key: _read_member(archive, key, path=path) for key in keys}
    except (errors.DatasetError, FileNotFoundError, PermissionError):
        raise
    except _DAMAGE as error:
        raise errors.DatasetError(
            f"{path}: not a readable .npz file ({errors.first_line(error)}): "
            "copy or save it again with numpy.savez."
        ) from error


def _open(path):
    return plain_files.open_plain(path, largest=_LARGEST)


def _choose_keys(archive, *, path):
    found = _keys(archive)
    if "x_train" in found:
        return [key for key in (*_KERAS_KEYS, *_DECLARED) if key in found]
    if "images" in found:
        return [key for key in (*_SHORT_KEYS, *_DECLARED) if key in found]
    if count_table.RECORDS in found:
        return [key for key in _TABLE_KEYS if key in found]
    raise errors.DatasetError(
        f"{path}: has the keys {sorted(found)[:8]}; expected x_train (and "
        "y_train, x_test, y_test) or images (and labels), or records and "
        "columns."
    )


def _keys(archive):
    """Return the arrays' keys; other members are ignored."""
    names = archive.namelist()
    return [n.removesuffix(_SUFFIX) for n in names if n.endswith(_SUFFIX)]


def _read_member(archive, key, *, path):
    """Read one array after checking that its declared size is possible."""
    source = f"{path}: {key}"
    info = archive.getinfo(key + _SUFFIX)
    if info.compress_type not in _COMPRESSIONS:
        raise errors.DatasetError(
            f"{source}: compressed by method {info.compress_type}; save it "
            "with numpy.savez or numpy.savez_compressed."
        )
    limits.check_declared_size(
        info.file_size,
        stored=min(info.compress_size, os.path.getsize(path)),
        source=source,
    )
    with archive.open(info) as file:
        kinds = _KINDS.get(key, npy.NUMBERS)
        npy.check_header(file, info.file_size, source=source, kinds=kinds)
    with archive.open(info) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
        file.read(1)  # at the end zipfile compares its checksum
    return array


def _to_dataset(arrays, *, path, first_label, num_classes):
    train_key, test_key = "x_train", "x_test"
    train_labels_key, test_labels_key = "y_train", "y_test"
    if "images" in arrays:
        train_key, train_labels_key = _SHORT_KEYS
    names = _class_names(arrays, path=path)
    declared = _num_classes(arrays, path=path) or len(names)
    class_names.require(names, num_classes=declared, source=str(path))
    labels = functools.partial(
        _labels,
        arrays,
        num_classes=num_classes or declared,
        first_label=first_label,
        path=path,
    )
    train_images = _images(arrays, train_key, path=path)
    test_images = _images(arrays, test_key, path=path)
    return datasets.ImageDataset(
        name=path.stem,
        train_images=train_images,
        train_labels=labels(train_labels_key, train_images),
        test_images=test_images,
        test_labels=labels(test_labels_key, test_images),
        train_units=persons.of_arrays(
            arrays, num_records=len(train_images), path=path
        ),
        origin=f"file {path}",
        num_classes=declared,
        class_names=class_names.telling(names),
    )


def _class_names(arrays, *, path):
    """Return the names of classes that the file declares; empty if none."""
    array = arrays.get(_CLASS_NAMES, np.array([], str))
    if array.ndim != 1 or len(array) > checks.MAX_CLASSES:
        raise errors.DatasetError(
            f"{path}: {_CLASS_NAMES} has shape {list(array.shape)}; expected "
            f"[classes], at most {checks.MAX_CLASSES} names."
        )
    return tuple(array.tolist())


def _num_classes(arrays, *, path):
    """Return how many classes the file declares; 0 if it does not."""
    if _NUM_CLASSES not in arrays:
        return 0
    array = arrays[_NUM_CLASSES]
    if array.dtype.kind not in "iu" or array.shape:
        raise errors.DatasetError(
            f"{path}: {_NUM_CLASSES} is {array.dtype} {list(array.shape)}; "
            "expected one whole number."
        )
    if not 1 <= array <= checks.MAX_CLASSES:
        raise errors.DatasetError(
            f"{path}: {_NUM_CLASSES} is {array}; expected 1 to "
            f"{checks.MAX_CLASSES}."
        )
    return int(array)


def _images(arrays, key, *, path):
    if key not in arrays:
        return None
    return checks.as_images(arrays[key], source=f"{path}: {key}")


def _labels(arrays, key, images, *, num_classes, first_label, path):
    if key not in arrays:
        return None
    if images is None:
        raise errors.DatasetError(
            f"{path}: {key} without its images; add them or leave {key} out."
        )
    return checks.as_labels(
        arrays[key],
        num_images=len(images),
        source=f"{path}: {key}",
        num_classes=num_classes,
        first_label=first_label,
    )
