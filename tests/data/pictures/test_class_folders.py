"""Sub-folders are classes, whose names are kept."""

import os

import pytest

from dpgan_tf import errors
from dpgan_tf.data.pictures import class_folders
from dpgan_tf.data.pictures import parts


def _make(root, *names):
    for name in names:
        (root / name).mkdir(parents=True)


def test_hidden_folders_and_files_do_not_count(tmp_path):
    _make(tmp_path, "dogs", "cats", ".git", "__MACOSX")
    (tmp_path / "note.txt").touch()
    assert class_folders.within(tmp_path) == [b"cats", b"dogs"]


def test_empty_folders_are_classes(tmp_path):
    _make(tmp_path, "cats", "dogs")
    assert class_folders.classes(tmp_path, None) == [b"cats", b"dogs"]


def test_one_folder_has_nothing_to_tell_apart(tmp_path):
    _make(tmp_path, "cats")
    assert class_folders.classes(tmp_path, None) == []


def test_one_folder_in_both_parts_has_nothing_to_tell_apart(tmp_path):
    _make(tmp_path, "train/cats", "test/cats")
    found = class_folders.classes(tmp_path, parts.Parts(b"train", b"test"))
    assert found == []


def test_a_folder_around_the_classes_is_refused(tmp_path):
    _make(tmp_path, "animals/cats", "animals/dogs")
    with pytest.raises(errors.DatasetError, match="--source=.*animals"):
        class_folders.classes(tmp_path, None)


def test_parts_of_other_classes_are_refused(tmp_path):
    _make(tmp_path, "train/cats", "train/dogs", "test/cats")
    with pytest.raises(errors.DatasetError, match="test has no sub-folder dog"):
        class_folders.classes(tmp_path, parts.Parts(b"train", b"test"))


@pytest.mark.parametrize("name", [b"a:b", b"a\nb", b"\xff", b"-rf", b"x" * 65])
def test_a_folder_whose_name_is_not_safe_is_refused(tmp_path, name):
    _make(tmp_path, "cats")
    os.mkdir(os.fsencode(tmp_path) + b"/" + name)
    with pytest.raises(
        errors.DatasetError, match="rename that folder"
    ) as found:
        class_folders.classes(tmp_path, None)
    assert str(found.value).isprintable()


def test_too_many_classes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(class_folders.checks, "MAX_CLASSES", 2)
    _make(tmp_path, "a", "b", "c")
    with pytest.raises(errors.DatasetError, match="has 3 sub-folder"):
        class_folders.classes(tmp_path, None)
