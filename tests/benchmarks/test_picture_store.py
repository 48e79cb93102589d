"""Data sets of any size are those that prepare-data writes."""

import numpy as np

from benchmarks import picture_store
from dpgan_tf.data import sources


def test_as_many_records_of_each_class_are_written_as_asked(tmp_path):
    folder = tmp_path / "pictures"
    picture_store.write(
        folder, 300, shape=(14, 14, 1), num_classes=10, square=7
    )
    dataset = sources.load(str(folder), data_dir=tmp_path)
    images, labels = dataset.training_part
    assert images.shape == (300, 14, 14, 1)
    assert dataset.form.num_classes == 10
    assert set(np.bincount(labels)) == {30}
    first = images[0].reshape(2, 7, 2, 7)
    assert (first == first[:, :1, :, :1]).all()


def test_pictures_of_another_class_are_others(tmp_path):
    folder = tmp_path / "pictures"
    picture_store.write(folder, 130, shape=(8, 8, 3), num_classes=100)
    images, labels = sources.load(str(folder), data_dir=tmp_path).training_part
    assert len(set(labels)) == 100
    assert len(np.unique(images[:100].reshape(100, -1), axis=0)) == 100
