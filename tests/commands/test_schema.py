"""A schema is drafted from names or public rows, and shown in words."""

import json

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.commands import schema as command
from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples
from tests.data.tables import tables


@pytest.fixture
def table(tmp_path):
    return tables.write(tmp_path / "t.csv", tables.rows())


def test_a_table_gives_its_names_and_the_reason(table, capsys):
    assert main.main(["schema", str(table)]) == 0
    said = capsys.readouterr()
    value = json.loads(said.out)
    assert value["columns"][1] == {"name": "age", "type": "?"}
    assert "without any protection" in said.err


def test_public_rows_give_all_of_it_in_a_file(table, capsys):
    output = table.parent / "schema.json"
    arguments = ["schema", str(table), "--public", f"--output={output}"]
    assert main.main(arguments) == 0
    said = capsys.readouterr()
    assert "was read as public" in said.err
    assert f"schema {output}" in said.err
    assert schema_text.read(output).names == tables.HEADER
    assert main.main(arguments) == 2
    assert "is not written over" in capsys.readouterr().err


def test_a_column_that_no_type_fits_is_named(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + 9 * "1,\n2,\n3,\n")
    assert main.main(["schema", str(path), "--public"]) == 0
    assert "No type fits 1 columns (b)" in capsys.readouterr().err


def test_a_schema_is_shown_in_words(tmp_path, capsys):
    path = tmp_path / "schema.json"
    path.write_text(examples.everything())
    assert main.main(["schema", str(path)]) == 0
    said = capsys.readouterr().out
    assert "7 columns, 70 cells." in said
    assert "F, M, X, missing" in said
    assert "0, 1 to 5, 6 to 11, ..., 100 to 104, 105 to 110" in said
    assert "named by patient" in said and "4 rows of a person" in said
    alone = schema_text.parse(examples.text(*examples.COLUMNS), source="a")
    assert command.in_words(alone).endswith("Each row is a unit of privacy.")


def test_programs_get_json(tmp_path, table, capsys):
    path = tmp_path / "schema.json"
    path.write_text(examples.everything())
    assert main.main(["schema", str(path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["num_cells"] == 70
    assert shown["columns"][3]["cells"] == ["no", "yes"]
    assert schema_text.of(shown["schema"]) == tables.SCHEMA
    assert main.main(["schema", str(table), "--json"]) == 0
    drafted = json.loads(capsys.readouterr().out)
    assert drafted["open_columns"] == list(tables.HEADER)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "FILE: missing"),
        (["none.csv"], "none.csv: no such file"),
        (["none.json"], "none.json: is no schema"),
        (["none.json", "--public"], "--public: is for a draft"),
        (["none.json", "--output=a"], "--output: is for a draft"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(arguments, said, capsys):
    assert main.main(["schema", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1
