"""Formats of samples, each written batch by batch.

Labels have the numbers of their owner, from `Names.first_label` on.
"""

import csv
import dataclasses
import os
import pathlib
import zipfile
from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf

from dpgan_tf import images as images_lib
from dpgan_tf.data import arrow
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import features
from dpgan_tf.release import sampling

Batches = Iterable[sampling.Samples]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Names:
    """The public names in a release, and how text shows them.

    Attributes:
      columns: names of the columns of records; empty for images.
      schema: schema whose cells these columns are; None for counts.
      classes: names of classes, in the order of the labels; empty if classes
        have none.
      first_label: number of the first class.
      as_text: what becomes of a text in a CSV file.
    """

    columns: tuple[str, ...] = ()
    schema: schemas.Schema | None = None
    classes: tuple[str, ...] = ()
    first_label: int = 0
    as_text: Callable[[str], str] = str

    def class_of(self, label: int) -> str:
        """Return the name of a label's class.

        Args:
          label: a label, if classes have names.
        """
        return self.classes[label - self.first_label]


NO_NAMES = Names()
"""Of images without names of classes."""


def write_csv(
    batches: Batches, path: pathlib.Path, names: Names, *, num_samples: int
) -> None:
    """Write records as text, below the columns' names.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    del num_samples
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(map(names.as_text, names.columns))
        for batch in batches:
            writer.writerows(batch.examples.tolist())


def write_parquet(
    batches: Batches, path: pathlib.Path, names: Names, *, num_samples: int
) -> None:
    """Write records as a Parquet table of uint8 columns.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    del num_samples
    pyarrow, parquet = arrow.module(), arrow.module("pyarrow.parquet")
    schema = pyarrow.schema([(name, pyarrow.uint8()) for name in names.columns])
    with parquet.ParquetWriter(os.fspath(path), schema) as writer:
        for batch in batches:
            columns = list(np.ascontiguousarray(batch.examples.T))
            writer.write_table(pyarrow.table(columns, schema=schema))


def write_tfrecord(
    batches: Batches, path: pathlib.Path, names: Names, *, num_samples: int
) -> None:
    """Write a `tf.train.Example` for each sample.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    del num_samples
    with tf.io.TFRecordWriter(os.fsencode(path)) as writer:
        for batch in batches:
            for i, example in enumerate(batch.examples):
                label = None if batch.labels is None else int(batch.labels[i])
                writer.write(_serialized(example, label, names))


def _serialized(example, label, names):
    if example.ndim == 1:
        found = {"record": features.of_whole(example.tolist())}
    else:
        found = {"image": features.of_bytes([images_lib.png(example)])}
    if label is not None:
        found["label"] = features.of_whole([label])
        if names.classes:
            found["class_name"] = features.of_texts([names.class_of(label)])
    return features.serialized(found)


def write_npz(
    batches: Batches, path: pathlib.Path, names: Names, *, num_samples: int
) -> None:
    """Write arrays, as `sample_files.write` says.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    name = "records" if names.columns else "images"
    labels: list[np.ndarray] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
            for i, batch in enumerate(batches):
                if i == 0:
                    shape = (num_samples, *batch.examples.shape[1:])
                    header = {"descr": "|u1", "fortran_order": False}
                    np.lib.format.write_array_header_1_0(
                        member, header | {"shape": shape}
                    )
                member.write(images_lib.to_uint8(batch.examples).tobytes())
                labels += [] if batch.labels is None else [batch.labels]
        if labels:
            _add_array(archive, "labels", np.concatenate(labels))
        if labels and names.classes:
            _add_array(archive, "class_names", np.array(names.classes))


def _add_array(archive, name, array):
    with archive.open(f"{name}.npy", "w") as member:
        np.lib.format.write_array(member, array)


def write_pngs(
    batches: Batches, folder: pathlib.Path, names: Names, *, num_samples: int
) -> None:
    """Write a picture for each image, in a sub-folder for each named class.

    Args:
      batches: the samples.
      folder: folder to make.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    for inner in names.classes or (".",):
        (folder / inner).mkdir(parents=True, exist_ok=True)
    digits = len(str(num_samples - 1))
    number = 0
    for batch in batches:
        for i, image in enumerate(batch.examples):
            label = None if batch.labels is None else int(batch.labels[i])
            place = _place(f"{number:0{digits}}", label, names)
            images_lib.save_png(image, folder / place)
            number += 1


def _place(number, label, names):
    """Return a picture's path in its folder."""
    if label is None:
        return f"{number}.png"
    if names.classes:
        return f"{names.class_of(label)}/{number}.png"
    return f"{number}_class{label}.png"
