"""Pictures prepared for training: whole, resumable, and read one by one."""

import json
import os
import pathlib
from collections import Counter

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.data import limits
from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.data import sources
from dpgan_tf.data import split as splits
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import decoding as picture
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import store as picture_store
from dpgan_tf.data.pictures import stored as stored_pictures
from dpgan_tf.data.pictures import units as picture_units

NUM = 24
PLAN = picture_units.Plan(size=8, channels=3, test_fraction=0.25, seed=0)


class _HerePool:
    """Stands in for worker processes, which take seconds to start."""

    def __init__(self, *args, **kwargs):
        del args, kwargs

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def submit(self, function, file):
        class Done:
            def result(self):
                return function(file)

        return Done()


@pytest.fixture
def here(monkeypatch):
    """Decode in this process, in units of ten pictures."""
    monkeypatch.setattr(
        picture_units.concurrent.futures, "ProcessPoolExecutor", _HerePool
    )
    monkeypatch.setattr(own_pictures, "_MIN_UNIT", 10)


def write_pictures(folder, num=NUM, *, classes=("cats", "dogs")):
    """Write pictures of one colour each, which tells them apart."""
    for i in range(num):
        path = folder / classes[i % len(classes)] / f"{i:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (12, 9), (i, 100, 200)).save(path)
    return folder


def build(source, target, *, skip=False, plan=PLAN):
    return picture_store.build(
        own_pictures.open_source(source),
        target,
        plan,
        skip_unusable=skip,
        num_processes=2,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A store that real worker processes made."""
    root = tmp_path_factory.mktemp("built")
    write_pictures(root / "pets")
    report = build(root / "pets", root / "pets_8")
    return root, report


def colours(images):
    return sorted(np.asarray(images)[:, 0, 0, 0].tolist())


def test_every_picture_is_in_one_part_with_its_label(built):
    root, report = built
    dataset = sources.load(str(root / "pets_8"), data_dir=root)
    assert dataset.name == "pets_8"
    assert dataset.form == records.Form((8, 8, 3), num_classes=2)
    train = np.asarray(dataset.train_images)
    test = np.asarray(dataset.test_images)
    assert sorted(colours(train) + colours(test)) == list(range(NUM))
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
    assert len(dataset.train_images) + len(dataset.test_images) == NUM


@pytest.mark.parametrize(
    "name", ["my-scans", "My Scans 8", "2024.v2", "f\u00fcnf"]
)
def test_any_name_of_a_folder_will_do(here, tmp_path, name):
    build(write_pictures(tmp_path / "pets"), tmp_path / name)
    dataset = sources.load(name, data_dir=tmp_path)
    assert dataset.name == name
    whole = np.concatenate([dataset.train_images, dataset.test_images])
    assert colours(whole) == list(range(NUM))
    tfds.builder_from_directory(str(tmp_path / name))


def test_a_view_reads_like_an_array(built):
    root, _ = built
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
                    key=np.array([3, 4]),
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
        red: part for part, images in parts.items() for red in colours(images)
    }


@pytest.mark.parametrize("name", ["000", "0", "a\u00e9", "zz"])
def test_a_picture_more_moves_no_other(here, tmp_path, name):
    """Wherever its name puts it among the others."""
    plan = picture_units.Plan(size=8, channels=3, test_fraction=0.5, seed=0)
    found = []
    for number in range(2):
        root = tmp_path / str(number)
        write_pictures(root / "pets", 120)
        if number:
            for folder in ("cats", "dogs"):
                picture = Image.new("RGB", (9, 9), (255, 100, 200))
                picture.save(root / f"pets/{folder}/{name}a.png")
        build(root / "pets", root / "pets_8", plan=plan)
        found.append(_places(root, public_fraction=0.4))
    found[1].pop(255)
    assert found[0] == found[1]
    counts = Counter(found[0].values())
    # What is held out and what is public are two draws, with one seed, too:
    # Binomial(120, .5) and (n, .4).
    assert abs(counts["test"] - 60) < 25
    share = counts["public"] / (counts["public"] + counts["private"])
    assert abs(share - 0.4) < 0.25


def test_pictures_that_were_prepared_without_names_are_split_by_number(
    here, tmp_path
):
    build(write_pictures(tmp_path / "pets"), tmp_path / "pets_8")
    path = tmp_path / "pets_8" / picture_folder.CHECKSUMS
    checksums = json.loads(path.read_text())
    del checksums[picture_folder.NAMES]
    path.write_text(json.dumps(checksums))
    dataset = sources.load("pets_8", data_dir=tmp_path)
    assert dataset.train_identities is None
    assert _places(tmp_path, public_fraction=0.5)


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
    other = write_pictures(tmp_path / "pets")
    Image.new("RGB", (12, 9), (9, 9, 9)).save(other / "cats/000.png")
    build(other, tmp_path / "pets_8")
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
    write_pictures(tmp_path / "pets", classes=(".",))
    plan = picture_units.Plan(size=8, channels=1, test_fraction=0.0, seed=0)
    build(tmp_path / "pets", tmp_path / "grey", plan=plan)
    dataset = sources.load("grey", data_dir=tmp_path)
    assert dataset.form.shape == (8, 8, 1)
    assert dataset.test_images is None
    assert dataset.train_labels is None


def test_unusable_files_are_named_and_nothing_is_made(here, tmp_path):
    write_pictures(tmp_path / "pets")
    (tmp_path / "pets/cats/empty.png").write_bytes(b"")
    (tmp_path / "pets/dogs/notes.txt").write_text("no picture")
    (tmp_path / "pets/dogs/gone.png").symlink_to(tmp_path / "absent.png")
    with pytest.raises(errors.DatasetError) as raised:
        build(tmp_path / "pets", tmp_path / "pets_8")
    message = str(raised.value)
    assert "cats/empty.png: is empty" in message
    assert "dogs/notes.txt: is not a picture" in message
    assert "3 file(s) cannot be used" in message
    assert not (tmp_path / "pets_8").exists()


def test_unusable_files_are_left_out_when_asked(here, tmp_path):
    write_pictures(tmp_path / "pets")
    (tmp_path / "pets/cats/empty.png").write_bytes(b"")
    with pytest.raises(errors.DatasetError):
        build(tmp_path / "pets", tmp_path / "pets_8")
    report = build(tmp_path / "pets", tmp_path / "pets_8", skip=True)
    assert sum(report.num_pictures.values()) == NUM
    (name,) = report.unusable
    assert name.endswith("empty.png")


def test_many_unusable_files_are_counted(here, tmp_path):
    for i in range(14):
        path = tmp_path / "pets" / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    with pytest.raises(errors.DatasetError, match="and 4 more\n14 file"):
        build(tmp_path / "pets", tmp_path / "pets_8")
    with pytest.raises(errors.DatasetError, match="No picture is left"):
        build(tmp_path / "pets", tmp_path / "pets_8", skip=True)


def test_an_interrupted_preparation_goes_on(here, tmp_path, monkeypatch):
    source = write_pictures(tmp_path / "pets")
    prepared = []
    original = picture.prepare_file

    def interrupted(file, **settings):
        prepared.append(file.name)
        if len(prepared) == 15:
            raise KeyboardInterrupt
        return original(file, **settings)

    monkeypatch.setattr(picture, "prepare_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(source, tmp_path / "pets_8")
    assert not (tmp_path / "pets_8").exists()
    assert not list((tmp_path / "pets_8.partial").glob(".unit*"))
    report = build(source, tmp_path / "pets_8")
    # The first unit of ten was finished and is not prepared again.
    assert len(prepared) == 15 + NUM - 10
    assert sum(report.num_pictures.values()) == NUM
    dataset = sources.load("pets_8", data_dir=tmp_path)
    whole = np.concatenate([dataset.train_images, dataset.test_images])
    assert colours(whole) == list(range(NUM))


def test_a_crash_while_files_are_named_goes_on(here, tmp_path, monkeypatch):
    source = write_pictures(tmp_path / "pets")

    def crash(*args, **settings):
        raise RuntimeError("crash")

    with monkeypatch.context() as patched:
        patched.setattr(picture_folder, "describe", crash)
        with pytest.raises(RuntimeError):
            build(source, tmp_path / "pets_8")
    build(source, tmp_path / "pets_8")
    dataset = sources.load("pets_8", data_dir=tmp_path)
    whole = np.concatenate([dataset.train_images, dataset.test_images])
    assert colours(whole) == list(range(NUM))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda source: PLAN, "files were added"),
        (
            lambda source: picture_units.Plan(
                size=9, channels=3, test_fraction=0.25, seed=0
            ),
            "size was 8 and is 9",
        ),
    ],
)
def test_going_on_otherwise_is_refused(here, tmp_path, change, message):
    source = write_pictures(tmp_path / "pets")
    (source / "cats/empty.png").write_bytes(b"")
    with pytest.raises(errors.DatasetError):
        build(source, tmp_path / "pets_8")
    if "added" in message:
        (source / "cats/empty.png").unlink()
    with pytest.raises(errors.DatasetError, match=message):
        build(source, tmp_path / "pets_8", plan=change(source))


def test_a_finished_target_is_not_overwritten(built):
    root, _ = built
    with pytest.raises(errors.DatasetError, match="is there already"):
        build(root / "pets", root / "pets_8")


def test_a_full_disk_leaves_nothing_half_written(here, tmp_path, monkeypatch):
    source = write_pictures(tmp_path / "pets")
    original = picture_folder.Writer.write

    def full(writer, content):
        if writer.num_bytes > 500:
            raise OSError(28, "No space left on device")
        original(writer, content)

    with monkeypatch.context() as patched:
        patched.setattr(picture_folder.Writer, "write", full)
        with pytest.raises(errors.DatasetError, match="No space left"):
            build(source, tmp_path / "pets_8")
    assert not (tmp_path / "pets_8").exists()
    left = [path.name for path in (tmp_path / "pets_8.partial").iterdir()]
    assert left == ["plan.json"]
    build(source, tmp_path / "pets_8")


@pytest.mark.parametrize(
    "damage",
    ["missing", "truncated", "labels", "json", "names", "other names"],
)
def test_a_damaged_store_is_named(here, tmp_path, damage):
    build(write_pictures(tmp_path / "pets"), tmp_path / "pets_8")
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
    with pytest.raises(errors.DatasetError, match="again"):
        images = stored_pictures.load(folder).train_images
        np.asarray(images)


def test_too_many_pictures_for_memory_are_refused(built, monkeypatch):
    root, _ = built
    images = sources.load("pets_8", data_dir=root).train_images
    monkeypatch.setattr(limits, "MAX_ARRAY_BYTES", 100)
    with pytest.raises(errors.DatasetError, match="of memory at once"):
        np.asarray(images)
    assert images[:2].shape == (2, 8, 8, 3)


def test_files_of_examples_are_prepared(here, tmp_path):
    pictures = write_pictures(tmp_path / "pets", 6)
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
    assert colours(dataset.train_images) == list(range(6))
    assert os.listdir(tmp_path / "records") == ["a.tfrecord"]
