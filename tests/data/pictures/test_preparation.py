"""Any source is prepared with the same options, or taken as it is."""

import numpy as np
import pytest
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import preparation
from tests.data.pictures import pets


def prepare(folder, **settings):
    """Prepare the pictures in a folder, as a command without flags does."""
    usual = {
        "size": 8,
        "channels": "3",
        "test_fraction": None,
        "skip_unusable": False,
        "processes": None,
        "seed": 0,
    }
    return preparation.prepare(
        folder / "pets_8",
        lambda: own_pictures.open_source(folder / "pets"),
        **usual | settings,
    )


def prepare_pets(folder):
    pets.write_pictures(folder / "pets", 6)
    return prepare(folder)


def test_the_folder_is_what_can_be_loaded(here, tmp_path):
    pets.write_pictures(tmp_path / "pets")
    made = prepare(tmp_path)
    dataset = sources.load(made.dataset, data_dir="elsewhere")
    whole = np.concatenate([dataset.train_images, dataset.test_images])
    assert pets.colours(whole) == list(range(pets.NUM))
    assert made.report == ["  classes: cats, dogs"]


@pytest.mark.parametrize(("given", "taken"), [(None, 0.1), (0.0, 0.0)])
def test_a_tenth_is_held_out_where_nothing_is_said(
    here, tmp_path, given, taken
):
    pets.write_pictures(tmp_path / "pets", 6)
    prepare(tmp_path, test_fraction=given)
    facts = picture_folder.description_of(tmp_path / "pets_8")
    assert facts["test_fraction"] == taken


def test_what_was_changed_and_left_out_is_reported(here, tmp_path):
    pets.write_pictures(tmp_path / "pets", 4)
    for i in range(12):
        (tmp_path / f"pets/cats/{i:02}_empty.png").write_bytes(b"")
    Image.new("RGB", (9, 9)).save(tmp_path / "pets/dogs/9.png")
    report = prepare(tmp_path, skip_unusable=True, channels="1").report
    assert report[:2] == [
        "  5 pictures: colours made grey",
        "  left out: 12 files",
    ]
    assert len(report) == 2 + 10 + 1  # ten names, and the classes
    assert report[2] == f"    {tmp_path}/pets/cats/00_empty.png: is empty"
    dataset = sources.load("pets_8", data_dir=tmp_path)
    assert dataset.form.shape == (8, 8, 1)


def test_what_is_there_already_is_taken_and_its_source_not_opened(
    here, tmp_path
):
    first = prepare_pets(tmp_path)
    again = preparation.prepare(
        tmp_path / "pets_8",
        lambda: pytest.fail("opened"),
        size=8,
        channels="3",
        test_fraction=None,
        skip_unusable=False,
        processes=None,
        seed=0,
    )
    assert again.dataset == first.dataset
    assert list(again.report) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": 9}, r"\(size: 8, and now 9\)"),
        ({"channels": "1"}, r"\(channels: 3, and now 1\)"),
        ({"test_fraction": 0.2}, r"\(test_fraction: 0.1, and now 0.2\)"),
        ({"seed": 1}, r"\(seed: 0, and now 1\)"),
        ({"classes": ["cats"]}, r"classes: .*and now \['cats'\]"),
    ],
)
def test_what_is_there_otherwise_is_refused(here, tmp_path, settings, message):
    prepare_pets(tmp_path)
    with pytest.raises(errors.DatasetError, match=message):
        prepare(tmp_path, **settings)


def test_what_may_not_be_there_is_refused_even_if_it_is_the_same(
    here, tmp_path
):
    prepare_pets(tmp_path)
    with pytest.raises(errors.DatasetError, match="is there already"):
        prepare(tmp_path, may_be_there=False)


def _write_parts(folder):
    for part, shades in (("train", (10, 20, 30)), ("test", (200,))):
        (folder / "pets" / part).mkdir(parents=True)
        for shade in shades:
            image = Image.new("RGB", (9, 9), (shade, 0, 0))
            image.save(folder / "pets" / part / f"{shade}.png")


def test_a_test_part_is_held_out_and_nothing_else(here, tmp_path):
    _write_parts(tmp_path)
    assert prepare(tmp_path).report == ["  test/ is held out for scores"]
    dataset = sources.load("pets_8", data_dir=tmp_path)
    assert pets.colours(dataset.train_images) == [10, 20, 30]
    assert pets.colours(dataset.test_images) == [200]


def test_a_fraction_is_refused_where_there_is_a_test_part(tmp_path):
    _write_parts(tmp_path)
    with pytest.raises(errors.UserError, match="--test_fraction: .* test/"):
        prepare(tmp_path, test_fraction=0.2)
    assert not (tmp_path / "pets_8").exists()
