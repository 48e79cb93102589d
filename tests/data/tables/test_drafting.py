import json

import pyarrow
import pytest
from pyarrow import parquet

from dpgan_tf import errors
from dpgan_tf.data.tables import drafting
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import schema_text
from tests.data.tables import tables


def test_a_private_table_gives_names_and_nothing_of_its_rows(tmp_path):
    paths = [tmp_path / "t.csv", tmp_path / "u.csv"]
    tables.write(paths[0], tables.rows())
    tables.write(paths[1], tables.rows(30, seed=1))
    few, more = map(drafting.names_only, paths)
    assert few == more
    assert [each["name"] for each in few["columns"]] == list(tables.HEADER)
    assert drafting.open_columns(few) == list(tables.HEADER)
    with pytest.raises(errors.DatasetError, match=r"\(sex\): type is '\?'"):
        schema_text.of(few)


def test_public_rows_give_a_schema_that_reads_them(tmp_path):
    path = tables.write(tmp_path / "t.csv", tables.rows())
    value = drafting.of_public(path)
    assert not drafting.open_columns(value)
    schema = schema_text.parse(drafting.text(value), source="draft")
    found = reading.load(path, schema=schema)
    assert len(found.train_rows) + len(found.test_rows) == 400
    kinds = [column.TYPE for column in schema.columns]
    assert kinds == [column.TYPE for column in tables.SCHEMA.columns] + [
        "category"
    ]


def test_parquet_gives_the_same_draft(tmp_path):
    rows = tables.rows()
    path = tables.write(tmp_path / "t.csv", rows)
    columns = dict(zip(tables.HEADER, zip(*rows, strict=True), strict=True))
    columns["age"] = [int(text) for text in columns["age"]]
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    other = tmp_path / "t.parquet"
    assert drafting.of_public(path) == drafting.of_public(other)
    assert drafting.names_only(path) == drafting.names_only(other)


def test_a_draft_is_a_column_a_line():
    columns = [{"name": "Größe", "type": "?"}, {"name": "b", "type": "?"}]
    value = {"format": 1, "columns": columns}
    text = drafting.text(value)
    assert json.loads(text) == value
    assert text.count("\n") == 4 and "Größe" in text


def test_a_file_that_is_not_there_or_has_a_name_twice_is_refused(tmp_path):
    with pytest.raises(errors.DatasetError, match="no such file"):
        drafting.names_only(tmp_path / "none.csv")
    path = tmp_path / "t.csv"
    path.write_text("a,b,a\n1,2,3\n")
    for draft in (drafting.names_only, drafting.of_public):
        with pytest.raises(errors.DatasetError, match="more than once"):
            draft(path)
