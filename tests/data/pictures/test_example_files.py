"""Pictures in files of `tf.train.Example`."""

import os
import pathlib

import numpy as np
import pytest
import tensorflow as tf
from array_record.python import array_record_module

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import example_files
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import store as picture_store
from dpgan_tf.data.pictures import units as picture_units
from tests.data.pictures import pets
from tests.data.pictures import record_files


def open_files(root, *names, **settings):
    return example_files.open_files(
        root, [root / n for n in names], **{"num_classes": 0} | settings
    )


def write(root, *names):
    for name in names:
        record = record_files.example(image=name.encode(), label=1)
        record_files.write_tfrecord(root / name, [record])


def test_a_unit_is_a_file_in_the_order_given(tmp_path):
    write(tmp_path, "b.tfrecord", "a.tfrecord")
    source = open_files(tmp_path, "b.tfrecord", "a.tfrecord")
    assert source.num_units == 2
    found = [item.file for i in (0, 1) for item in source.pictures_of(i)]
    assert found == [b"b.tfrecord", b"a.tfrecord"]


def test_a_picture_is_named_by_its_file_and_number(tmp_path):
    path = tmp_path / "a.tfrecord"
    records = [record_files.example(image=b"x")] * 3
    record_files.write_tfrecord(path, records)
    (*_, last) = open_files(tmp_path, "a.tfrecord").pictures_of(0)
    assert last.name == f"{path}, example 2"


def test_classes_are_numbers_and_without_them_labels_are_left_aside(tmp_path):
    write(tmp_path, "a.tfrecord")
    labelled = open_files(tmp_path, "a.tfrecord", num_classes=3)
    assert labelled.classes == ("0", "1", "2")
    assert [item.label for item in labelled.pictures_of(0)] == [1]
    unlabelled = open_files(tmp_path, "a.tfrecord")
    assert unlabelled.classes == ()
    assert [item.label for item in unlabelled.pictures_of(0)] == [None]


def test_files_of_a_test_part_are_held_out(tmp_path):
    write(tmp_path, "a.tfrecord", "b.tfrecord")
    settings = {"test_part": "b", "test_files": [tmp_path / "b.tfrecord"]}
    source = open_files(tmp_path, "a.tfrecord", "b.tfrecord", **settings)
    found = [item.is_test for i in (0, 1) for item in source.pictures_of(i)]
    assert found == [False, True]
    alone = open_files(tmp_path, "a.tfrecord")
    assert [item.is_test for item in alone.pictures_of(0)] == [None]


def test_the_identity_is_of_names_sizes_and_times(tmp_path):
    write(tmp_path, "a.tfrecord", "b.tfrecord")

    def identity(*names):
        return open_files(tmp_path, *names).identity

    first = identity("a.tfrecord")
    assert identity("a.tfrecord") == first != identity("b.tfrecord")
    os.utime(tmp_path / "a.tfrecord", ns=(1, 1))
    assert identity("a.tfrecord") != first


def test_more_array_records_than_are_read_at_once_are_all_read(tmp_path):
    path = tmp_path / "a.array_record"
    writer = array_record_module.ArrayRecordWriter(str(path), "group_size:1")
    for i in range(129):
        writer.write(record_files.example(image=b"%d" % i))
    writer.close()
    source = open_files(tmp_path, path.name)
    found = [int(item.file) for item in source.pictures_of(0)]
    assert found == list(range(129))


def test_what_was_read_before_the_damage_is_given_first(tmp_path):
    path = tmp_path / "a.tfrecord"
    record_files.write_tfrecord(path, [record_files.example(image=b"x")] * 3)
    path.write_bytes(path.read_bytes()[:-1])
    pictures = open_files(tmp_path, path.name).pictures_of(0)
    assert [next(pictures).file, next(pictures).file] == [b"x", b"x"]
    with pytest.raises(errors.DatasetError, match="copy it again, or remove"):
        next(pictures)


def test_tfrecord_and_array_record_files_are_read(tmp_path):
    record_files.write_tfrecord(
        tmp_path / "a_microarray.tfrecord-00000-of-00001",
        [
            record_files.example(image=b"one", label=1),
            record_files.example(image=b"two", label=0),
        ],
    )
    writer = array_record_module.ArrayRecordWriter(
        str(tmp_path / "b.array_record"), "group_size:1"
    )
    writer.write(
        record_files.example(image__encoded=b"three", image__class__label=2)
    )
    writer.close()
    source = own_pictures.open_source(tmp_path, num_classes=3)
    assert source.unit == "file"
    found = [
        (item.file, item.label)
        for unit in range(source.num_units)
        for item in source.pictures_of(unit)
    ]
    assert found == [(b"one", 1), (b"two", 0), (b"three", 2)]
    unlabelled = own_pictures.open_source(tmp_path)
    assert {item.label for item in unlabelled.pictures_of(0)} == {None}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xff\xff", "is no tf.train.Example"),
        (
            record_files.example(pixels=b"one", label=1),
            r"has no image or image/encoded",
        ),
        (record_files.example(image=b"one"), "has no label"),
        (
            record_files.example(image=b"one", label=7),
            "label 7; expected 0 to 2",
        ),
    ],
    ids=["no example", "no image", "no label", "unknown label"],
)
def test_examples_that_are_not_right_are_named(tmp_path, content, message):
    record_files.write_tfrecord(tmp_path / "a.tfrecord", [content])
    source = own_pictures.open_source(tmp_path, num_classes=3)
    with pytest.raises(errors.DatasetError, match=f"example 0.*{message}"):
        list(source.pictures_of(0))


def test_a_truncated_record_file_is_named(tmp_path):
    path = tmp_path / "a.tfrecord"
    record_files.write_tfrecord(
        path, [record_files.example(image=b"one" * 50, label=1)]
    )
    path.write_bytes(path.read_bytes()[:-20])
    source = own_pictures.open_source(tmp_path, num_classes=3)
    with pytest.raises(errors.DatasetError, match="a.tfrecord: cannot be read"):
        list(source.pictures_of(0))


def test_files_of_examples_are_prepared(here, tmp_path):
    pictures = pets.write_pictures(tmp_path / "pets", 6)
    (tmp_path / "records").mkdir()
    path = tmp_path / "records" / "a.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for i, file in enumerate(sorted(pictures.rglob("*.png"))):
            content = pathlib.Path(file).read_bytes()
            writer.write(picture_folder.serialized_example(content, i % 3))
    source = own_pictures.open_source(tmp_path / "records", num_classes=3)
    plan = picture_units.Plan(size=8, channels=3, test_fraction=0.0, seed=0)
    picture_store.build(
        source, tmp_path / "made", plan, skip_unusable=False, num_processes=1
    )
    dataset = sources.load("made", data_dir=tmp_path)
    assert dataset.num_classes == 3
    np.testing.assert_array_equal(dataset.train_labels, np.arange(6) % 3)
    assert pets.colours(dataset.train_images) == list(range(6))
    assert os.listdir(tmp_path / "records") == ["a.tfrecord"]
