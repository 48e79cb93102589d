"""Records in memory become a file that their owner alone can read."""

import os

import numpy as np
import pandas
import pytest
from pyarrow import parquet

from dpgan_tf import errors
from dpgan_tf.data import in_memory
from dpgan_tf.data import npz
from tests.data import files


def _written(data, tmp_path, **declared):
    path = tmp_path / "private" / "records.npz"
    in_memory.write(data, path, **declared)
    return npz.load(path)


def test_images_are_written(tmp_path):
    dataset = _written(files.images(3), tmp_path)
    np.testing.assert_array_equal(dataset.train_images, files.images(3))
    assert dataset.train_labels is None


@pytest.mark.parametrize("pair", [tuple, list])
def test_images_and_labels_are_written_with_what_is_declared(tmp_path, pair):
    data = pair([files.images(3), [0, 2, 0]])
    dataset = _written(
        data, tmp_path, num_classes=3, class_names=["cat", "dog", "bird"]
    )
    assert dataset.train_labels.tolist() == [0, 2, 0]
    assert dataset.form.num_classes == 3
    assert dataset.class_names == ("cat", "dog", "bird")


def test_nothing_is_declared_that_nobody_said(tmp_path):
    dataset = _written((files.images(3), np.array([0, 1, 2])), tmp_path)
    assert dataset.form.num_classes == 0 and dataset.class_names == ()


def test_labels_keep_their_numbers(tmp_path):
    in_memory.write((files.images(3), [1, 26, 7]), tmp_path / "a.npz")
    dataset = npz.load(tmp_path / "a.npz", first_label=1, num_classes=26)
    assert dataset.train_labels.tolist() == [0, 25, 6]


def test_a_frame_of_counts_is_written(tmp_path):
    counts = np.random.default_rng(0).integers(0, 4, [200, 2])
    frame = pandas.DataFrame(counts, columns=["401", "V01"])
    in_memory.write(frame, tmp_path / "a.npz")
    dataset = npz.load(tmp_path / "a.npz", largest_count=3)
    assert dataset.columns == ("401", "V01")
    assert len(dataset.train_rows) + len(dataset.test_rows) == 200


def test_its_owner_alone_can_read_the_file(tmp_path):
    before = os.umask(0)
    try:
        in_memory.write(files.images(3), tmp_path / "a.npz")
    finally:
        os.umask(before)
    assert (tmp_path / "a.npz").stat().st_mode & 0o777 == 0o600


def test_the_same_records_are_the_same_file(tmp_path):
    for name in ("a.npz", "b.npz"):
        in_memory.write((files.images(3), [0, 1, 2]), tmp_path / name)
    contents = [(tmp_path / name).read_bytes() for name in ("a.npz", "b.npz")]
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros([3, 3, 8, 8], np.uint8), "data: images: .*channels first"),
        (np.full([3, 8, 8], 255.0), r"data: images: .*expected \[-1, 1\]"),
        ("scans", "data: images: images have shape"),
        ({}, "data: images: images have shape"),
        ((files.images(3), [0.0, 1.0, 2.0]), "labels have dtype float64"),
        ((files.images(3), [0, 1]), r"data: labels: labels are int64 \[2\]"),
        ([[[1]], [[1], [2, 3]], 4], "data: is no array"),
        (pandas.DataFrame({"a": ["x"]}), "data: column a: is not of numbers"),
        (pandas.DataFrame({"a": [256]}), "data: column a: has numbers above"),
    ],
)
def test_what_cannot_be_records_is_refused_and_not_written(
    tmp_path, data, message
):
    with pytest.raises(errors.DatasetError, match=message):
        in_memory.write(data, tmp_path / "a.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("units", [["a", "b", "a"], [3, 4, 3]])
def test_persons_are_written_beside_arrays(tmp_path, units):
    dataset = _written(files.images(3), tmp_path, units=units)
    found = dataset.train_units
    assert found[0] == found[2] != found[1]


@pytest.mark.parametrize("kind", [str, int])
def test_a_column_of_a_frame_names_persons(tmp_path, kind):
    names = [kind(i // 3) for i in range(300)]
    frame = pandas.DataFrame({"401": 100 * [1, 0, 1], "who": names})
    dataset = _written(frame, tmp_path, unit_column="who")
    assert dataset.columns == ("401",)
    assert set(np.unique(dataset.train_units, return_counts=True)[1]) == {3}


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ({"units": [1, 2]}, "one person for each record"),
        ({"units": ["a", None, "b"]}, "no person"),
        ({"unit_column": "who"}, "is for a table"),
        ({"units": [1, 2, 3], "unit_column": "who"}, "is for a table"),
    ],
)
def test_persons_that_do_not_fit_arrays_are_refused(tmp_path, named, problem):
    with pytest.raises(errors.DatasetError, match=problem):
        _written(files.images(3), tmp_path, **named)
    assert not (tmp_path / "private").exists()


def test_persons_of_a_frame_are_named_once(tmp_path):
    frame = pandas.DataFrame({"401": [1, 0], "who": [1, None]})
    with pytest.raises(errors.DatasetError, match="not both"):
        _written(frame, tmp_path, units=[1, 2], unit_column="who")
    with pytest.raises(errors.DatasetError, match="none missing"):
        _written(frame, tmp_path, unit_column="who")
    with pytest.raises(errors.DatasetError, match="has 0 columns whom"):
        _written(frame, tmp_path, unit_column="whom")


def test_a_table_of_any_columns_is_written_for_its_owner(tmp_path):
    frame = pandas.DataFrame(
        {"sex": ["F", None], 7: [1.5, np.nan], "seen": pandas.NaT}
    )
    path = tmp_path / "private" / "a.parquet"
    before = os.umask(0)
    try:
        in_memory.write_table(frame, path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    found = parquet.read_table(path)
    assert found.column_names == ["sex", "7", "seen"]
    assert found["sex"].to_pylist() == ["F", None]
    in_memory.write_table(frame, tmp_path / "b.parquet")
    assert (tmp_path / "b.parquet").read_bytes() == path.read_bytes()


def test_a_column_of_several_types_is_named(tmp_path):
    frame = pandas.DataFrame({"sex": ["F", 1]})
    with pytest.raises(errors.DatasetError, match="column sex: has values of"):
        in_memory.write_table(frame, tmp_path / "a.parquet")
    with pytest.raises(errors.DatasetError, match="is for a DataFrame or"):
        in_memory.write_table(files.images(3), tmp_path / "a.parquet")
    assert not list(tmp_path.iterdir())
