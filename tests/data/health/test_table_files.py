"""A prepared table comes back as it was written, or its damage is named."""

import json

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data.health import table_files

ROWS = np.eye(4, 2, dtype=np.uint8)


def table(**fields):
    usual = {"train_rows": ROWS, "test_rows": ROWS[:1], "columns": ("a", "b")}
    return datasets.TableDataset(name="t", largest=1, **usual | fields)


@pytest.mark.parametrize(
    "identities", [None, np.array([2**63, 5, 0, 1], np.uint64)]
)
def test_a_table_comes_back_as_it_was_written(tmp_path, identities):
    wanted = table(
        columns=("b, c", "\u00e4"),
        train_identities=identities,
        origin="a test",
    )
    table_files.write(tmp_path / "rows", wanted, report={"seed": 3})
    found = table_files.load(tmp_path / "rows")
    np.testing.assert_array_equal(found.train_rows, wanted.train_rows)
    np.testing.assert_array_equal(found.test_rows, wanted.test_rows)
    np.testing.assert_array_equal(found.train_identities, identities)
    assert (found.columns, found.largest) == (wanted.columns, 1)
    assert (found.name, found.origin) == ("rows", "a test")


def test_a_report_says_what_it_is_given_and_what_is_known_anyway(tmp_path):
    table_files.write(tmp_path, table(), report={"seed": 3})
    report = json.loads((tmp_path / "report.json").read_text())
    assert report == {"largest": 1, "origin": "memory", "seed": 3}


def test_a_table_that_is_not_finished_is_none(tmp_path, monkeypatch):
    """The names of columns come last, and go first."""
    table_files.write(tmp_path, table(), report={})
    assert table_files.is_table(tmp_path)
    monkeypatch.setattr(table_files.np, "savez_compressed", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        table_files.write(tmp_path, table(), report={})
    assert not table_files.is_table(tmp_path)


def _interrupt(*args, **kwargs):
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_folder_without_names_of_columns_is_no_table(tmp_path, name):
    assert not table_files.is_table(tmp_path / name)


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda f: (f / "report.json").unlink(), "not a prepared table"),
        (
            lambda f: (f / "report.json").write_text("{}"),
            "not a prepared table",
        ),
        (lambda f: (f / "report.json").write_text("[1]"), "not a prepared"),
        (
            lambda f: (f / "report.json").write_text('{"largest": 0}'),
            "largest=0",
        ),
        (lambda f: (f / "columns.txt").write_text("a\n"), "expected 1"),
        (lambda f: (f / "columns.txt").write_text("a\na\n"), "twice"),
        (lambda f: (f / "records.npz").write_bytes(b"PK"), "records.npz"),
        (
            lambda f: np.savez(
                f / "records.npz",
                x_train=np.zeros([4, 2], np.uint8),
                x_test=np.eye(4, 2, dtype=np.uint8),
            ),
            "no count above 0",
        ),
    ],
)
def test_a_damaged_table_is_named(tmp_path, change, message):
    rows = np.eye(4, 2, dtype=np.uint8)
    table = datasets.TableDataset(
        name="t", train_rows=rows, test_rows=rows, columns=("a", "b"), largest=1
    )
    table_files.write(tmp_path, table, report={})
    change(tmp_path)
    with pytest.raises(errors.DatasetError, match=message):
        table_files.load(tmp_path)
