"""A data set is a name, a folder or a file, and anything else is explained."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import sources
from dpgan_tf.data.known import digits
from tests.data import files


def test_a_name_goes_to_tfds(monkeypatch):
    calls = []
    dataset = datasets.ImageDataset(
        name="few", train_images=files.images(3), num_classes=10
    )
    monkeypatch.setattr(
        digits.tfds_store,
        "read",
        lambda name, *, data_dir: calls.append((name, data_dir)) or dataset,
    )
    monkeypatch.setattr(digits, "_check_sizes", lambda dataset: dataset)
    found = sources.load("fashion_mnist", data_dir="somewhere")
    assert found.name == "few" and found.class_names[9] == "Ankle boot"
    assert calls == [("fashion_mnist", "somewhere")]


def test_a_folder_is_read_as_idx(tmp_path):
    folder = files.write_idx_folder(tmp_path / "own")
    dataset = sources.load(str(folder), data_dir="unused")
    np.testing.assert_array_equal(dataset.train_images, files.images(20))


def test_an_npz_file_is_read(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, images=files.images(3))
    dataset = sources.load(str(path), data_dir="unused")
    np.testing.assert_array_equal(dataset.train_images, files.images(3))


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(errors.DatasetError, match=r"did you mean mnist\?$"):
        sources.load("mnits", data_dir=tmp_path)


@pytest.mark.parametrize("name", ["celeba", "", "missing.npz"])
def test_an_unknown_name_is_answered_with_what_there_is(name, tmp_path):
    with pytest.raises(
        errors.DatasetError,
        match=rf"^dataset={name}: .*\(adult, cifar10, mnist, fashion_mnist",
    ):
        sources.load(name, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("celeb_a_48", "--dataset=celeb_a --data_dir"),
        ("lsun_l_64", "--dataset=lsun_l --data_dir"),
        ("sample_photos_64", "--dataset=sample_photos --size=64 --data_dir"),
    ],
)
def test_pictures_that_are_not_prepared_say_how(name, command, tmp_path):
    with pytest.raises(errors.DatasetError, match=f"prepare-data {command}"):
        sources.load(name, data_dir=tmp_path)


def test_a_folder_of_pictures_says_how_to_prepare_it(tmp_path):
    (tmp_path / "cat.jpg").write_bytes(b"x")
    with pytest.raises(errors.DatasetError, match="--dataset=folder --source"):
        sources.load(str(tmp_path), data_dir=tmp_path)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "images.tsv"
    path.write_text("1\t2\t3")
    with pytest.raises(errors.DatasetError, match="is a table"):
        sources.load(str(path), data_dir=tmp_path)


def test_only_files_of_the_user_may_number_their_labels(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, images=files.images(3), labels=np.array([1, 2, 3]))
    dataset = sources.load(
        str(path), data_dir=tmp_path, first_label=1, num_classes=3
    )
    assert dataset.train_labels.tolist() == [0, 1, 2]
    with pytest.raises(errors.ConfigError, match="first_label=1; mnist numb"):
        sources.load("mnist", data_dir=tmp_path, first_label=1, num_classes=10)
