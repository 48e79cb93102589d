"""Rows fit their schema, and what was changed for that is counted."""

import csv
import json

import pytest

from dpgan_tf.data.health import schema_rows
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas

_SCHEMA = schemas.Schema(
    columns=(
        columns.Category(name="sex", values=("F", "M", "X"), other="X"),
        columns.Integer(name="age", edges=(1, 50, 89), points=(0, 91)),
        columns.Number(name="days", edges=(0, 1, 30), decimals=1),
        columns.Boolean(name="died", words=("no", "yes")),
        columns.Codes(name="icd", codes=("I10", "E11", "A00"), separator="|"),
    )
)
_ROW = {"sex": "F", "age": 50, "days": 2.0, "died": False, "icd": []}


@pytest.mark.parametrize(
    "given, expected",
    [
        ({}, ["F", "50", "2.0", "no", ""]),
        ({"died": True, "sex": ""}, ["", "50", "2.0", "yes", ""]),
        ({"days": 0.26, "age": 91}, ["F", "91", "0.3", "no", ""]),
        (
            {"icd": ["A00", "E11", "A00", "I10"]},
            ["F", "50", "2.0", "no", "I10|E11|A00"],
        ),
    ],
)
def test_values_are_written_in_the_words_of_the_schema(given, expected):
    fitting = schema_rows.Fitting(_SCHEMA)
    assert fitting.row(_ROW | given) == expected
    assert not fitting.changed and not fitting.unknown_codes


def test_what_does_not_fit_is_changed_and_counted():
    fitting = schema_rows.Fitting(_SCHEMA)
    odd = {"sex": "U", "age": 92, "days": 30.04, "icd": ["A00", "Z99", "Z99"]}
    assert fitting.row(_ROW | odd) == ["X", "91", "30.0", "no", "A00"]
    assert fitting.row(_ROW | {"days": -1})[2] == "0.0"
    assert fitting.changed == {"sex": 1, "age": 1, "days": 2}
    assert fitting.unknown_codes == {"Z99": 2}


def test_a_folder_is_written_with_its_schema_last(tmp_path):
    folder = tmp_path / "t"
    for rows in ([["1", 'a,"b"']], [["2", "c"]]):
        schema_rows.write(
            folder,
            name="rows.csv",
            content=schema_rows.csv_bytes(["x", "y"], rows),
            schema_text="{}",
            report={"rows": len(rows)},
        )
        with open(folder / "rows.csv", newline="") as file:
            assert list(csv.reader(file)) == [["x", "y"], *rows]
    names = {path.name for path in folder.iterdir()}
    assert names == {"rows.csv", "schema.json", "report.json"}
    assert json.loads((folder / "report.json").read_text()) == {"rows": 1}
