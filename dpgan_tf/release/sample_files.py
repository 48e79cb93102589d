"""Write samples to an .npz, .csv or .tfrecord file, or to PNG files."""

import csv
import os
import pathlib
import re
import zipfile
from collections.abc import Iterable, Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import images as images_lib
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import plain_files
from dpgan_tf.release import sampling

COLUMNS = "columns.txt"
_LARGEST_COLUMNS = 2**26
"""A release's file of the columns' names, one in each line, and its largest
size in bytes."""

FILES = (".npz", ".csv", ".tfrecord")
"""Endings of files with many samples."""

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
            f"--output={path}: expected FILE.csv, FILE.npz or FILE.tfrecord, "
            "for records."
        )
    if not is_table and path.suffix not in ("", ".npz", ".tfrecord"):
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
    if path.is_dir() and not all(
        _PNG_NAME.fullmatch(entry.name) for entry in path.iterdir()
    ):
        raise errors.UserError(
            f"--output={path}: holds other files than numbered PNG files; "
            "choose another folder."
        )


def write(
    batches: Iterable[sampling.Samples],
    output: str | os.PathLike,
    *,
    num_samples: int,
    columns: Sequence[str] = (),
) -> None:
    """Write samples batch by batch; the output appears when it is complete.

    Args:
      batches: the samples.
      output: an .npz file with "images" or "records" (uint8) and, if there are
        any, "labels" (int64); a .csv file with the columns' names and a record
        in each line; a .tfrecord file of `tf.train.Example` with "image" (PNG)
        and "label", or "record" (int64); else a folder of PNG files, with the
        class in their names.
      num_samples: number of examples in all batches together.
      columns: the columns' names, if the samples are records.
    """
    path = pathlib.Path(output)
    durable.make_folder(path.parent)
    with durable.workspace(path.parent) as folder:
        written = folder / "written"
        if path.suffix == ".npz":
            name = "records" if columns else "images"
            _write_npz(batches, written, name, num_samples=num_samples)
        elif path.suffix == ".csv":
            _write_csv(batches, written, columns)
        elif path.suffix == ".tfrecord":
            _write_tfrecord(batches, written)
        else:
            _write_pngs(batches, written, num_samples=num_samples)
            durable.replace_folder(written, path)
            return
        durable.publish(written, path)


def read_columns(release_dir: str | os.PathLike) -> tuple[str, ...]:
    """Return the names of a release's columns; empty if it makes images.

    Args:
      release_dir: the release's folder.

    Raises:
      UserError: if their file cannot be used.
    """
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


def _write_csv(batches, path, columns):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for batch in batches:
            writer.writerows(batch.examples.tolist())


def _write_tfrecord(batches, path):
    with tf.io.TFRecordWriter(os.fsencode(path)) as writer:
        for batch in batches:
            for i, example in enumerate(batch.examples):
                label = None if batch.labels is None else batch.labels[i]
                writer.write(_serialized(example, label))


def _serialized(example, label):
    if example.ndim == 1:
        features = {"record": _whole_numbers(example.tolist())}
    else:
        png = tf.train.BytesList(value=[images_lib.png(example)])
        features = {"image": tf.train.Feature(bytes_list=png)}
    if label is not None:
        features["label"] = _whole_numbers([int(label)])
    made = tf.train.Example(features=tf.train.Features(feature=features))
    return made.SerializeToString()


def _whole_numbers(values):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def _write_npz(batches, path, name, *, num_samples):
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(f"{name}.npy", "w", force_zip64=True) as member,
    ):
        labels = []
        for i, batch in enumerate(batches):
            if i == 0:
                shape = (num_samples, *batch.examples.shape[1:])
                header = {"descr": "|u1", "fortran_order": False}
                np.lib.format.write_array_header_1_0(
                    member, header | {"shape": shape}
                )
            member.write(images_lib.to_uint8(batch.examples).tobytes())
            labels += [] if batch.labels is None else [batch.labels]
        member.close()
        if labels:
            with archive.open("labels.npy", "w") as member:
                np.lib.format.write_array(member, np.concatenate(labels))


def _write_pngs(batches, folder, *, num_samples):
    folder.mkdir()
    digits = len(str(num_samples - 1))
    number = 0
    for batch in batches:
        for i, image in enumerate(batch.examples):
            what = "" if batch.labels is None else f"_class{batch.labels[i]}"
            images_lib.save_png(image, folder / f"{number:0{digits}}{what}.png")
            number += 1
