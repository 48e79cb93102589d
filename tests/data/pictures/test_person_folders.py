"""Folders of persons are what they are declared to be, or refused."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data import split as splits
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import store as picture_store
from tests.data.known import test_own_pictures
from tests.data.pictures import pets


def touch(folder, *names):
    test_own_pictures.touch(folder, *names)
    return folder


def persons_of(folder, **how):
    source = own_pictures.open_source(folder, units="folders", **how)
    assert source.has_persons
    return {
        item.name.removeprefix(f"{folder}/"): (item.person, item.label)
        for unit in range(source.num_units)
        for item in source.pictures_of(unit)
    }


def test_a_person_stands_below_the_class(tmp_path):
    touch(tmp_path, "a/ann/1.png", "a/bob/1.png", "b/ann/2.png", "b/ann/3.png")
    assert persons_of(tmp_path) == {
        "a/ann/1.png": ("ann", 0),
        "a/bob/1.png": ("bob", 0),
        "b/ann/2.png": ("ann", 1),
        "b/ann/3.png": ("ann", 1),
    }


def test_without_labels_a_person_stands_at_the_top(tmp_path):
    touch(tmp_path, "ann/1.png", "ann/2.png", "bob/1.png")
    found = persons_of(tmp_path, labelled=False)
    assert [person for person, _ in found.values()] == ["ann", "ann", "bob"]


def test_parts_stand_above_both(tmp_path):
    touch(tmp_path, "train/a/ann/1.png", "train/b/bob/1.png")
    touch(tmp_path, "test/a/eve/1.png", "test/b/joe/1.png")
    assert persons_of(tmp_path)["test/b/joe/1.png"] == ("joe", 1)


@pytest.mark.parametrize(
    ("names", "labelled"),
    [
        (["ann/1.png", "bob/1.png"], True),
        (["a/ann/1.png", "b/2.png"], True),
        (["a/ann/x/1.png", "b/bob/1.png"], True),
        (["a/ann/1.png", "b/bob/1.png"], False),
        (["ann/1.png", "2.png"], False),
        (["1.png"], False),
    ],
)
def test_other_folders_are_refused_in_one_line(tmp_path, names, labelled):
    touch(tmp_path, *names)
    with pytest.raises(errors.DatasetError, match="PERSON/FILE") as caught:
        persons_of(tmp_path, labelled=labelled)
    assert "\n" not in str(caught.value)


def test_a_person_of_both_parts_is_refused(tmp_path):
    touch(tmp_path, "train/a/ann/1.png", "train/b/bob/1.png")
    touch(tmp_path, "test/a/eve/1.png", "test/b/ann/1.png")
    with pytest.raises(errors.DatasetError, match="ann is a person of both"):
        persons_of(tmp_path)


def test_files_of_examples_have_no_persons(tmp_path):
    touch(tmp_path, "a.tfrecord")
    with pytest.raises(errors.DatasetError, match="persons have no folders"):
        persons_of(tmp_path)


def test_prepared_pictures_know_their_persons(tmp_path):
    """Held out, public and private parts have whole persons."""
    for person in range(12):
        pets.write_pictures(tmp_path / "pets", num=4, classes=(f"p{person}",))
    source = own_pictures.open_source(
        tmp_path / "pets", labelled=False, units="folders"
    )
    with pets.here():
        picture_store.build(
            source, tmp_path / "pets_8", pets.PLAN, skip_unusable=False
        )
    dataset = sources.load("pets_8", data_dir=tmp_path)
    sizes = np.unique(dataset.train_units, return_counts=True)[1]
    assert set(sizes) == {4} and 0 < len(sizes) < 12
    assert len(dataset.test_images) == 48 - sizes.sum()
    public, private, _ = splits.split_public_private(
        dataset, public_fraction=0.5, seed=1, most_records_per_unit=3
    )
    assert len(public) % 4 == 0 and set(np.bincount(private.units)) == {3}
