"""Patches of two photographs that come with a library."""

import pathlib

import numpy as np
import pytest
from PIL import Image
from sklearn import datasets as sklearn_datasets

from dpgan_tf import __main__ as main
from dpgan_tf.data import sources
from dpgan_tf.data.known import sample_photos
from tests.data.pictures import pets


@pytest.fixture(autouse=True)
def few_patches(monkeypatch):
    monkeypatch.setattr(sample_photos, "_STRIDE", 150)


def test_patches_are_cut_out_where_their_names_say(tmp_path):
    folder = sample_photos.write(tmp_path / "patches")
    photos = sklearn_datasets.load_sample_images()
    names = [pathlib.Path(name).stem for name in photos.filenames]
    photo_of = dict(zip(names, photos.images, strict=True))
    paths = sorted(folder.rglob("*.png"))
    # Of 427 x 640: tops 0, 150, 300 and lefts 0, ..., 450.
    assert len(paths) == 2 * 3 * 4
    for path in paths:
        top, left = map(int, path.stem.split("_"))
        expected = photo_of[path.parent.name][top : top + 96, left : left + 96]
        np.testing.assert_array_equal(np.asarray(Image.open(path)), expected)


def test_patches_that_are_all_there_are_left_alone(tmp_path):
    folder = sample_photos.write(tmp_path / "patches")
    removed = next(folder.rglob("*.png"))
    removed.unlink()
    assert sample_photos.write(folder) == folder
    assert not removed.exists()


def test_patches_that_were_cut_in_part_are_cut_again(tmp_path, monkeypatch):
    def interrupt(image):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sample_photos.images, "png", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sample_photos.write(tmp_path)
    sample_photos.write(tmp_path)
    assert len(list(tmp_path.rglob("*.png"))) == 24


def _prepare(folder, *flags):
    command = ["prepare-data", "--dataset=sample_photos", "--size=48"]
    with pets.here():
        return main.main([*command, f"--data_dir={folder}", *flags])


def test_sample_photos_are_cut_once(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sample_photos, "_STRIDE", 80)
    assert _prepare(tmp_path) == 0
    first = capsys.readouterr().out
    assert "classes: china, flower" in first
    monkeypatch.setattr(sample_photos, "write", None)
    assert _prepare(tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == first.splitlines()[1:]
    assert _prepare(tmp_path, "--channels=1") == 2
    assert "channels: 3, and now 1" in capsys.readouterr().err
    dataset = sources.load("sample_photos_48", data_dir=tmp_path)
    flower = np.asarray(dataset.train_images)[dataset.train_labels == 1]
    # The flower is red and orange on green, and hardly has any blue.
    assert flower[..., 0].mean() > flower[..., 2].mean()
