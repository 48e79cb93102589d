"""What a folder of pictures, or of files of examples, holds."""

import os
import pathlib

import pytest

from dpgan_tf import errors
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import source as picture_source
from tests.data.pictures import record_files


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names_of(source):
    root = picture_source.show(source.root)
    return [
        (os.path.relpath(item.name, root), item.label)
        for unit in range(source.num_units)
        for item in source.pictures_of(unit)
    ]


def test_sub_folders_are_classes(tmp_path):
    touch(tmp_path, "dogs/b.png", "cats/z/deep.png", "cats/a.png")
    source = own_pictures.open_source(tmp_path)
    assert source.classes == ("cats", "dogs")
    assert names_of(source) == [
        ("cats/a.png", 0),
        ("cats/z/deep.png", 0),
        ("dogs/b.png", 1),
    ]


def test_the_number_of_classes_does_not_depend_on_a_picture(tmp_path):
    """Whoever has the only picture of a class is not seen by its absence."""
    touch(tmp_path, "dogs/b.png", "cats/a.png", "__MACOSX/dogs/b.png")
    (tmp_path / "birds").mkdir()
    source = own_pictures.open_source(tmp_path)
    assert source.classes == ("birds", "cats", "dogs")
    assert names_of(source) == [("cats/a.png", 1), ("dogs/b.png", 2)]


def parts_of(source):
    root = picture_source.show(source.root)
    return {
        os.path.relpath(item.name, root): (item.label, item.is_test)
        for unit in range(source.num_units)
        for item in source.pictures_of(unit)
    }


@pytest.mark.parametrize(
    ("training", "test"), [("train", "test"), ("Training", "val")]
)
def test_train_and_test_are_parts_and_no_classes(tmp_path, training, test):
    files = [f"{part}/{c}/1.png" for part in (training, test) for c in "ab"]
    touch(tmp_path, *files)
    source = own_pictures.open_source(tmp_path)
    assert source.classes == ("a", "b")
    assert source.test_part == f"{test}/"
    assert parts_of(source) == dict(
        zip(files, [(0, False), (1, False), (0, True), (1, True)], strict=True)
    )
    unlabelled = own_pictures.open_source(tmp_path, labelled=False)
    assert unlabelled.classes == ()
    assert set(parts_of(unlabelled).values()) == {(None, False), (None, True)}


def test_parts_without_classes_have_no_labels(tmp_path):
    touch(tmp_path, "train/1.png", "test/1.png")
    source = own_pictures.open_source(tmp_path)
    assert source.classes == ()
    assert parts_of(source) == {
        "train/1.png": (None, False),
        "test/1.png": (None, True),
    }


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["train/a/1", "test/a/1", "extra/a/1"], "has test, train.*and extra"),
        (["train/a/1", "train/b/1", "test/a/1", "test/c/1"], "has no sub-f"),
        (["train/a/1", "train/b/1", "test/1"], "is next to the sub-folders"),
        (["train/a/1", "test/a/1", "labels.txt"], "txt: is next to the parts"),
        (["train/a/1", "train/b/1"], "or --source=.*train"),
        (["cifar/train/a/1", "cifar/test/a/1"], "or --source=.*cifar"),
    ],
)
def test_parts_that_cannot_be_meant_are_refused(tmp_path, files, message):
    touch(tmp_path, *files)
    with pytest.raises(errors.DatasetError, match=message):
        own_pictures.open_source(tmp_path)


@pytest.mark.parametrize("labelled", [False, True])
def test_parts_of_other_names_are_refused_with_labels_or_without(
    tmp_path, labelled
):
    touch(tmp_path, "train_images/1.png", "test_images/1.png")
    with pytest.raises(errors.DatasetError, match="rename them train and"):
        own_pictures.open_source(tmp_path, labelled=labelled)


def test_record_files_of_other_parts_are_not_mixed(tmp_path):
    for name in ("a-train.tfrecord", "a-dev.tfrecord", "a-eval2.tfrecord"):
        record_files.write_tfrecord(
            tmp_path / name, [record_files.example(image=b"x")]
        )
    with pytest.raises(errors.DatasetError, match="rename them train and"):
        own_pictures.open_source(tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ("train/a.tfrecord", "test/a.tfrecord"),
        ("pets-train.tfrecord-00000-of-00001", "pets-test.tfrecord-0-of-1"),
    ],
)
def test_parts_of_record_files_are_kept(tmp_path, names):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        record_files.write_tfrecord(
            tmp_path / name, [record_files.example(image=name.encode())]
        )
    source = own_pictures.open_source(tmp_path)
    assert source.test_part == "test/"
    found = {
        item.file.decode(): item.is_test
        for unit in range(source.num_units)
        for item in source.pictures_of(unit)
    }
    assert found == {names[0]: False, names[1]: True}


def test_names_with_control_characters_are_shown_with_escapes(tmp_path):
    touch(tmp_path, "a\x1b[31m\n.png")
    ((name, _),) = names_of(own_pictures.open_source(tmp_path))
    assert name == "a\\x1b[31m\\n.png"


def test_without_sub_folders_there_are_no_labels(tmp_path):
    touch(tmp_path, "b.png", "a.png")
    source = own_pictures.open_source(tmp_path)
    assert source.classes == ()
    assert names_of(source) == [("a.png", None), ("b.png", None)]


def test_labels_can_be_left_aside(tmp_path):
    touch(tmp_path, "dogs/b.png", "a.png")
    source = own_pictures.open_source(tmp_path, labelled=False)
    assert source.classes == ()
    assert names_of(source) == [("a.png", None), ("dogs/b.png", None)]


def test_hidden_files_and_thumbnail_caches_are_no_pictures(tmp_path):
    touch(tmp_path, "a.png", ".hidden.png", ".git/b.png", "Thumbs.db")
    assert names_of(own_pictures.open_source(tmp_path)) == [("a.png", None)]


def test_units_cover_every_picture_once(tmp_path, monkeypatch):
    monkeypatch.setattr(own_pictures, "_MIN_UNIT", 3)
    touch(tmp_path, *(f"{i:02}.png" for i in range(10)))
    source = own_pictures.open_source(tmp_path)
    assert source.num_units == 4
    assert source.sizes == [3, 3, 3, 1]
    assert len(set(names_of(source))) == 10


def test_names_that_are_not_utf8_are_shown_with_escapes(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.png")
    pathlib.Path(os.fsdecode(path)).write_bytes(b"x")
    source = own_pictures.open_source(tmp_path)
    assert names_of(source) == [("caf\\xe9.png", None)]
    (item,) = source.pictures_of(0)
    assert item.file.read_bytes() == b"x"
    item.name.encode("utf-8")


def test_the_identity_changes_with_the_files(tmp_path):
    touch(tmp_path, "a.png")
    first = own_pictures.open_source(tmp_path).identity
    typed_otherwise = tmp_path / ".." / tmp_path.name
    assert own_pictures.open_source(typed_otherwise).identity == first
    assert own_pictures.open_source(tmp_path).identity == first
    (tmp_path / "a.png").write_bytes(b"longer")
    changed = own_pictures.open_source(tmp_path).identity
    assert changed != first
    touch(tmp_path, "b.png")
    assert own_pictures.open_source(tmp_path).identity != changed


def test_a_link_in_a_circle_is_named(tmp_path):
    touch(tmp_path, "a.png")
    (tmp_path / "loop").symlink_to(tmp_path)
    with pytest.raises(errors.DatasetError, match="loop: is a link"):
        own_pictures.open_source(tmp_path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "holds no files"),
        (["pets/cats/a.png"], "has 1 sub-folder, which has sub-folders"),
        (["cats/a.png", "dogs/a.png", "loose.png"], "loose.png: is next to"),
        (["a.tfrecord", "b.png"], "b.png: lies among files of examples"),
    ],
)
def test_folders_that_cannot_be_meant_are_refused(tmp_path, files, message):
    touch(tmp_path, *files)
    with pytest.raises(errors.DatasetError, match=message):
        own_pictures.open_source(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(errors.DatasetError, match="no such folder"):
        own_pictures.open_source(tmp_path / "absent")


def test_classes_are_not_counted_for_pictures(tmp_path):
    touch(tmp_path, "a.png")
    with pytest.raises(errors.DatasetError, match="num_classes=3"):
        own_pictures.open_source(tmp_path, num_classes=3)


@pytest.mark.parametrize(
    "names", [["cats/a.png", "cats/b.png"], ["train/cats/1", "test/cats/1"]]
)
def test_pictures_of_one_sub_folder_have_no_labels(tmp_path, names):
    touch(tmp_path, *names)
    source = own_pictures.open_source(tmp_path)
    assert source.classes == ()
    assert {label for label, _ in parts_of(source).values()} == {None}
    assert "pictures have no labels" in source.remark


def test_pictures_of_several_sub_folders_need_no_remark(tmp_path):
    touch(tmp_path, "cats/a.png", "dogs/b.png")
    assert own_pictures.open_source(tmp_path).remark == ""
