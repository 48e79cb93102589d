"""Labels and names of classes are in every format that has labels."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.data import npz
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling

NAMES = sample_writers.Names(classes=("cat", "dog"), first_label=1)


def _batches():
    images = np.zeros([5, 4, 4, 1], np.float32)
    labels = np.array([1, 2, 1, 2, 2])
    return [
        sampling.Samples(images[:3], labels[:3]),
        sampling.Samples(images[3:], labels[3:]),
    ]


def test_an_npz_file_can_be_trained_on_again(tmp_path):
    path = tmp_path / "made.npz"
    sample_writers.write_npz(_batches(), path, NAMES, num_samples=5)
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["labels"].tolist() == [1, 2, 1, 2, 2]
        assert arrays["class_names"].tolist() == ["cat", "dog"]
    dataset = npz.load(path, first_label=1)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.train_labels.tolist() == [0, 1, 0, 1, 1]


def test_classes_without_names_have_none_in_a_file(tmp_path):
    path = tmp_path / "made.npz"
    sample_writers.write_npz(
        _batches(), path, sample_writers.NO_NAMES, num_samples=5
    )
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays) == {"images", "labels"}


def test_pictures_lie_in_folders_of_their_classes(tmp_path):
    folder = tmp_path / "made"
    sample_writers.write_pngs(_batches(), folder, NAMES, num_samples=5)
    found = sorted(str(p.relative_to(folder)) for p in folder.rglob("*.png"))
    assert found == [
        *("cat/0.png", "cat/2.png", "dog/1.png", "dog/3.png", "dog/4.png")
    ]


def test_an_example_names_its_class(tmp_path):
    path = tmp_path / "made.tfrecord"
    sample_writers.write_tfrecord(_batches(), path, NAMES, num_samples=5)
    first = next(iter(tf.data.TFRecordDataset(str(path)))).numpy()
    features = tf.train.Example.FromString(first).features.feature
    assert features["label"].int64_list.value[:] == [1]
    assert features["class_name"].bytes_list.value[:] == [b"cat"]


@pytest.mark.parametrize(("label", "name"), [(1, "cat"), (2, "dog")])
def test_a_label_counts_from_the_first(label, name):
    assert NAMES.class_of(label) == name
