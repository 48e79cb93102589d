"""CIFAR-10 is read from copies that others prepared."""

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data import tfds_store
from dpgan_tf.data.known import cifar10

_SHAPES = [(20, 32, 32, 3), (10, 32, 32, 3)]


@pytest.fixture(autouse=True)
def _few_records(monkeypatch):
    monkeypatch.setattr(cifar10, "_SHAPES", _SHAPES)


def _write_tfds(data_dir, *, num_train=20):
    """Write black pictures as TFDS stores this data set, with numbers."""
    builder = tfds.builder_cls("cifar10")
    features = tfds.features.FeaturesDict(
        {
            "id": tfds.features.Text(),
            "image": tfds.features.Image(shape=(32, 32, 3)),
            "label": tfds.features.ClassLabel(names=cifar10.CLASSES),
        }
    )
    black = np.zeros([32, 32, 3], np.uint8)
    parts = {
        part: [
            (i, {"id": f"{i}", "image": black, "label": i % 10})
            for i in range(num)
        ]
        for part, num in (("train", num_train), ("test", 10))
    }
    with tfds_store.hushed():
        tfds.dataset_builders.store_as_tfds_dataset(
            name="cifar10",
            version=str(builder.VERSION),
            features=features,
            split_datasets=parts,
            data_dir=data_dir,
            description="A test.",
            disable_shuffling=True,
        )


def _write_pictures(folder, names):
    for part, num in (("train", 2), ("test", 1)):
        for name in names:
            (folder / part / name).mkdir(parents=True)
            for number in range(num):
                picture = Image.new("RGB", (32, 32), (number, 9, 9))
                picture.save(folder / part / name / f"{number}.png")


def test_a_copy_of_tfds_is_read(tmp_path):
    _write_tfds(tmp_path)
    dataset = sources.load("cifar10", data_dir=tmp_path)
    assert dataset.train_images.shape == _SHAPES[0]
    assert dataset.form.num_classes == 10
    assert dataset.class_names[3] == "cat"


def test_a_prepared_folder_of_its_pictures_is_read(tmp_path):
    _write_pictures(tmp_path / "own", cifar10.CLASSES)
    _prepare(tmp_path)
    dataset = sources.load("cifar10", data_dir=tmp_path)
    assert dataset.name == "cifar10"
    assert dataset.test_images.shape == _SHAPES[1]
    assert dataset.class_names == cifar10.CLASSES


def test_a_folder_of_other_classes_is_refused(tmp_path):
    _write_pictures(tmp_path / "own", [*cifar10.CLASSES[:9], "van"])
    _prepare(tmp_path)
    with pytest.raises(errors.DatasetError, match="its classes are .*, van;"):
        sources.load("cifar10", data_dir=tmp_path)


def test_a_copy_of_another_size_is_refused(tmp_path):
    _write_tfds(tmp_path, num_train=19)
    with pytest.raises(errors.DatasetError, match=r"images are \[\(19, 32"):
        sources.load("cifar10", data_dir=tmp_path)


def test_the_way_to_get_it_is_told_where_there_is_none(tmp_path):
    with pytest.raises(
        errors.DatasetError, match="tfds build cifar10"
    ) as found:
        sources.load("cifar10", data_dir=tmp_path)
    assert f"--output={tmp_path}/cifar10" in str(found.value)


def _prepare(data_dir):
    sources.prepare(
        "folder",
        data_dir=data_dir,
        source=str(data_dir / "own"),
        size=32,
        output=str(data_dir / "cifar10"),
        processes=1,
    )
