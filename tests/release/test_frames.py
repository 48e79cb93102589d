"""A DataFrame has the columns' order and types."""

import sys

import numpy as np
import pytest

from dpgan_tf.release import frames
from tests import tiny_table
from tests.release import test_typed_writers as shared

pandas = pytest.importorskip("pandas")


def test_a_frame_has_the_order_the_types_and_the_gaps():
    found = frames.of_batches(shared.batches(), tiny_table.SCHEMA)
    assert tuple(found.columns) == tiny_table.SCHEMA.names
    assert {name: str(kind) for name, kind in found.dtypes.items()} == {
        "größe, a/b.c": "string",
        "died": "bool",
        "ICU": "boolean",
        "age": "int64",
        "num": "Int64",
        "creatinine": "Float64",
        "latent": "float64",
        "admitted": "datetime64[s]",
        "born": "datetime64[s]",
        "seen": "datetime64[s]",
        "icd": "string",
    }
    for name, column in shared.table().items():
        missing = column.is_missing
        if missing is None:
            missing = np.zeros(300, bool)
        np.testing.assert_array_equal(found[name].isna(), missing)
        assert found[name][~missing].tolist() == [
            pandas.Timestamp(value)
            if column.values.dtype.kind == "M"
            else value
            for value in column.values[~missing].tolist()
        ]


def test_without_pandas_there_are_arrays(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    found = frames.of_batches(shared.batches(), tiny_table.SCHEMA)
    assert tuple(found) == tiny_table.SCHEMA.names
    assert isinstance(found["num"], np.ma.MaskedArray)
    np.testing.assert_array_equal(
        found["num"].mask, shared.table()["num"].is_missing
    )
    np.testing.assert_array_equal(found["age"], shared.table()["age"].values)
