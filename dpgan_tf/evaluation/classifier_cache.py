"""Trained classifiers on disk, as plain arrays, checked when read.

Nothing is unpickled and no model file is loaded, since both can run code.
"""

import pathlib
import zipfile

import keras
import numpy as np

from dpgan_tf.privacy import durable

_ACCURACY_KEY = "test_accuracy"


def write(
    path: pathlib.Path, model: keras.Model, *, test_accuracy: float
) -> None:
    """Write a classifier's weights atomically.

    Args:
      path: the .npz file to write; its folder is created.
      model: the trained classifier.
      test_accuracy: accuracy to store with the weights.
    """
    # Private records without noise may have trained it.
    durable.make_folder(path.parent, mode=0o700)
    arrays = dict(zip(_member_names(model), model.get_weights(), strict=True))
    arrays[_ACCURACY_KEY] = np.float64(test_accuracy)
    with durable.workspace(path.parent) as folder:
        written = folder / path.name
        np.savez(written, **arrays)
        durable.publish(written, path)


def read(path: pathlib.Path, model: keras.Model) -> float | None:
    """Set a classifier's weights from a file, if it is valid.

    Every array must have the expected name, type and size before it is read; a
    damaged file counts as missing.

    Args:
      path: the .npz file.
      model: a classifier of the same shapes, changed in place.

    Returns:
      The stored accuracy, or None if the file cannot be used.
    """
    expected = {
        name: np.zeros(weight.shape, np.float32)
        for name, weight in zip(
            _member_names(model), model.weights, strict=True
        )
    }
    expected[_ACCURACY_KEY] = np.zeros([], np.float64)
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = {
                name: _read_member(archive, name, array)
                for name, array in expected.items()
            }
    except Exception:  # zipfile and NumPy raise anything for damaged files
        return None
    accuracy = float(arrays.pop(_ACCURACY_KEY))
    if not all(np.isfinite(array).all() for array in arrays.values()):
        return None
    model.set_weights(list(arrays.values()))
    return accuracy


def _member_names(model):
    return [f"weight_{i:02}" for i in range(len(model.weights))]


def _read_member(archive, name, expected):
    with archive.open(f"{name}.npy") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{name}: unknown format.")
        header = np.lib.format.read_array_header_1_0(file)
        if header != (expected.shape, False, expected.dtype):
            raise ValueError(f"{name}: unexpected array {header}.")
        data = file.read(expected.nbytes)
    return np.frombuffer(data, expected.dtype).reshape(expected.shape)
