"""Units of a source are prepared one by one, and once."""

import io
import json
import pathlib

import numpy as np
import pytest
import tensorflow as tf
from array_record.python import array_record_module
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.data import chance
from dpgan_tf.data import sources
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import decoding as picture
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import source as picture_source
from dpgan_tf.data.pictures import units as picture_units
from tests.data.pictures import pets


@pytest.fixture
def pictures(here, tmp_path):
    """A source of three units."""
    return own_pictures.open_source(pets.write_pictures(tmp_path / "pets"))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "units").mkdir()
    return tmp_path / "units"


def prepare(source, folder, plan=pets.PLAN):
    picture_units.prepare_missing(source, folder, plan, 1)


def pictures_in(path):
    """Return the colours and labels of a unit's records, in their order."""
    reader = array_record_module.ArrayRecordReader(str(path))
    found = []
    for content in reader.read_all():
        features = tf.train.Example.FromString(content).features.feature
        (png,) = features["image"].bytes_list.value
        (label,) = features["label"].int64_list.value
        found.append((Image.open(io.BytesIO(png)).getpixel((0, 0))[0], label))
    reader.close()
    return found


def test_a_report_says_what_is_in_the_records(pictures, folder):
    prepare(pictures, folder)
    seen = []
    for number in range(3):
        report = picture_units.read(folder, number, num_classes=2)
        for split in picture_folder.SPLITS:
            path = picture_units.file_of(folder, number, split)
            if split not in report["checksums"]:
                assert report["labels"][split] == [] and not path.exists()
                continue
            assert picture_folder.sha256(path) == report["checksums"][split]
            found = pictures_in(path)
            assert report["labels"][split] == [label for _, label in found]
            assert len(report["identities"][split]) == len(found)
            seen += found
    assert sorted(seen) == [(i, i % 2) for i in range(pets.NUM)]


def test_a_number_stands_for_the_name_below_the_source(pictures, folder):
    prepare(pictures, folder)
    report = picture_units.read(folder, 0, num_classes=2)
    identities = sum(report["identities"].values(), [])
    names = [f"cats/{i:03}.png" for i in range(0, 20, 2)]
    assert sorted(identities) == sorted(map(chance.number_of, names))


def test_what_is_done_is_not_done_again(pictures, folder, monkeypatch):
    prepare(pictures, folder)
    monkeypatch.setattr(picture, "prepare_file", None)
    prepare(pictures, folder)


def test_a_unit_whose_report_is_damaged_is_prepared_again(pictures, folder):
    prepare(pictures, folder)
    report = picture_units.file_of(folder, 1, "json")
    before = json.loads(report.read_text())
    report.write_text(report.read_text()[:-9])
    with pytest.raises(errors.DatasetError, match=f"remove {folder} to prep"):
        picture_units.read(folder, 1, num_classes=2)
    prepare(pictures, folder)
    assert json.loads(report.read_text()) == before


@pytest.mark.parametrize(
    ("num_classes", "label"), [(0, 0), (2, 2), (2, -1), (2, True), (2, None)]
)
def test_a_label_that_cannot_be_is_damage(pictures, folder, num_classes, label):
    prepare(pictures, folder)
    path = picture_units.file_of(folder, 0, "json")
    report = json.loads(path.read_text())
    report["labels"]["train"][0] = label
    path.write_text(json.dumps(report))
    with pytest.raises(errors.DatasetError, match="is damaged"):
        picture_units.read(folder, 0, num_classes=num_classes)


def test_unusable_files_are_in_the_report_and_in_no_record(
    here, tmp_path, folder
):
    pets.write_pictures(tmp_path / "pets", 4)
    (tmp_path / "pets/cats/empty.png").write_bytes(b"")
    source = own_pictures.open_source(tmp_path / "pets")
    prepare(source, folder)
    report = picture_units.read(folder, 0, num_classes=2)
    name = str(tmp_path / "pets/cats/empty.png")
    assert report["unusable"] == {name: "is empty"}
    assert sum(map(len, report["labels"].values())) == 4
    assert report["changes"] == {}


def test_files_of_units_are_forgotten_and_no_others(pictures, folder):
    prepare(pictures, folder)
    (folder / "plan.json").write_text("{}")
    picture_units.forget(folder)
    assert [path.name for path in folder.iterdir()] == ["plan.json"]


def _is_held_out(root, name, **settings):
    root = pathlib.Path(root)
    item = picture_source.Picture(f"{root}/{name}", b"", None)
    source = picture_source.Source(
        root=root, classes=(), sizes=[1], identity="", pictures_of=iter
    )
    plan = picture_units.Plan(
        **{"size": 8, "channels": 3, "test_fraction": 0.3, "seed": 0} | settings
    )
    return picture_units.is_held_out(item, source, plan)


def test_what_is_held_out_follows_from_name_and_seed_alone():
    names = [f"cats/{i}.png" for i in range(2_000)]

    def held_out(root="/data/pets", **settings):
        return [_is_held_out(root, name, **settings) for name in names]

    # Binomial(2000, .3): five deviations of 20.5.
    assert abs(sum(held_out()) - 600) < 103
    assert held_out("/elsewhere") == held_out() == held_out(size=64)
    assert held_out(seed=1) != held_out()
    assert not any(held_out(test_fraction=0.0))
    more = held_out(test_fraction=0.5)
    assert all(b for a, b in zip(held_out(), more, strict=True) if a)


@pytest.mark.parametrize("is_test", [False, True])
def test_a_part_of_the_source_is_held_out_whatever_the_fraction(is_test):
    item = picture_source.Picture("/pets/1.png", b"", None, is_test)
    for fraction in (0.0, 0.9):
        plan = picture_units.Plan(
            size=8, channels=3, test_fraction=fraction, seed=0
        )
        assert picture_units.is_held_out(item, None, plan) == is_test


def test_an_interrupted_preparation_goes_on(here, tmp_path, monkeypatch):
    source = pets.write_pictures(tmp_path / "pets")
    prepared = []
    original = picture.prepare_file

    def interrupted(file, **settings):
        prepared.append(file.name)
        if len(prepared) == 15:
            raise KeyboardInterrupt
        return original(file, **settings)

    monkeypatch.setattr(picture, "prepare_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pets.build(source, tmp_path / "pets_8")
    assert not (tmp_path / "pets_8").exists()
    assert not list((tmp_path / "pets_8.partial").glob(".unit*"))
    report = pets.build(source, tmp_path / "pets_8")
    # The first unit of ten was finished and is not prepared again.
    assert len(prepared) == 15 + pets.NUM - 10
    assert sum(report.num_pictures.values()) == pets.NUM
    dataset = sources.load("pets_8", data_dir=tmp_path)
    whole = np.concatenate([dataset.train_images, dataset.test_images])
    assert pets.colours(whole) == list(range(pets.NUM))
