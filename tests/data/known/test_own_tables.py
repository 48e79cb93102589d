import pytest

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data.tables import schema_text
from tests.data.tables import tables

SCHEMA = schema_text.to_text(tables.SCHEMA)


def test_a_table_is_read_by_its_schema(tmp_path):
    path = tables.write(tmp_path / "t.csv", tables.rows())
    found = sources.load(str(path), data_dir=tmp_path, schema=SCHEMA)
    assert found.schema == tables.SCHEMA
    assert found.columns == tables.SCHEMA.cells
    assert found.describe()[0].endswith("7 columns in 70 cells")


def test_the_policy_for_values_outside_is_passed_on(tmp_path):
    rows = tables.rows()
    rows[0][1] = "130"
    path = tables.write(tmp_path / "t.csv", rows)
    with pytest.raises(errors.DatasetError, match="outside 0 to 110"):
        sources.load(str(path), data_dir=tmp_path, schema=SCHEMA)
    sources.load(str(path), data_dir=tmp_path, schema=SCHEMA, outside="clip")


def test_without_a_schema_it_is_a_table_of_counts(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + 60 * "1,0\n0,1\n")
    assert sources.load(str(path), data_dir=tmp_path).schema is None
    tables.write(path, tables.rows())
    with pytest.raises(errors.DatasetError, match="dpgan schema FILE"):
        sources.load(str(path), data_dir=tmp_path)
    path = tables.write(tmp_path / "t.tsv", tables.rows(), separator="\t")
    with pytest.raises(errors.DatasetError, match="dpgan schema .*t.tsv"):
        sources.load(str(path), data_dir=tmp_path)


def test_a_schema_of_other_data_is_idle(tmp_path):
    with pytest.raises(errors.ConfigError, match="data.schema=.*leave it out"):
        (tmp_path / "a.npz").touch()
        sources.load(str(tmp_path / "a.npz"), data_dir=tmp_path, schema=SCHEMA)


def test_a_setting_that_is_no_schema_is_named(tmp_path):
    path = tables.write(tmp_path / "t.csv", tables.rows())
    with pytest.raises(errors.DatasetError, match="data.schema: is no schema"):
        sources.load(str(path), data_dir=tmp_path, schema="{}")
