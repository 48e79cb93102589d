"""What is written is read again as the same rows."""

import csv

import numpy as np
import pyarrow
import pytest
import tensorflow as tf
from pyarrow import parquet

from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import writing
from dpgan_tf.release import formulas
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling
from dpgan_tf.release import typed_writers
from tests import tiny_table

NAMES = sample_writers.Names(
    columns=tiny_table.SCHEMA.cells, schema=tiny_table.SCHEMA
)


def batches():
    """Return the samples as three batches, one of them empty."""
    made = tiny_table.samples()
    return [
        sampling.Samples(examples=made.examples[part], places=made.places[part])
        for part in (slice(0, 128), slice(128, 128), slice(128, 300))
    ]


def table():
    made = tiny_table.samples()
    return decoding.decode(tiny_table.SCHEMA, made.examples, made.places)


def written(write, path, names=NAMES):
    write(batches(), path, names, num_samples=300)
    return path


@pytest.mark.parametrize(
    ("write", "ending"),
    [
        (typed_writers.write_csv, "csv"),
        (typed_writers.write_parquet, "parquet"),
    ],
)
def test_a_file_can_be_trained_on_again(tmp_path, write, ending):
    """Its rows are in the cells that they were drawn in."""
    path = written(write, tmp_path / f"made.{ending}")
    dataset = reading.load(path, schema=tiny_table.SCHEMA)
    rows = np.concatenate([dataset.train_rows, dataset.test_rows])
    assert sorted(map(bytes, rows)) == sorted(
        map(bytes, tiny_table.samples().examples)
    )


def test_a_csv_file_has_the_texts_in_the_order_of_the_columns(tmp_path):
    path = written(typed_writers.write_csv, tmp_path / "made.csv")
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == tiny_table.SCHEMA.names
    expected = [
        writing.texts(column, table()[column.name])
        for column in tiny_table.SCHEMA.columns
    ]
    assert rows == list(map(list, zip(*expected, strict=True)))
    assert b'"a ""b"", c"' in path.read_bytes()


def test_formulas_are_escaped_in_texts_alone(tmp_path):
    names = sample_writers.Names(
        columns=tiny_table.SCHEMA.cells,
        schema=tiny_table.SCHEMA,
        as_text=formulas.escaped,
    )
    plain = written(typed_writers.write_csv, tmp_path / "plain.csv")
    escaped = written(typed_writers.write_csv, tmp_path / "safe.csv", names)
    text = plain.read_text("utf-8")
    assert "\n=1+1," in text and ",-5," in text
    assert escaped.read_text("utf-8") == text.replace("\n=1+1,", "\n'=1+1,")


def test_a_parquet_file_has_types_and_nulls(tmp_path):
    path = written(typed_writers.write_parquet, tmp_path / "made.parquet")
    found = parquet.read_table(path)
    assert dict(zip(found.schema.names, found.schema.types, strict=True)) == {
        "größe, a/b.c": pyarrow.string(),
        "died": pyarrow.bool_(),
        "ICU": pyarrow.bool_(),
        "age": pyarrow.int64(),
        "num": pyarrow.int64(),
        "creatinine": pyarrow.float32(),
        "latent": pyarrow.float32(),
        "admitted": pyarrow.date32(),
        "born": pyarrow.date32(),
        "seen": pyarrow.timestamp("ms"),
        "icd": pyarrow.string(),
    }
    for name, column in table().items():
        nulls = found[name].is_null().to_numpy()
        missing = column.is_missing
        assert nulls.sum() == (0 if missing is None else missing.sum())
        expected = column.values
        if expected.dtype.kind == "f":
            expected = expected.astype(np.float32)
        there = found[name].drop_null().to_pylist()
        assert there == expected[~nulls].tolist()


@pytest.mark.parametrize(("together", "num_groups"), [(2, 2), (512, 1)])
def test_a_parquet_file_keeps_many_batches_together(
    tmp_path, monkeypatch, together, num_groups
):
    monkeypatch.setattr(typed_writers, "_BATCHES_OF_A_GROUP", together)
    path = written(typed_writers.write_parquet, tmp_path / "made.parquet")
    facts = parquet.ParquetFile(path).metadata
    assert (facts.num_rows, facts.num_row_groups) == (300, num_groups)
    ages = parquet.read_table(path)["age"].to_numpy()
    np.testing.assert_array_equal(ages, table()["age"].values)


def test_an_example_has_a_feature_for_each_value(tmp_path):
    path = written(typed_writers.write_tfrecord, tmp_path / "made.tfrecord")
    found = [
        tf.train.Example.FromString(record.numpy()).features.feature
        for record in tf.data.TFRecordDataset(str(path))
    ]
    assert len(found) == 300
    values = table()
    for i in range(40):
        there = {
            name
            for name, column in values.items()
            if column.is_missing is None or not column.is_missing[i]
        }
        assert set(found[i]) == there
        assert found[i]["age"].int64_list.value[:] == [values["age"].values[i]]
        assert found[i]["died"].int64_list.value[:] == [
            int(values["died"].values[i])
        ]
        assert found[i]["latent"].float_list.value[:] == [
            np.float32(values["latent"].values[i])
        ]
        for name in ("admitted", "seen"):
            text = str(values[name].values[i]).encode()
            assert found[i][name].bytes_list.value[:] == [text]
        text = values["icd"].values[i].encode()
        assert found[i]["icd"].bytes_list.value[:] == [text]
