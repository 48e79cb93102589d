"""Pictures are prepared for training whole, or not at all."""

import json
from collections import Counter

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.data import sources
from dpgan_tf.data import split as splits
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import units as picture_units
from tests.data.pictures import pets


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A store that real worker processes made."""
    root = tmp_path_factory.mktemp("built")
    pets.write_pictures(root / "pets")
    report = pets.build(root / "pets", root / "pets_8")
    return root, report


def test_every_picture_is_in_one_part_with_its_label(built):
    root, report = built
    dataset = sources.load(str(root / "pets_8"), data_dir=root)
    assert dataset.name == "pets_8"
    assert dataset.form == records.Form((8, 8, 3), num_classes=2)
    train = np.asarray(dataset.train_images)
    test = np.asarray(dataset.test_images)
    assert sorted(pets.colours(train) + pets.colours(test)) == list(
        range(pets.NUM)
    )
    assert len(test) == report.num_pictures["test"] > 0
    for images, labels in (
        (train, dataset.train_labels),
        (test, dataset.test_labels),
    ):
        np.testing.assert_array_equal(labels, images[:, 0, 0, 0] % 2)
        assert np.all(images[..., 1:] == [100, 200])
    assert report.classes == ("cats", "dogs")
    assert not (root / "pets_8.partial").exists()


def test_tensorflow_datasets_reads_it(built):
    root, _ = built
    builder = tfds.builder_from_directory(str(root / "pets_8"))
    assert builder.info.features["label"].names == ["cats", "dogs"]
    assert "array_record" in builder.info.splits["train"].filepaths[0].name
    train = builder.as_data_source(split="train")
    dataset = sources.load(str(root / "pets_8"), data_dir=root)
    np.testing.assert_array_equal(
        [example["image"] for example in train],
        np.asarray(dataset.train_images),
    )
    description = json.loads(builder.info.description)
    assert description["size"] == 8


def test_a_name_in_the_data_folder_is_found(built):
    root, _ = built
    dataset = sources.load("pets_8", data_dir=root)
    assert len(dataset.train_images) + len(dataset.test_images) == pets.NUM


@pytest.mark.parametrize(
    "name", ["my-scans", "My Scans 8", "2024.v2", "f\u00fcnf"]
)
def test_any_name_of_a_folder_will_do(here, tmp_path, name):
    pets.build(pets.write_pictures(tmp_path / "pets"), tmp_path / name)
    dataset = sources.load(name, data_dir=tmp_path)
    assert dataset.name == name
    whole = np.concatenate([dataset.train_images, dataset.test_images])
    assert pets.colours(whole) == list(range(pets.NUM))
    tfds.builder_from_directory(str(tmp_path / name))


def test_batches_of_stored_pictures_equal_those_in_memory(built):
    root, _ = built
    dataset = sources.load("pets_8", data_dir=root)
    public, private, _ = splits.split_public_private(
        dataset, public_fraction=0.3, seed=1
    )
    in_memory = records.PrivateRecords(
        np.asarray(private.examples), private.labels, num_classes=2
    )
    drawn = [
        next(
            iter(
                pipelines.poisson_batches(
                    source,
                    sampling_probability=0.5,
                    chunk_size=4,
                    key=np.array([3, 4, 5, 6]),
                    steps_per_round=2,
                )
            )
        )
        for source in (private, in_memory)
    ]
    for stored, held in zip(*drawn, strict=True):
        tf.nest.map_structure(np.testing.assert_array_equal, stored, held)
    batches = pipelines.public_batches(
        public, batch_size=3, seed=0, steps_per_round=1
    )
    (batch,) = next(iter(batches))
    assert batch.examples.shape == (3, 8, 8, 3)


def _places(root, *, public_fraction, seed=0):
    """Return by the red of a picture where it is: public, private or test."""
    dataset = sources.load("pets_8", data_dir=root)
    public, private, _ = splits.split_public_private(
        dataset, public_fraction=public_fraction, seed=seed
    )
    parts = {
        "public": public.examples,
        "private": private.examples,
        "test": dataset.test_images,
    }
    return {
        red: part
        for part, images in parts.items()
        for red in pets.colours(images)
    }


@pytest.mark.parametrize("name", ["000", "0", "a\u00e9", "zz"])
def test_a_picture_more_moves_no_other(here, tmp_path, name):
    """Wherever its name puts it among the others."""
    plan = picture_units.Plan(size=8, channels=3, test_fraction=0.5, seed=0)
    found = []
    for number in range(2):
        root = tmp_path / str(number)
        pets.write_pictures(root / "pets", 120)
        if number:
            for folder in ("cats", "dogs"):
                picture = Image.new("RGB", (9, 9), (255, 100, 200))
                picture.save(root / f"pets/{folder}/{name}a.png")
        pets.build(root / "pets", root / "pets_8", plan=plan)
        found.append(_places(root, public_fraction=0.4))
    found[1].pop(255)
    assert found[0] == found[1]
    counts = Counter(found[0].values())
    # What is held out and what is public are two draws, with one seed, too:
    # Binomial(120, .5) and (n, .4).
    assert abs(counts["test"] - 60) < 25
    share = counts["public"] / (counts["public"] + counts["private"])
    assert abs(share - 0.4) < 0.25


def test_the_fingerprint_follows_the_choice_of_pictures(built):
    root, _ = built
    dataset = sources.load("pets_8", data_dir=root)

    def fingerprint(seed):
        _, private, _ = splits.split_public_private(
            dataset, public_fraction=0.3, seed=seed
        )
        return splits.fingerprint(private, salt=b"s" * 16)

    assert fingerprint(1) == fingerprint(1)
    assert fingerprint(1) != fingerprint(2)


def test_the_fingerprint_follows_the_pictures(built, here, tmp_path):
    root, _ = built
    other = pets.write_pictures(tmp_path / "pets")
    Image.new("RGB", (12, 9), (9, 9, 9)).save(other / "cats/000.png")
    pets.build(other, tmp_path / "pets_8")
    prints = [
        splits.fingerprint(
            records.PrivateRecords(
                *sources.load("pets_8", data_dir=folder).training_part
            ),
            salt=b"s" * 16,
        )
        for folder in (root, tmp_path)
    ]
    assert prints[0] != prints[1]


def test_without_held_out_pictures_there_is_no_test_part(here, tmp_path):
    pets.write_pictures(tmp_path / "pets", classes=(".",))
    plan = picture_units.Plan(size=8, channels=1, test_fraction=0.0, seed=0)
    pets.build(tmp_path / "pets", tmp_path / "grey", plan=plan)
    dataset = sources.load("grey", data_dir=tmp_path)
    assert dataset.form.shape == (8, 8, 1)
    assert dataset.test_images is None
    assert dataset.train_labels is None


def test_unusable_files_are_named_and_nothing_is_made(here, tmp_path):
    pets.write_pictures(tmp_path / "pets")
    (tmp_path / "pets/cats/empty.png").write_bytes(b"")
    (tmp_path / "pets/dogs/notes.txt").write_text("no picture")
    (tmp_path / "pets/dogs/gone.png").symlink_to(tmp_path / "absent.png")
    with pytest.raises(errors.DatasetError) as raised:
        pets.build(tmp_path / "pets", tmp_path / "pets_8")
    message = str(raised.value)
    assert "cats/empty.png: is empty" in message
    assert "dogs/notes.txt: is not a picture" in message
    assert "3 file(s) cannot be used" in message
    assert not (tmp_path / "pets_8").exists()


def test_unusable_files_are_left_out_when_asked(here, tmp_path):
    pets.write_pictures(tmp_path / "pets")
    (tmp_path / "pets/cats/empty.png").write_bytes(b"")
    with pytest.raises(errors.DatasetError):
        pets.build(tmp_path / "pets", tmp_path / "pets_8")
    report = pets.build(tmp_path / "pets", tmp_path / "pets_8", skip=True)
    assert sum(report.num_pictures.values()) == pets.NUM
    (name,) = report.unusable
    assert name.endswith("empty.png")


def test_many_unusable_files_are_counted(here, tmp_path):
    for i in range(14):
        path = tmp_path / "pets" / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    with pytest.raises(errors.DatasetError, match="and 4 more\n14 file"):
        pets.build(tmp_path / "pets", tmp_path / "pets_8")
    with pytest.raises(errors.DatasetError, match="No picture is left"):
        pets.build(tmp_path / "pets", tmp_path / "pets_8", skip=True)


def test_a_crash_while_files_are_named_goes_on(here, tmp_path, monkeypatch):
    source = pets.write_pictures(tmp_path / "pets")

    def crash(*args, **settings):
        raise RuntimeError("crash")

    with monkeypatch.context() as patched:
        patched.setattr(picture_folder, "describe", crash)
        with pytest.raises(RuntimeError):
            pets.build(source, tmp_path / "pets_8")
    pets.build(source, tmp_path / "pets_8")
    dataset = sources.load("pets_8", data_dir=tmp_path)
    whole = np.concatenate([dataset.train_images, dataset.test_images])
    assert pets.colours(whole) == list(range(pets.NUM))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda source: pets.PLAN, "files were added"),
        (
            lambda source: picture_units.Plan(
                size=9, channels=3, test_fraction=0.25, seed=0
            ),
            "size was 8 and is 9",
        ),
    ],
)
def test_going_on_otherwise_is_refused(here, tmp_path, change, message):
    source = pets.write_pictures(tmp_path / "pets")
    (source / "cats/empty.png").write_bytes(b"")
    with pytest.raises(errors.DatasetError):
        pets.build(source, tmp_path / "pets_8")
    if "added" in message:
        (source / "cats/empty.png").unlink()
    with pytest.raises(errors.DatasetError, match=message):
        pets.build(source, tmp_path / "pets_8", plan=change(source))


def test_a_finished_target_is_not_overwritten(built):
    root, _ = built
    with pytest.raises(errors.DatasetError, match="is there already"):
        pets.build(root / "pets", root / "pets_8")


def test_a_full_disk_leaves_nothing_half_written(here, tmp_path, monkeypatch):
    source = pets.write_pictures(tmp_path / "pets")
    original = picture_folder.Writer.write

    def full(writer, content):
        if writer.num_bytes > 500:
            raise OSError(28, "No space left on device")
        original(writer, content)

    with monkeypatch.context() as patched:
        patched.setattr(picture_folder.Writer, "write", full)
        with pytest.raises(errors.DatasetError, match="No space left"):
            pets.build(source, tmp_path / "pets_8")
    assert not (tmp_path / "pets_8").exists()
    left = [path.name for path in (tmp_path / "pets_8.partial").iterdir()]
    assert left == ["plan.json"]
    pets.build(source, tmp_path / "pets_8")
