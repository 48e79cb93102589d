"""prepare-data says what it found, and fails with one line."""

import concurrent.futures

import numpy as np
import pytest
from absl import flags
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.commands import prepare_data
from dpgan_tf.data import sources
from dpgan_tf.data.pictures import units as picture_units
from tests.data import files


def _run(*arguments):
    flag_values = flags.FlagValues()
    prepare_data.define_flags(flag_values)
    flag_values(["prepare-data", *arguments])
    prepare_data.run(flag_values)


def test_a_folder_is_described(tmp_path, capsys):
    folder = files.write_idx_folder(tmp_path / "own")
    _run(f"--dataset={folder}")
    assert capsys.readouterr().out.splitlines() == [
        f"own, from IDX files in {folder}",
        "  training  20 images of 4x3x1 (uint8) with labels, pixels from 0 "
        "to 255",
        "  test      5 images of 4x3x1 (uint8) with labels, pixels from 4 "
        "to 248",
    ]


def test_a_file_without_labels_and_test_part_is_described(tmp_path, capsys):
    path = tmp_path / "own.npz"
    images = np.zeros((1234, 2, 2, 3))
    images[0] = 0.5
    np.savez(path, images=images)
    _run(f"--dataset={path}")
    assert capsys.readouterr().out.splitlines() == [
        f"own, from file {path}",
        "  training  1,234 images of 2x2x3 (float32) without labels, pixels "
        "from 0 to 0.5",
        "  test      none",
        "Warning: own: pixels from 0 to 0.5 are taken to be of a range from -1 "
        "(black) to 1 (white); if they have another range, save 2 * x - 1 for "
        "pixels in [0, 1].",
    ]


def test_mnist_in_data_is_the_default():
    flag_values = flags.FlagValues()
    prepare_data.define_flags(flag_values)
    flag_values(["prepare-data"])
    assert (flag_values.dataset, flag_values.data_dir) == ("mnist", "data")


def test_a_missing_data_set_is_an_error_of_the_user(tmp_path):
    with pytest.raises(errors.UserError, match="dataset=nothing"):
        _run("--dataset=nothing", f"--data_dir={tmp_path}")


def _write_pets(folder):
    for name, shade in (("cats", 10), ("dogs", 200)):
        (folder / name).mkdir(parents=True)
        for i in range(3):
            image = Image.new("L", (20, 30), shade + i)
            image.save(folder / name / f"{i}.png")


def test_a_folder_of_pictures_is_prepared_and_described(tmp_path, capsys):
    _write_pets(tmp_path / "pets")
    _run(
        "--dataset=folder",
        f"--source={tmp_path / 'pets'}",
        f"--data_dir={tmp_path}",
        "--size=16",
        "--test_fraction=0",
        "--processes=1",
    )
    assert capsys.readouterr().out.splitlines() == [
        "  6 pictures: grey repeated in three colours",
        "  classes: cats, dogs",
        f"pets_16, from {tmp_path / 'pets_16'}",
        "  training  6 images of 16x16x3 (uint8) with labels",
        "  test      none",
    ]


@pytest.fixture
def threads(monkeypatch):
    """Decode in a thread, as processes take seconds to start."""

    def pool(num, mp_context, initializer):
        del mp_context, initializer
        return concurrent.futures.ThreadPoolExecutor(num)

    monkeypatch.setattr(
        picture_units.concurrent.futures, "ProcessPoolExecutor", pool
    )


def _write_parts(folder):
    for part, shades in (("train", (10, 20, 30)), ("test", (200,))):
        for name in ("cats", "dogs"):
            (folder / part / name).mkdir(parents=True)
            for shade in shades:
                image = Image.new("RGB", (20, 30), (shade, shade, shade))
                image.save(folder / part / name / f"{shade}.png")


def test_train_and_test_folders_are_the_parts(tmp_path, capsys, threads):
    _write_parts(tmp_path / "pets")
    _run(
        "--dataset=folder",
        f"--source={tmp_path / 'pets'}",
        f"--data_dir={tmp_path}",
        "--size=16",
        "--processes=1",
    )
    assert capsys.readouterr().out.splitlines() == [
        "  test/ is held out for scores",
        "  classes: cats, dogs",
        f"pets_16, from {tmp_path / 'pets_16'}",
        "  training  6 images of 16x16x3 (uint8) with labels",
        "  test      2 images of 16x16x3 (uint8) with labels",
    ]
    dataset = sources.load("pets_16", data_dir=tmp_path)
    assert np.asarray(dataset.train_images).max() == 30
    assert np.asarray(dataset.test_images).min() == 200
    assert dataset.test_labels.tolist() == [0, 1]
    assert dataset.num_classes == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset=folder"], "give --source=DIR"),
        (["--dataset=mnist", "--size=48"], "--size: has no effect"),
        (["--dataset=mimic3", "--channels=1"], "--channels: has no effect"),
        (["--dataset=folder", "--codes=x"], "--codes: has no effect"),
        (["--dataset=folder", "--label=Male"], "--label: has no effect"),
        (["--dataset=celeb_a", "--size=64"], "--size: has no effect"),
        (["--dataset=sample_photos", "--source=x"], "--source: has no effect"),
        (["--dataset=simulated_ehr", "--source=x"], "for adult, mimic3"),
        (["--dataset=mnist", "--seed=1"], "--seed: has no effect"),
    ],
)
def test_flags_without_effect_are_refused(arguments, message, tmp_path):
    with pytest.raises(errors.UserError, match=message):
        _run(*arguments, f"--data_dir={tmp_path}")
