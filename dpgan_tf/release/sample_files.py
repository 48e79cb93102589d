"""Write samples to a file or to a folder of PNG files."""

import os
import pathlib
import re

from dpgan_tf import errors
from dpgan_tf.claim import release_names
from dpgan_tf.data import class_names
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import plain_files
from dpgan_tf.release import sample_writers
from dpgan_tf.release import typed_npz
from dpgan_tf.release import typed_writers

COLUMNS = release_names.COLUMNS
_LARGEST_COLUMNS = 2**26
"""A release's file of the columns' names, one in each line, and its largest
size in bytes."""

_WRITERS = {
    ".npz": sample_writers.write_npz,
    ".csv": sample_writers.write_csv,
    ".parquet": sample_writers.write_parquet,
    ".tfrecord": sample_writers.write_tfrecord,
}
_TYPED_WRITERS = {
    ".npz": typed_npz.write,
    ".csv": typed_writers.write_csv,
    ".parquet": typed_writers.write_parquet,
    ".tfrecord": typed_writers.write_tfrecord,
}
FILES = tuple(_WRITERS)
"""Endings of files with many samples."""

_OF_RECORDS = (".csv", ".parquet")

_PNG_NAME = re.compile(r"\d+(_class\d+)?\.png")


def require_writable(
    output: str | os.PathLike, *, is_table: bool, overwrite: bool
) -> None:
    """Raise if samples could not be written, before any are made.

    Args:
      output: file, or folder of PNG files, to write.
      is_table: whether the samples are rows, not images.
      overwrite: whether an earlier output may be replaced. A folder is
        replaced only if it contains nothing but numbered PNG files.

    Raises:
      UserError: naming the output and the remedy.
    """
    path = pathlib.Path(output)
    if is_table and path.suffix not in FILES:
        raise errors.UserError(
            f"--output={path}: expected FILE.csv, FILE.parquet, FILE.npz or "
            "FILE.tfrecord, for records."
        )
    of_images = {"", *FILES}.difference(_OF_RECORDS)
    if not is_table and path.suffix not in of_images:
        raise errors.UserError(
            f"--output={path}: expected FILE.npz, FILE.tfrecord, or a folder "
            "for PNG files."
        )
    if not os.path.lexists(path):
        return
    is_dangling = not path.exists()
    if not is_dangling and path.is_dir() == (path.suffix in FILES):
        raise errors.UserError(
            f"--output={path}: exists and is another kind of file; choose "
            "another name."
        )
    if not overwrite:
        raise errors.UserError(
            f"--output={path}: exists; choose another name or add --overwrite."
        )
    if path.is_dir() and not all(map(_is_ours, path.iterdir())):
        raise errors.UserError(
            f"--output={path}: holds other files than numbered PNG files; "
            "choose another folder."
        )


def _is_ours(path: pathlib.Path) -> bool:
    """Return whether it is a picture of `write`, or a folder of these."""
    if path.is_dir() and not path.is_symlink():
        return all(_PNG_NAME.fullmatch(entry.name) for entry in path.iterdir())
    return bool(_PNG_NAME.fullmatch(path.name))


def write(
    batches: sample_writers.Batches,
    output: str | os.PathLike,
    *,
    num_samples: int,
    names: sample_writers.Names = sample_writers.NO_NAMES,
) -> None:
    """Write samples batch by batch; the output appears when it is complete.

    Args:
      batches: the samples.
      output: an .npz file with "images" or "records" (uint8) and, if there are
        any, "labels" (int64) and "class_names"; a .csv or .parquet file with
        the columns' names and a row for each record; a .tfrecord file of
        `tf.train.Example` with "image" (PNG), "label" and "class_name", or
        "record" (int64); else a folder of PNG files, in sub-folders for classes
        that have names, or with the class in their names. Rows with a schema
        are written as its columns, each in its own type.
      num_samples: number of examples in all batches together.
      names: names of columns and classes.
    """
    path = pathlib.Path(output)
    durable.make_folder(path.parent)
    with durable.workspace(path.parent) as folder:
        written = folder / "written"
        writers = _WRITERS if names.schema is None else _TYPED_WRITERS
        write_as = writers.get(path.suffix, sample_writers.write_pngs)
        write_as(batches, written, names, num_samples=num_samples)
        if path.suffix in _WRITERS:
            durable.publish(written, path)
        else:
            durable.replace_folder(written, path)


def read_columns(release_dir: str | os.PathLike) -> tuple[str, ...]:
    """Return the names of what is in a release's rows; empty for images.

    These are its columns of counts, or the cells of its typed columns.

    Args:
      release_dir: the release's folder.

    Raises:
      UserError: if their file cannot be used.
    """
    if schema := read_schema(release_dir):
        return schema.cells
    path = pathlib.Path(release_dir) / COLUMNS
    if not path.is_file():
        return ()
    try:
        content = plain_files.read(path, largest=_LARGEST_COLUMNS)
        return tuple(content.decode("utf-8").splitlines())
    except (plain_files.NotPlainError, UnicodeDecodeError) as error:
        raise errors.UserError(
            f"{path}: has no names of columns ({errors.first_line(error)}): "
            "copy the release again."
        ) from error


def read_schema(release_dir: str | os.PathLike) -> schemas.Schema | None:
    """Return the schema of a release's typed columns; None if it has none.

    Args:
      release_dir: the release's folder.

    Raises:
      UserError: if its file cannot be used.
    """
    path = pathlib.Path(release_dir) / release_names.SCHEMA
    return schema_text.read(path) if path.is_file() else None


def read_classes(release_dir: str | os.PathLike) -> tuple[str, ...]:
    """Return the names of a release's classes; empty if they have none.

    Args:
      release_dir: the release's folder.

    Raises:
      UserError: if their file cannot be used.
    """
    path = pathlib.Path(release_dir) / release_names.CLASSES
    if not path.is_file():
        return ()
    try:
        content = plain_files.read(path, largest=class_names.LARGEST_FILE)
    except plain_files.NotPlainError as error:
        raise errors.UserError(
            f"{path}: has no names of classes ({errors.first_line(error)}): "
            "copy the release again."
        ) from error
    names = class_names.from_bytes(content)
    problem = class_names.problem_of(names, num_classes=len(names))
    if problem or not names:
        raise errors.UserError(
            f"{path}: {problem or 'has no names of classes'}: copy the release "
            "again."
        )
    return names
