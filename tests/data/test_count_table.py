"""Tables of counts are read as they are, up to a public limit."""

import collections
import pathlib

import numpy as np
import pandas
import pytest

from dpgan_tf import errors
from dpgan_tf.data import count_table
from dpgan_tf.data import npz
from dpgan_tf.data import sources


def _frame(num=400):
    counts = np.random.default_rng(0).integers(0, 2, [num, 3])
    return pandas.DataFrame(counts, columns=["401", "V01", "Angina pectoris"])


def _write(frame, path):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return path


@pytest.fixture(params=["rows.parquet", "rows.csv", "rows.csv.gz"])
def path(request, tmp_path):
    return tmp_path / request.param


def test_a_table_is_read_under_the_names_of_its_columns(path):
    frame = _frame()
    dataset = sources.load(str(_write(frame, path)), data_dir="unused")
    assert dataset.columns == ("401", "V01", "Angina pectoris")
    assert dataset.largest == 1
    assert len(dataset.train_rows) + len(dataset.test_rows) == len(frame)
    read = np.concatenate([dataset.train_rows, dataset.test_rows])
    assert sorted(read.tolist()) == sorted(frame.to_numpy().tolist())


def test_one_row_in_twenty_is_held_out():
    dataset = count_table.of_arrays(
        {
            "records": np.ones([20_000, 1], np.uint8),
            "columns": np.array(["a"]),
        },
        path=pathlib.Path("rows.npz"),
        largest_count=1,
    )
    assert len(dataset.test_rows) == pytest.approx(1_000, abs=100)


@pytest.mark.parametrize("place", [0, 200, 400])
def test_a_row_more_anywhere_moves_no_other(tmp_path, place):
    whole = _frame(401)
    found = [
        count_table.load(_write(frame, tmp_path / f"{len(frame)}.csv"))
        for frame in (whole, whole.drop(index=place))
    ]
    for side in ("train_rows", "test_rows"):
        more, fewer = (
            collections.Counter(map(tuple, getattr(one, side).tolist()))
            for one in found
        )
        assert not fewer - more
        assert (more - fewer).total() <= 1


def test_yes_and_no_are_counts(tmp_path):
    frame = _frame() == 1
    dataset = count_table.load(_write(frame, tmp_path / "rows.parquet"))
    assert dataset.train_rows.max() == 1


def test_counts_go_up_to_the_declared_limit(path):
    frame = _frame()
    frame.loc[7, "V01"] = 9
    _write(frame, path)
    dataset = sources.load(str(path), data_dir="unused", largest_count=9)
    assert dataset.largest == 9 and dataset.form.largest == 9
    with pytest.raises(errors.DatasetError, match="V01: has numbers above 8"):
        sources.load(str(path), data_dir="unused", largest_count=8)


def test_the_limit_is_never_counted(path):
    _write(0 * _frame() + [0, 1, 0], path)
    assert count_table.load(path, largest_count=200).largest == 200


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            "text",
            "is not of numbers .*`dpgan schema FILE`.*--schema=schema.json",
        ),
        (0.5, "has fractions or missing values"),
        (None, "missing values|is not of numbers"),
        (-1, "has numbers below 0"),
        (300, "has numbers above 1; .*data.largest_count=N"),
        (2**60, "has numbers above 1"),
        (pandas.Timestamp(0), "is not of numbers"),
    ],
)
def test_columns_that_are_no_counts_are_refused(path, column, message):
    frame = _frame()
    frame["new"] = column
    with pytest.raises(errors.DatasetError, match=f"^{path}: .*{message}"):
        count_table.load(_write(frame, path))


def test_text_is_told_of_before_numbers(tmp_path):
    frame = pandas.DataFrame({"age": [39, 50], "work": ["State", "Private"]})
    with pytest.raises(errors.DatasetError, match="column work: is not of num"):
        count_table.load(_write(frame, tmp_path / "adult.csv"))


def test_missing_values_are_refused(path):
    frame = _frame()
    frame["new"] = pandas.array([None] + [1] * 399, "Int64")
    with pytest.raises(errors.DatasetError, match="new: has missing values"):
        count_table.load(_write(frame, path))


@pytest.mark.parametrize("name", ["a\nb", "x\x1b[2J", "x" * 201, ""])
def test_names_that_a_release_cannot_show_are_refused(tmp_path, name):
    frame = _frame().rename(columns={"401": name})
    frame.to_parquet(tmp_path / "rows.parquet")
    with pytest.raises(errors.DatasetError, match="a column named") as found:
        count_table.load(tmp_path / "rows.parquet")
    assert str(found.value).isprintable()


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    (tmp_path / "rows.csv").write_text("a,b,a\n" + 50 * "1,0,1\n")
    with pytest.raises(errors.DatasetError, match="a is there more than once"):
        count_table.load(tmp_path / "rows.csv")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", b"", "not a readable CSV"),
        ("rows.csv", b"a,b\n", "has no rows"),
        ("rows.csv", b"a,b\n1,0\n1\n", "not a readable CSV"),
        ("rows.csv", b"a\n1\n0\n", "2 rows are too few"),
        ("rows.csv", b"a\n" + 50 * b"0\n", "no count above 0"),
        ("rows.csv", b"\xff,b\n" + 50 * b"1,0\n", "not a readable CSV"),
        ("rows.parquet", b"PAR1" + bytes(50), "not a readable Parquet"),
        ("rows.parquet", b"", "not a readable Parquet"),
        ("rows.csv.gz", b"\x1f\x8b\x08" + bytes(30), "not a readable CSV"),
    ],
)
def test_other_files_are_refused_in_a_line(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(errors.DatasetError, match=message) as found:
        count_table.load(tmp_path / name)
    assert "\n" not in str(found.value)


def test_more_rows_than_memory_are_refused(tmp_path, monkeypatch):
    path = _write(_frame(), tmp_path / "rows.csv")
    monkeypatch.setattr(count_table.limits, "MAX_ARRAY_BYTES", 1_000)
    with pytest.raises(errors.DatasetError, match="more than 1,000 counts"):
        count_table.load(path)
    path = _write(_frame(), tmp_path / "rows.parquet")
    with pytest.raises(errors.DatasetError, match="its header declares 1,200"):
        count_table.load(path)


def test_rows_may_be_in_an_npz_file(tmp_path):
    path = tmp_path / "rows.npz"
    rows = _frame().to_numpy()
    np.savez(path, records=rows, columns=np.array(["a", "b", "c"]))
    dataset = sources.load(str(path), data_dir="unused")
    assert dataset.columns == ("a", "b", "c")
    np.savez(path, records=2 * rows, columns=np.array(["a", "b", "c"]))
    assert npz.load(path, largest_count=2).largest == 2


@pytest.mark.parametrize(
    "arrays",
    [
        {"records": np.ones([9, 3], int)},
        {"records": np.ones([9, 3], int), "columns": np.array(["a", "b"])},
        {"records": np.ones([9], int), "columns": np.array(["a"])},
    ],
)
def test_rows_without_names_of_columns_are_refused(tmp_path, arrays):
    path = tmp_path / "rows.npz"
    np.savez(path, **arrays)
    with pytest.raises(errors.DatasetError, match=r"expected \[n, columns\]"):
        npz.load(path)


def test_a_limit_for_other_data_is_refused(tmp_path):
    with pytest.raises(
        errors.ConfigError, match="largest_count=2; mnist is no"
    ):
        sources.load("mnist", data_dir=tmp_path, largest_count=2)


def _frame_of_persons(num=400, **persons):
    frame = _frame(num)
    frame["patient"] = [f"p{i // 4}" for i in range(num)]
    return frame.assign(**persons)


def test_a_column_names_persons_and_is_not_learnt_from(path):
    dataset = sources.load(
        str(_write(_frame_of_persons(), path)),
        data_dir="unused",
        unit_column="patient",
    )
    assert dataset.columns == ("401", "V01", "Angina pectoris")
    assert set(np.unique(dataset.train_units, return_counts=True)[1]) == {4}
    assert len(dataset.test_rows) % 4 == 0 < len(dataset.test_rows)
    assert dataset.train_identities is None


@pytest.mark.parametrize(
    ("persons", "column", "problem"),
    [
        ({}, "person", "has 0 columns person"),
        (
            {"patient": [None] + 399 * ["a"]},
            "patient",
            "missing values|no pers",
        ),
        (
            {"patient": [""] + 399 * ["a"]},
            "patient",
            "missing values|no person",
        ),
        ({"patient": 400 * [0.5]}, "patient", "a whole number or a text"),
    ],
)
def test_a_column_without_persons_is_refused(path, persons, column, problem):
    _write(_frame_of_persons(**persons), path)
    with pytest.raises(errors.DatasetError, match=problem):
        count_table.load(path, unit_column=column)


def test_a_column_of_persons_is_for_tables(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.zeros([3, 8, 8], np.uint8))
    with pytest.raises(errors.ConfigError, match="data.unit_column=a; "):
        sources.load(str(tmp_path / "a.npz"), data_dir="", unit_column="a")
