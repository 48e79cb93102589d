import gzip

import numpy as np
import pyarrow
import pytest
from pyarrow import csv
from pyarrow import parquet

from dpgan_tf import errors
from dpgan_tf.data import limits
from dpgan_tf.data import persons
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples
from tests.data.tables import tables

ALONE = schema_text.parse(examples.text(*examples.COLUMNS), source="alone")


def _load(path, *, schema=tables.SCHEMA, **more):
    return reading.load(path, schema=schema, **more)


def _sets(rows):
    return sorted(map(bytes, rows))


def test_rows_are_read_whole_and_one_person_in_twenty_is_held_out(tmp_path):
    rows = tables.rows(2_000)
    data = _load(tables.write(tmp_path / "t.csv", rows))
    assert data.columns == tables.SCHEMA.cells
    assert data.form.blocks == tables.SCHEMA.blocks
    assert (data.largest, data.schema) == (1, tables.SCHEMA)
    together = np.concatenate([data.train_rows, data.test_rows])
    expected = np.zeros_like(together)
    places = {name: i for i, name in enumerate(tables.SCHEMA.cells)}
    for number, row in enumerate(rows):
        for name in tables.names_of_cells(row):
            expected[number, places[name]] = 1
    assert _sets(together) == _sets(expected)
    units = persons.identities(
        np.array([row[-1] for row in rows]), num_records=2_000, source="t"
    )
    is_test = persons.are_chosen(units, purpose="held out", share=0.05)
    np.testing.assert_array_equal(data.train_units, units[~is_test])
    np.testing.assert_array_equal(data.train_rows, expected[~is_test])
    assert 40 < len(data.test_rows) < 170


def test_small_parts_give_the_same_rows(tmp_path, monkeypatch):
    path = tables.write(tmp_path / "t.csv", tables.rows())
    whole = _load(path)
    monkeypatch.setattr(reading, "_CHUNK_BYTES", 7 * tables.SCHEMA.num_cells)
    parts = _load(path)
    for name in ("train_rows", "test_rows", "train_units", "train_identities"):
        np.testing.assert_array_equal(
            getattr(whole, name), getattr(parts, name)
        )


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(",", "utf-16"), ("\t", "utf-8-sig"), ("|", "latin-1")],
)
def test_all_forms_of_text_give_the_same_rows(tmp_path, separator, encoding):
    rows = tables.rows()
    plain = _load(tables.write(tmp_path / "t.csv", rows))
    path = tmp_path / "t.tsv"
    tables.write(path, rows, separator=separator, encoding=encoding)
    path.write_bytes(gzip.compress(path.read_bytes()))
    np.testing.assert_array_equal(_load(path).train_rows, plain.train_rows)


def test_semicolons_and_decimal_commas_go_together(tmp_path):
    rows = tables.rows()
    plain = _load(tables.write(tmp_path / "t.csv", rows))
    for row in rows:
        row[2] = row[2].replace(".", ",")
        row[6] = f'"{row[6]}"'
    path = tables.write(tmp_path / "u.csv", rows, separator=";")
    np.testing.assert_array_equal(_load(path).train_rows, plain.train_rows)


def test_parquet_with_types_gives_the_same_rows(tmp_path):
    rows = tables.rows()
    path = tables.write(tmp_path / "t.csv", rows)
    plain = _load(path)
    typed = csv.read_csv(
        path, convert_options=csv.ConvertOptions(strings_can_be_null=True)
    )
    kinds = {str(field.type) for field in typed.schema}
    assert {"int64", "double", "date32[day]", "timestamp[s]"} <= kinds
    parquet.write_table(typed, tmp_path / "t.parquet")
    again = _load(tmp_path / "t.parquet")
    np.testing.assert_array_equal(again.train_rows, plain.train_rows)
    np.testing.assert_array_equal(again.train_units, plain.train_units)


def test_without_persons_a_row_more_moves_no_other(tmp_path):
    rows = [row[:-1] for row in tables.rows(600)]
    header = tables.HEADER[:-1]
    paths = [tmp_path / "t.csv", tmp_path / "u.csv"]
    tables.write(paths[0], rows, header=header)
    tables.write(paths[1], [rows[9], *rows], header=header)
    few, more = (_load(path, schema=ALONE) for path in paths)
    assert few.train_units is None
    assert len(few.train_rows) + len(few.test_rows) == 600
    lost = set(_sets(few.train_rows)) - set(_sets(more.train_rows))
    assert not lost and not (
        set(_sets(few.test_rows)) - set(_sets(more.test_rows))
    )
    assert set(few.train_identities) <= set(more.train_identities)


def test_a_value_outside_is_refused_with_its_row(tmp_path):
    rows = tables.rows()
    rows[30][1] = rows[40][1] = "130"
    rows[35][0] = "Z"
    path = tables.write(tmp_path / "t.csv", rows)
    with pytest.raises(errors.DatasetError) as caught:
        _load(path)
    said = str(caught.value)
    assert f"{path}: row 31, column age: '130' is outside 0 to 110" in said
    assert "(2 rows of this column; also sex (1 rows))" in said
    with pytest.raises(errors.DatasetError, match="row 36, column sex"):
        _load(path, outside="clip")


def test_what_is_placed_is_told_to_the_curator_alone(tmp_path, capsys):
    rows = tables.rows()
    rows[30][1], rows[35][0] = "98765", "Z"
    path = tables.write(tmp_path / "t.csv", rows)
    data = _load(path, outside="other")
    _load(path, outside="other")
    said = capsys.readouterr().err
    assert said.count("sex 1 rows, age 1 rows") == 1
    assert "do not publish" in said
    assert "98765" not in said + repr(data)


def test_the_data_set_says_nothing_of_its_rows(tmp_path):
    path = tmp_path / "t.csv"
    said = []
    for seed in (0, 1):
        tables.write(path, tables.rows(400 + seed, seed=seed))
        data = _load(path)
        said.append((repr(data), data.name, data.origin, data.form))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{header}\n", "has no rows"),
        ("{header}", "has no rows"),
        ("{header}\n \n\n", "has no rows"),
        ("{header}\n{row}\n", "1 rows of 1 persons are too few"),
        ("{header}\n{row}\x00\n", "line 2 has NUL bytes"),
        ("39,Private\n50,Self\n", "names none of the schema's columns"),
    ],
)
def test_a_file_that_cannot_be_learnt_from_is_refused(tmp_path, content, said):
    header = ",".join(tables.HEADER)
    row = ",".join(tables.rows(2)[0])
    path = tmp_path / "t.csv"
    path.write_text(content.format(header=header, row=row))
    with pytest.raises(errors.DatasetError, match=said) as caught:
        _load(path)
    assert "\n" not in str(caught.value)


def test_a_table_of_nothing_but_missing_values_is_refused(tmp_path):
    schema = schema_text.of(
        {
            "format": 1,
            "columns": [
                {"name": name, "type": "category", "values": ["x"]}
                | {"missing": True}
                for name in "ab"
            ],
        }
    )
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + 200 * ",NA\n")
    with pytest.raises(errors.DatasetError, match="every value of every row"):
        _load(path, schema=schema)


def test_a_person_that_is_missing_is_refused(tmp_path):
    rows = tables.rows()
    rows[3][-1] = ""
    path = tables.write(tmp_path / "t.csv", rows)
    with pytest.raises(errors.DatasetError, match="column patient: some rec"):
        _load(path)


def test_more_cells_than_memory_holds_are_refused(tmp_path, monkeypatch):
    path = tables.write(tmp_path / "t.csv", tables.rows())
    monkeypatch.setattr(limits, "MAX_ARRAY_BYTES", 10_000)
    with pytest.raises(errors.DatasetError, match="more than 10,000 cells"):
        _load(path)


def test_thousands_of_columns_are_read(tmp_path):
    names = [f"c{i}" for i in range(1_000)]
    schema = schema_text.of(
        {
            "format": 1,
            "columns": [{"name": name, "type": "boolean"} for name in names],
        }
    )
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2, [60, 1_000])
    path = tmp_path / "t.csv"
    lines = [",".join(map(str, row)) for row in (names, *values.tolist())]
    path.write_text("\n".join(lines))
    data = _load(path, schema=schema)
    together = np.concatenate([data.train_rows, data.test_rows])
    assert _sets(together[:, 1::2]) == _sets(values.astype(np.uint8))
    assert _sets(together[:, ::2]) == _sets(1 - values.astype(np.uint8))


def test_a_table_is_known_by_its_name(tmp_path):
    for name in ("a.csv", "a.CSV", "a.tsv.gz", "a.parquet", "a.pq"):
        (tmp_path / name).touch()
        assert reading.is_table(tmp_path / name)
    (tmp_path / "a.txt").touch()
    assert not reading.is_table(tmp_path / "a.txt")
    assert not reading.is_table(tmp_path / "none.csv")


def test_pandas_frames_are_read_by_way_of_parquet(tmp_path):
    pandas = pytest.importorskip("pandas")
    rows = tables.rows()
    plain = _load(tables.write(tmp_path / "t.csv", rows))
    frame = pandas.DataFrame(rows, columns=tables.HEADER)
    frame["age"] = frame["age"].astype(int)
    frame["creatinine"] = pandas.to_numeric(frame["creatinine"])
    frame["sex"] = frame["sex"].replace("", None).astype("category")
    frame["admitted"] = pandas.to_datetime(frame["admitted"])
    frame["died"] = frame["died"] == "yes"
    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    parquet.write_table(table, tmp_path / "t.parquet")
    again = _load(tmp_path / "t.parquet")
    np.testing.assert_array_equal(again.train_rows, plain.train_rows)
