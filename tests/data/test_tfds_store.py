"""Stored data sets appear whole or not at all, and TFDS itself reads them."""

import errno
import json

import numpy as np
import pytest
import tensorflow_datasets as tfds

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import tfds_store


def _dataset(num_train=12, num_test=4):
    rng = np.random.default_rng(0)
    shape = (28, 28, 1)
    return datasets.ImageDataset(
        name="mnist",
        train_images=rng.integers(0, 256, (num_train, *shape), np.uint8),
        train_labels=np.arange(num_train) % 10,
        test_images=rng.integers(0, 256, (num_test, *shape), np.uint8),
        test_labels=np.arange(num_test) % 10,
        origin="a test",
        num_classes=10,
    )


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a data folder that holds the stored test data."""
    data_dir = tmp_path_factory.mktemp("stored")
    tfds_store.write(_dataset(), data_dir=data_dir)
    return data_dir


@pytest.fixture
def own_copy(tmp_path):
    """Return a data folder of its own, and the folder of the data set."""
    return tmp_path, tfds_store.write(_dataset(), data_dir=tmp_path)


def test_records_come_back_in_order(stored):
    dataset = tfds_store.read("mnist", data_dir=stored)
    expected = _dataset()
    for field in ("train_images", "train_labels", "test_images", "test_labels"):
        np.testing.assert_array_equal(
            getattr(dataset, field), getattr(expected, field)
        )
    assert "a test" in dataset.origin
    assert str(stored) in dataset.origin


def test_tfds_itself_reads_what_was_stored(stored):
    examples = tfds.as_numpy(
        tfds.load("mnist", split="train", data_dir=stored, download=False)
    )
    images = np.stack([example["image"] for example in examples])
    np.testing.assert_array_equal(images, _dataset().train_images)


def test_nothing_but_the_data_set_is_left(stored):
    assert [path.name for path in stored.iterdir()] == ["mnist"]
    assert len(list((stored / "mnist").iterdir())) == 1


def test_storing_is_silent(tmp_path, capfd):
    tfds_store.write(_dataset(), data_dir=tmp_path)
    assert capfd.readouterr() == ("", "")


def test_a_missing_copy_is_none(tmp_path):
    assert tfds_store.read("mnist", data_dir=tmp_path) is None


def test_an_interrupted_preparation_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(tfds_store, "_move", interrupt)
    with pytest.raises(KeyboardInterrupt):
        tfds_store.write(_dataset(), data_dir=tmp_path)
    assert not list((tmp_path / "mnist").iterdir())
    assert tfds_store.read("mnist", data_dir=tmp_path) is None


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("ResourceExhaustedError: No space left on device\nmore"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_a_full_disk_is_told_in_one_line(tmp_path, monkeypatch, failure):
    def store(**kwargs):
        raise failure

    monkeypatch.setattr(tfds.dataset_builders, "store_as_tfds_dataset", store)
    with pytest.raises(errors.DatasetError) as caught:
        tfds_store.write(_dataset(), data_dir=tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}: cannot store mnist there")
    assert "No space left on device" in message
    assert "\n" not in message
    assert not list((tmp_path / "mnist").iterdir())


def test_a_copy_that_another_process_made_first_is_kept(own_copy):
    data_dir, folder = own_copy
    before = (folder / "dataset_info.json").stat().st_mtime_ns
    assert tfds_store.write(_dataset(), data_dir=data_dir) == folder
    assert (folder / "dataset_info.json").stat().st_mtime_ns == before


def test_something_else_in_its_place_is_not_overwritten(tmp_path):
    folder = tmp_path / "mnist" / "3.0.1"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(errors.DatasetError, match=f"^{folder}: .*remove it"):
        tfds_store.write(_dataset(), data_dir=tmp_path)
    assert (folder / "notes.txt").read_text() == "mine"


def _cut_records(folder):
    (path,) = folder.glob("*train*")
    path.write_bytes(path.read_bytes()[:-100])


def _flip_record(folder):
    (path,) = folder.glob("*train*")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _remove_records(folder):
    (path,) = folder.glob("*train*")
    path.unlink()


def _cut_info(folder):
    path = folder / "dataset_info.json"
    path.write_text(path.read_text()[:-50])


def _empty_info(folder):
    (folder / "dataset_info.json").write_text("{}")


def _drop_test_split(folder):
    path = folder / "dataset_info.json"
    info = json.loads(path.read_text())
    info["splits"] = info["splits"][:1]
    path.write_text(json.dumps(info))


@pytest.mark.parametrize(
    "damage",
    [
        _cut_records,
        _flip_record,
        _remove_records,
        _cut_info,
        _empty_info,
        _drop_test_split,
    ],
)
def test_a_damaged_copy_is_refused_in_one_line(own_copy, damage):
    data_dir, folder = own_copy
    damage(folder)
    with pytest.raises(errors.DatasetError) as caught:
        tfds_store.read("mnist", data_dir=data_dir)
    message = str(caught.value)
    assert message.startswith(f"{folder}: the prepared copy is damaged")
    assert "remove that folder" in message
    assert "\n" not in message
