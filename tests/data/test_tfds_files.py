"""Descriptions of prepared data sets are read before TFDS trusts them."""

import json

import pytest

from dpgan_tf import errors
from dpgan_tf.data import tfds_files
from dpgan_tf.data import tfds_store
from tests.fuzz import cases


def write(folder, info, features=None, *, num_bytes=0):
    """Write descriptions, and records of so many bytes."""
    folder.mkdir(exist_ok=True)
    (folder / tfds_files.INFO).write_text(json.dumps(info))
    if features is not None:
        (folder / tfds_files.FEATURES).write_text(json.dumps(features))
    (folder / "records").write_bytes(bytes(num_bytes))
    return folder


def read(folder):
    with tfds_files.damage_named(folder, remedy="make it anew"):
        return "read"


def lengths(*numbers):
    return {"splits": [{"shardLengths": [number]} for number in numbers]}


def test_descriptions_that_are_right_are_let_through(tmp_path):
    features = {
        "pythonClassName": "tensorflow_datasets.core.features.FeaturesDict",
        "featuresDict": {
            "features": {"image": {"type": "tensorflow_datasets."}}
        },
    }
    folder = write(tmp_path, lengths(3, "4"), features, num_bytes=7 * 16)
    assert read(folder) == "read"


def test_a_data_set_without_features_or_splits_is_for_tfds_to_judge(tmp_path):
    assert read(write(tmp_path, {})) == "read"


@pytest.mark.parametrize("key", ["pythonClassName", "python_class_name"])
@pytest.mark.parametrize(
    "wrap", [lambda v: v, lambda v: {"a": v}, lambda v: {"a": [1, [v]]}]
)
def test_a_foreign_class_is_found_wherever_it_stands(tmp_path, key, wrap):
    folder = write(tmp_path, {}, wrap({key: "os.path"}))
    with pytest.raises(
        errors.DatasetError, match="names .?os.path.?, which is no class of"
    ):
        read(folder)


def test_as_many_records_as_bytes_can_hold_are_let_through(tmp_path):
    """A record takes sixteen bytes beside its content."""
    folder = write(tmp_path / "a", lengths(10**6))
    bytes_there = sum(path.stat().st_size for path in folder.iterdir())
    short = 16 * 10**6 - bytes_there
    write(folder, lengths(10**6), num_bytes=short)
    assert read(folder) == "read"
    write(folder, lengths(10**6), num_bytes=short - 1)
    with pytest.raises(errors.DatasetError, match="declares 1,000,000 records"):
        read(folder)


def test_whatever_a_reader_raises_is_damage_in_one_line(tmp_path):
    folder = write(tmp_path, {})
    with pytest.raises(errors.DatasetError) as raised:
        with tfds_files.damage_named(folder, remedy="make it anew"):
            raise KeyError("first\nsecond")
    said = str(raised.value)
    assert said.startswith(f"{folder}: the prepared copy is damaged (")
    assert said.endswith("): make it anew.") and "\n" not in said


@pytest.mark.parametrize(
    "error", [errors.UserError("own"), MemoryError(), PermissionError()]
)
def test_what_is_no_damage_is_raised_as_it_is(tmp_path, error):
    folder = write(tmp_path, {})
    with pytest.raises(type(error)) as raised:
        with tfds_files.damage_named(folder, remedy="make it anew"):
            raise error
    assert raised.value is error


def test_a_folder_without_a_description_is_damaged(tmp_path):
    with pytest.raises(errors.DatasetError, match="dataset_info.json"):
        read(tmp_path)


def test_a_description_is_a_text(tmp_path):
    folder = write(tmp_path, {"description": "made here", "name": "pets"})
    assert tfds_files.description_of(folder) == "made here"
    for info in ({}, {"description": 3}, []):
        write(folder, info)
        with pytest.raises(errors.DatasetError, match="run prepare-data"):
            tfds_files.description_of(folder)


@pytest.mark.parametrize("where", ["pythonClassName", "type"])
@pytest.mark.parametrize("module", ["this", "tests.fuzz.trap", "os.path"])
def test_a_description_cannot_have_a_module_imported(tmp_path, where, module):
    case = cases.picture_store(tmp_path)
    (path,) = [one for one in case.files if one.name == "features.json"]
    value = json.loads(path.read_text()) | {where: f"{module}.Image"}
    path.write_text(json.dumps(value))
    with pytest.raises(errors.DatasetError, match="no class of TFDS"):
        case.read()


@pytest.mark.parametrize("line", ["{", "[]", '{"splits": 5}', '{"name": []}'])
def test_a_description_that_tfds_cannot_read_is_named(tmp_path, line):
    case = cases.tfds_copy(tmp_path)
    folder = case.files[0].parent
    (folder / "dataset_info.json").write_text(line)
    with pytest.raises(errors.DatasetError, match="is damaged .*prepare-data"):
        tfds_store.read("mnist", data_dir=tmp_path)


@pytest.mark.parametrize("length", [5_000, 2**31, "2147483648", "-1", 1.5])
@pytest.mark.parametrize("make", [cases.tfds_copy, cases.picture_store])
def test_room_is_made_for_no_more_records_than_files_hold(
    tmp_path, make, length
):
    """TensorFlow ends the process where it cannot make room."""
    case = make(tmp_path)
    (path,) = [one for one in case.files if one.name == "dataset_info.json"]
    value = json.loads(path.read_text())
    value["splits"][0]["shardLengths"] = [length]
    path.write_text(json.dumps(value))
    with pytest.raises(errors.DatasetError, match="is damaged|expected 5000"):
        case.read()
