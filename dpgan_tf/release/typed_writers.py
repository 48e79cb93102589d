"""Formats of typed rows, each written batch by batch.

Columns have the order and the names of the release's schema.
"""

import csv
import os
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from dpgan_tf.data import arrow
from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import writing
from dpgan_tf.release import features
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling

_BATCHES_OF_A_GROUP = 512
"""Number of batches that a Parquet file keeps together: 65,536 rows."""

_NUMBERS = (columns_lib.Integer.TYPE, columns_lib.Number.TYPE)
_ARROW_TYPES = {
    columns_lib.Category.TYPE: "string",
    columns_lib.Boolean.TYPE: "bool",
    columns_lib.Integer.TYPE: "int64",
    columns_lib.Number.TYPE: "float32",
    columns_lib.Date.TYPE: "date32",
    columns_lib.DateTime.TYPE: "timestamp[ms]",
    columns_lib.Codes.TYPE: "string",
}


def tables(
    batches: Iterable[sampling.Samples], schema: schemas.Schema
) -> Iterator[decoding.Table]:
    """Yield the typed columns of batches of samples.

    Args:
      batches: the samples, with places.
      schema: the release's schema.
    """
    for batch in batches:
        yield decoding.decode(schema, batch.examples, batch.places)


def write_csv(
    batches: sample_writers.Batches,
    path: pathlib.Path,
    names: sample_writers.Names,
    *,
    num_samples: int,
) -> None:
    """Write rows as text, as the schema's files have it.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    del num_samples
    schema = names.schema
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(map(names.as_text, schema.names))
        for table in tables(batches, schema):
            shown = [_texts(each, table, names) for each in schema.columns]
            writer.writerows(zip(*shown, strict=True))


def _texts(column, table, names) -> Sequence[str]:
    found = writing.texts(column, table[column.name])
    if column.TYPE in _NUMBERS:
        return found
    return list(map(names.as_text, found))


def write_parquet(
    batches: sample_writers.Batches,
    path: pathlib.Path,
    names: sample_writers.Names,
    *,
    num_samples: int,
) -> None:
    """Write a Parquet table of typed columns, with nulls for missing values.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    del num_samples
    pyarrow, parquet = arrow.module(), arrow.module("pyarrow.parquet")
    schema = pyarrow.schema(
        [
            (each.name, pyarrow.type_for_alias(_ARROW_TYPES[each.TYPE]))
            for each in names.schema.columns
        ]
    )
    with parquet.ParquetWriter(os.fspath(path), schema) as writer:
        waiting: list[Any] = []
        for table in tables(batches, names.schema):
            waiting.append(_arrow_table(table, schema))
            if len(waiting) == _BATCHES_OF_A_GROUP:
                writer.write_table(pyarrow.concat_tables(waiting))
                waiting = []
        if waiting:
            writer.write_table(pyarrow.concat_tables(waiting))


def _arrow_table(table: decoding.Table, schema: Any) -> Any:
    pyarrow = arrow.module()
    arrays = [
        pyarrow.array(_narrow(found.values), mask=found.is_missing, type=kind)
        for found, kind in zip(table.values(), schema.types, strict=True)
    ]
    return pyarrow.table(arrays, schema=schema)


def _narrow(values: np.ndarray) -> np.ndarray:
    """Return numbers as float32, as generators give them."""
    return values.astype(np.float32) if values.dtype.kind == "f" else values


def write_tfrecord(
    batches: sample_writers.Batches,
    path: pathlib.Path,
    names: sample_writers.Names,
    *,
    num_samples: int,
) -> None:
    """Write a `tf.train.Example` for each row: a feature for each value.

    A row has no feature for what it misses.

    Args:
      batches: the samples.
      path: file to write.
      names: the release's names.
      num_samples: number of samples in all batches together.
    """
    del num_samples
    with tf.io.TFRecordWriter(os.fsencode(path)) as writer:
        for table in tables(batches, names.schema):
            made = [_features(found) for found in table.values()]
            for row in zip(*made, strict=True):
                pairs = zip(table, row, strict=True)
                there = {name: one for name, one in pairs if one is not None}
                writer.write(features.serialized(there))


def _features(found: decoding.Values) -> list[Any]:
    """Return a feature for each value, None where it is missing."""
    values = found.values
    if values.dtype.kind == "M":
        values = np.datetime_as_string(values).astype(object)
    if values.dtype.kind == "b":
        values = values.astype(np.int64)
    make = {
        "O": features.of_texts,
        "f": features.of_real,
    }.get(values.dtype.kind, features.of_whole)
    missing = found.is_missing
    if missing is None:
        missing = np.zeros(len(values), bool)
    return [
        None if is_missing else make([value])
        for value, is_missing in zip(values.tolist(), missing, strict=True)
    ]
