"""An .npz file of typed rows: an array for each column.

An archive takes one array after another, and samples come row by row: batches
are kept in a file beside it until all of them are there.
"""

import pathlib
import tempfile
import zipfile
from typing import IO, NamedTuple

import numpy as np

from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import output_names
from dpgan_tf.release import sample_writers
from dpgan_tf.release import typed_writers


class _Piece(NamedTuple):
    """A part of an array in the file beside.

    Attributes:
      start: number of its first byte.
      num: number of its values.
      dtype: their type.
    """

    start: int
    num: int
    dtype: np.dtype


def write(
    batches: sample_writers.Batches,
    path: pathlib.Path,
    names: sample_writers.Names,
    *,
    num_samples: int,
) -> None:
    """Write an array for each column, and one that says where it is missing.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    pieces: dict[str, list[_Piece]] = {}
    with tempfile.TemporaryFile(dir=path.parent) as beside:
        for table in typed_writers.tables(batches, names.schema):
            for name, array in arrays(table).items():
                piece = _Piece(beside.tell(), len(array), array.dtype)
                pieces.setdefault(name, []).append(piece)
                beside.write(array.tobytes())
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, several in pieces.items():
                member = f"{name}.npy"
                with archive.open(member, "w", force_zip64=True) as file:
                    _copy(beside, file, several, num_samples=num_samples)


def _copy(
    beside: IO[bytes],
    file: IO[bytes],
    several: list[_Piece],
    *,
    num_samples: int,
) -> None:
    """Write an array from its pieces, in a type that holds all of them."""
    dtype = np.result_type(*(piece.dtype for piece in several))
    np.lib.format.write_array_header_1_0(
        file,
        {
            "descr": np.lib.format.dtype_to_descr(dtype),
            "fortran_order": False,
            "shape": (num_samples,),
        },
    )
    for start, num, of_piece in several:
        beside.seek(start)
        part = np.frombuffer(beside.read(num * of_piece.itemsize), of_piece)
        file.write(part.astype(dtype).tobytes())


def arrays(table: decoding.Table) -> dict[str, np.ndarray]:
    """Return the arrays of a table's columns, by their names.

    Args:
      table: typed columns.

    Returns:
      Arrays [n] of str, bool, int64, float32 or datetime64; and bool [n] for
      each column that may be missing.
    """
    found = {}
    for name, column in table.items():
        kinds = {"O": np.dtype(str), "f": np.dtype(np.float32)}
        dtype = column.values.dtype
        found[name] = column.values.astype(kinds.get(dtype.kind, dtype))
        if column.is_missing is not None:
            found[output_names.flag(name)] = column.is_missing
    return found
