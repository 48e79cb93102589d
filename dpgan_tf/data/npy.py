"""NumPy .npy arrays: the header is checked before anything is allocated."""

import math
import os
import pathlib
import tokenize
from typing import IO

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import datasets
from dpgan_tf.data import limits
from dpgan_tf.privacy import plain_files

NUMBERS, TEXT = "iufb", "U"
NAMES = NUMBERS + TEXT
"""Kinds of arrays that may be read."""

DAMAGE = (
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
    ValueError,
)
"""Errors of numpy.lib.format for damaged files."""

_LARGEST = 2**40


def load(path: str | os.PathLike) -> datasets.ImageDataset:
    """Read a file of images without labels.

    Args:
      path: the file; its images are uint8 (0..255) or floating ([-1, 1]),
        [n, height, width] or [n, height, width, channels].

    Returns:
      The images uint8 or float32 [n, height, width, channels].

    Raises:
      DatasetError: naming the file and the remedy.
    """
    path = pathlib.Path(path)
    return datasets.ImageDataset(
        name=path.stem,
        train_images=checks.as_images(_read(path), source=str(path)),
        origin=f"file {path}",
    )


def check_header(
    file: IO[bytes], num_bytes: int, *, source: str, kinds: str = NUMBERS
) -> None:
    """Raise unless the array that a header describes fills its file.

    Args:
      file: the file, at its beginning.
      num_bytes: number of bytes of the file.
      source: the file, for the message.
      kinds: `NUMBERS`, `TEXT` or both, `NAMES`.

    Raises:
      DatasetError: naming the source and the remedy.
    """
    version = np.lib.format.read_magic(file)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise errors.DatasetError(
            f"{source}: .npy format {version}; expected (1, 0) or (2, 0): save "
            "it again with numpy.savez."
        )
    shape, _, dtype = read_header(file)
    if dtype.hasobject or dtype.kind not in kinds:
        expected = {
            NUMBERS: "numbers",
            TEXT: "text: save numpy.array(names)",
            NAMES: "whole numbers or text: save numpy.array(names)",
        }
        raise errors.DatasetError(
            f"{source}: has dtype {dtype}; expected {expected[kinds]}."
        )
    if any(size < 0 for size in shape) or (
        math.prod(shape) * dtype.itemsize != num_bytes - file.tell()
    ):
        raise errors.DatasetError(
            f"{source}: its header declares {dtype} {list(shape)}, which is "
            f"not the {num_bytes:,} bytes stored: copy or save the file again."
        )


def _read(path: pathlib.Path) -> np.ndarray:
    try:
        with plain_files.open_plain(path, largest=_LARGEST) as file:
            num_bytes = os.fstat(file.fileno()).st_size
            limits.check_declared_size(
                num_bytes, stored=num_bytes, source=str(path)
            )
            check_header(file, num_bytes, source=str(path))
            file.seek(0)
            return np.lib.format.read_array(file, allow_pickle=False)
    except (errors.DatasetError, FileNotFoundError, PermissionError):
        raise
    except DAMAGE as error:
        raise errors.DatasetError(
            f"{path}: not a readable .npy file ({errors.first_line(error)}): "
            "copy or save it again with numpy.save."
        ) from error
