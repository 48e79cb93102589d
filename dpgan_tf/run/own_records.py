"""Records in memory, kept in the run's private folder.

They are written once, so that a run that is stopped goes on with the same
records, and is scored with them.
"""

import contextlib
import filecmp
import os
import pathlib
from collections.abc import Iterator
from typing import Any

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import in_memory
from dpgan_tf.privacy import durable

_ARRAYS, _TABLE = "records.npz", "records.parquet"


def is_path(data: Any) -> bool:
    """Return whether data are a name or a path, and not records themselves.

    Args:
      data: what a user calls the data.
    """
    return isinstance(data, str | os.PathLike)


def place(path: str, run_dir: str | os.PathLike) -> str:
    """Return where the records of a run are kept.

    Args:
      path: file from `written` or `written_table`.
      run_dir: the run's folder.
    """
    private = run_files.RunFiles(pathlib.Path(run_dir)).private
    return str(private / pathlib.Path(path).name)


@contextlib.contextmanager
def written(
    data: Any,
    run_dir: str | os.PathLike,
    *,
    units: Any = None,
    unit_column: str | None = None,
) -> Iterator[str]:
    """Yield a file of the records that is gone at the end, unless it is kept.

    It lies beside the run's folder, which is made only when all is well.

    Args:
      data: images; a pair of images and labels; or a DataFrame of counts.
      run_dir: the run's folder.
      units: each record's person; None for none.
      unit_column: column of a DataFrame that has them instead.

    Yields:
      The file's path.

    Raises:
      DatasetError: if these cannot be records.
    """
    with _workspace(run_dir) as scratch:
        path = scratch / _ARRAYS
        in_memory.write(data, path, units=units, unit_column=unit_column)
        yield str(path)


@contextlib.contextmanager
def written_table(data: Any, run_dir: str | os.PathLike) -> Iterator[str]:
    """Yield a file of a DataFrame of any columns; as `written`.

    Args:
      data: the DataFrame.
      run_dir: the run's folder.

    Yields:
      The file's path.

    Raises:
      DatasetError: if it is no DataFrame that a file can hold.
    """
    with _workspace(run_dir) as scratch:
        path = scratch / _TABLE
        in_memory.write_table(data, path)
        yield str(path)


@contextlib.contextmanager
def _workspace(run_dir: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yield a scratch folder beside the run's, which is not made yet."""
    above = pathlib.Path(run_dir).absolute().parent
    durable.make_folder(above)
    with durable.workspace(above) as scratch:
        yield scratch


def keep(path: str, run_dir: str | os.PathLike) -> None:
    """Move the records into the run, or find that the same ones are there.

    Args:
      path: file from `written` or `written_table`.
      run_dir: folder of the run, whose private folder exists.

    Raises:
      UserError: if other records are there.
    """
    kept = pathlib.Path(place(path, run_dir))
    if not kept.exists():
        durable.publish(pathlib.Path(path), kept)
    elif not filecmp.cmp(path, kept, shallow=False):
        raise errors.UserError(
            f"{kept}: holds the run's records, and the data are others; choose "
            "another run_dir."
        )
