"""IDX files, the format of MNIST, plain or gzip-compressed.

A file is a big-endian header (two zero bytes, a type code, the number of
dimensions, then one uint32 for each dimension) and the values, row by row. The
header is read first, and nothing is allocated that the file cannot fill.
"""

import contextlib
import gzip
import math
import os
import pathlib
import struct
import zlib

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import datasets
from dpgan_tf.data import limits

_UNSIGNED_BYTE = 0x08
_CHUNK_BYTES = 2**20
_PARTS = {"train": "training", "t10k": "test"}


def is_folder(folder: str | os.PathLike) -> bool:
    """Return whether a folder contains any of the files that `load` reads.

    Args:
      folder: the folder.
    """
    return any(
        _find(pathlib.Path(folder), part, kind)
        for part in _PARTS
        for kind in ("images", "labels")
    )


def load(
    folder: str | os.PathLike, *, first_label: int = 0, num_classes: int = 0
) -> datasets.ImageDataset:
    """Read a folder of IDX files.

    Args:
      folder: folder with `train-images-idx3-ubyte` and
        `train-labels-idx1-ubyte`, and perhaps `t10k-images-idx3-ubyte` and
        `t10k-labels-idx1-ubyte`; each plain or `.gz`; names such as
        `train-images.idx3-ubyte` are accepted too.
      first_label: declared number of the first class.
      num_classes: declared number of classes; 0 if there is none.

    Returns:
      The images uint8 [n, height, width, 1] and labels int64 [n], from 0
      on.

    Raises:
      errors.DatasetError: naming the file that is missing or wrong.
    """
    folder = pathlib.Path(folder)
    numbers = {"first_label": first_label, "num_classes": num_classes}
    train_images, train_labels = _load_part(folder, "train", numbers)
    test_images, test_labels = None, None
    if any(_find(folder, "t10k", kind) for kind in ("images", "labels")):
        test_images, test_labels = _load_part(folder, "t10k", numbers)
    return datasets.ImageDataset(
        name=folder.resolve().name,
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        origin=f"IDX files in {folder}",
    )


def read(path: str | os.PathLike, *, num_dims: int) -> np.ndarray:
    """Read one IDX file of unsigned bytes.

    Args:
      path: the file; a name that ends in `.gz` is decompressed.
      num_dims: number of dimensions that it must have.

    Returns:
      uint8 [...], writable.

    Raises:
      errors.DatasetError: naming the file, if it is not such a file.
    """
    path = pathlib.Path(path)
    stored = path.stat().st_size
    try:
        with _open(path) as file:
            shape = _read_header(file, num_dims=num_dims, path=path)
            limits.check_declared_size(
                math.prod(shape), stored=stored, source=str(path)
            )
            return _read_values(file, shape, path=path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise errors.DatasetError(
            f"{path}: damaged gzip data ({error}): copy the file again."
        ) from error


def _load_part(folder, part, numbers):
    """Read images and labels of the part that file names call `part`."""
    paths = {kind: _find(folder, part, kind) for kind in ("images", "labels")}
    for kind, path in paths.items():
        if path is None:
            raise errors.DatasetError(
                f"{folder}: no {_PARTS[part]} {kind}; expected "
                f"{_file_names(part, kind)[0]}, plain or .gz."
            )
    images = checks.as_images(
        read(paths["images"], num_dims=3), source=str(paths["images"])
    )
    labels = checks.as_labels(
        read(paths["labels"], num_dims=1),
        num_images=len(images),
        source=str(paths["labels"]),
        **numbers,
    )
    return images, labels


def _find(folder, part, kind):
    for name in _file_names(part, kind):
        for suffix in ("", ".gz"):
            path = folder / (name + suffix)
            if path.is_file():
                return path
    return None


def _file_names(part, kind):
    num_dims = {"images": 3, "labels": 1}[kind]
    return [
        f"{part}-{kind}{separator}idx{num_dims}-ubyte" for separator in "-."
    ]


@contextlib.contextmanager
def _open(path):
    with open(path, "rb") as file:
        if path.suffix == ".gz":
            with gzip.open(file) as unzipped:
                yield unzipped
        else:
            yield file


def _read_header(file, *, num_dims, path):
    magic = file.read(4)
    expected = bytes([0, 0, _UNSIGNED_BYTE, num_dims])
    if magic != expected:
        raise errors.DatasetError(
            f"{path}: starts with 0x{magic.hex()}; expected 0x{expected.hex()} "
            f"(IDX, unsigned bytes, {num_dims} dimensions): not the right file."
        )
    header = file.read(4 * num_dims)
    if len(header) < 4 * num_dims:
        raise errors.DatasetError(
            f"{path}: ends within its header: copy the file again."
        )
    return struct.unpack(f">{num_dims}I", header)


def _read_values(file, shape, *, path):
    """Read an array of the shape; exactly that many bytes must be left."""
    values = np.empty(math.prod(shape), np.uint8)
    view, filled = values.data, 0
    while filled < len(view):
        num_read = file.readinto(view[filled : filled + _CHUNK_BYTES])
        if not num_read:
            raise errors.DatasetError(
                f"{path}: truncated: {filled:,} of {len(view):,} bytes after "
                "the header: copy the file again."
            )
        filled += num_read
    # Reading to the end also makes gzip compare its checksum.
    if file.read(1):
        raise errors.DatasetError(
            f"{path}: longer than the {len(view):,} bytes that its header "
            "declares: copy the file again."
        )
    return values.reshape(shape)
