"""Prepared pictures are read one by one, like an array."""

import json

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import limits
from dpgan_tf.data import sources
from dpgan_tf.data import split as splits
from dpgan_tf.data.pictures import decoding as picture
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import stored as stored_pictures
from tests.data.pictures import pets


@pytest.fixture(scope="module")
def store_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("stored")
    with pets.here():
        pets.build(pets.write_pictures(root / "pets"), root / "pets_8")
    return root


@pytest.fixture
def images(store_root):
    return stored_pictures.load(store_root / "pets_8").train_images


def test_a_folder_is_a_store_by_its_checksums(store_root):
    assert stored_pictures.is_store(store_root / "pets_8")
    assert not stored_pictures.is_store(store_root / "pets")
    assert not stored_pictures.is_store(store_root / "nowhere")


def test_a_view_reads_like_an_array(store_root):
    root = store_root
    images = sources.load("pets_8", data_dir=root).train_images
    array = np.asarray(images)
    assert images.shape == array.shape
    chosen = np.array([5, 0, 5, 2])
    np.testing.assert_array_equal(images[chosen], array[chosen])
    np.testing.assert_array_equal(images[1:4], array[1:4])
    np.testing.assert_array_equal(images[3], array[3])
    view = images.select(chosen)
    np.testing.assert_array_equal(np.asarray(view), array[chosen])
    assert images[np.array([], np.int64)].shape == (0, 8, 8, 3)
    with pytest.raises(IndexError):
        images[len(images)]


def test_pictures_that_were_prepared_without_names_are_split_by_number(
    here, tmp_path
):
    pets.build(pets.write_pictures(tmp_path / "pets"), tmp_path / "pets_8")
    path = tmp_path / "pets_8" / picture_folder.CHECKSUMS
    checksums = json.loads(path.read_text())
    del checksums[picture_folder.NAMES]
    path.write_text(json.dumps(checksums))
    dataset = sources.load("pets_8", data_dir=tmp_path)
    assert dataset.train_identities is None
    public, private, _ = splits.split_public_private(
        dataset, public_fraction=0.5, seed=0
    )
    assert len(public) + len(private) == len(dataset.train_images)


@pytest.mark.parametrize(
    "damage",
    ["missing", "truncated", "labels", "json", "names", "other names"],
)
def test_a_damaged_store_is_named(here, tmp_path, damage):
    pets.build(pets.write_pictures(tmp_path / "pets"), tmp_path / "pets_8")
    folder = tmp_path / "pets_8"
    shard = next(folder.glob("*train*"))
    if damage == "missing":
        shard.unlink()
    elif damage == "truncated":
        shard.write_bytes(shard.read_bytes()[:100])
    elif damage == "labels":
        np.savez(folder / "labels.npz", train=np.zeros(3), test=np.zeros(3))
    elif damage == "names":
        (folder / picture_folder.NAMES).unlink()
    elif damage == "other names":
        np.savez(folder / picture_folder.NAMES, train=[1], test=[2])
    else:
        (folder / "checksums.json").write_text("{")
    with pytest.raises(errors.DatasetError, match="anew"):
        images = stored_pictures.load(folder).train_images
        np.asarray(images)


def test_too_many_pictures_for_memory_are_refused(store_root, monkeypatch):
    root = store_root
    images = sources.load("pets_8", data_dir=root).train_images
    monkeypatch.setattr(limits, "MAX_ARRAY_BYTES", 100)
    with pytest.raises(errors.DatasetError, match="of memory at once"):
        np.asarray(images)
    assert images[:2].shape == (2, 8, 8, 3)


@pytest.mark.parametrize(
    "content", [b"\xff" * 9, b"", b"\x0a\x05ab", b"\x0a" * 99, b"\x08\x01"]
)
def test_a_record_that_is_no_example_has_no_picture(content):
    with pytest.raises(picture.UnusablePictureError, match="no picture"):
        stored_pictures._png(content)


def test_the_identity_is_of_the_choice_and_of_nothing_else(images):
    order = np.arange(len(images))
    assert images.identity == images.select(order).identity
    twice = images.select(order[::2]).select(np.array([1, 0]))
    assert twice.identity == images.select(np.array([2, 0])).identity
    others = [images, images.select(order[::-1]), images.select(order[1:])]
    assert len({one.identity for one in others}) == 3


def test_pictures_on_a_disk_have_a_type_and_shape_before_any_is_read(images):
    assert images.dtype == np.uint8 and images.ndim == 4
    assert images.shape == (len(images), 8, 8, 3)
    assert np.asarray(images, np.float32).dtype == np.float32


def test_more_pictures_than_are_read_at_once_keep_their_order(
    images, monkeypatch
):
    wanted = np.asarray(images)
    monkeypatch.setattr(stored_pictures, "_READ_AT_ONCE", 3)
    numbers = np.arange(len(images))[::-1]
    np.testing.assert_array_equal(images[numbers], wanted[::-1])


def test_a_record_that_is_no_picture_is_named_by_its_number(tmp_path):
    with pets.here(unit_size=pets.NUM):
        pets.build(pets.write_pictures(tmp_path / "pets"), tmp_path / "pets_8")
    (shard,) = (tmp_path / "pets_8").glob("*train*")
    num = len(stored_pictures.load(tmp_path / "pets_8").train_images)
    shard.unlink()
    with picture_folder.Writer(shard) as writer:
        for _ in range(num):
            writer.write(picture_folder.serialized_example(b"no picture", 0))
    images = stored_pictures.load(tmp_path / "pets_8").train_images
    said = "pets_8: record 2 is damaged .*: prepare the pictures anew"
    with pytest.raises(errors.DatasetError, match=said):
        images[2]
