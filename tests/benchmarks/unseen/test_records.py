"""Records of a change, and what is held apart of them."""

import types

import numpy as np
import pytest

from benchmarks.unseen import changes
from benchmarks.unseen import records
from dpgan_tf.data import sources

NUM, APART = 600, 100


def digits():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (NUM, 28, 28, 1), dtype=np.uint8)
    return images, np.arange(NUM) % 10


def made(name):
    return records.changed(
        *digits(), change=changes.CHANGES[name], num_held_apart=APART
    )


def as_set(images):
    return {image.tobytes() for image in images}


def test_held_apart_are_others_than_the_records_and_all_are_there():
    found = made("plain")
    train, test = as_set(found["x_train"]), as_set(found["x_test"])
    assert len(train) == NUM - APART and len(test) == APART
    assert train | test == as_set(digits()[0])


@pytest.mark.parametrize("name", changes.CHANGES)
def test_arrays_fit_together_and_can_be_made_again(name):
    found, again = made(name), made(name)
    for part in ("train", "test"):
        assert len(found[f"x_{part}"]) == len(found[f"y_{part}"])
        assert found[f"y_{part}"].max() + 1 == found["num_classes"]
    for key, array in found.items():
        np.testing.assert_array_equal(array, again[key])


@pytest.mark.parametrize("name", changes.CHANGES)
def test_what_is_held_apart_looks_alike_and_keeps_its_labels(name):
    change, plain, found = changes.CHANGES[name], made("plain"), made(name)
    left = change.classes(plain["y_test"])
    np.testing.assert_array_equal(found["y_test"], plain["y_test"][left])
    looks_the_same = np.array_equal(found["x_test"], plain["x_test"][left])
    assert looks_the_same == (change.look is changes.as_they_are)
    kept = change.choose(plain["y_train"])
    labels_stay = np.array_equal(found["y_train"], plain["y_train"][kept])
    assert labels_stay == (name != "noisy")


def test_records_and_those_held_apart_have_draws_of_their_own():
    image = np.zeros((NUM, 28, 28, 1), np.uint8)
    image[:, 14, 14] = 255
    found = records.changed(
        image,
        digits()[1],
        change=changes.CHANGES["shifted"],
        num_held_apart=NUM // 2,
    )
    assert (found["x_train"] != found["x_test"]).any(
        axis=(1, 2, 3)
    ).mean() > 0.9


def test_a_file_is_written_once_and_read_as_a_data_set(tmp_path, monkeypatch):
    loaded = []

    def load(name, *, data_dir):
        loaded.append(name)
        return types.SimpleNamespace(training_part=digits())

    monkeypatch.setattr(sources, "load", load)
    monkeypatch.setattr(records, "_NUM_HELD_APART", APART)
    folder = tmp_path / "records"
    paths = [
        records.write("three", folder=folder, data_dir=tmp_path)
        for _ in range(2)
    ]
    monkeypatch.undo()
    assert loaded == ["mnist"] and paths[0] == paths[1]
    dataset = sources.load(str(paths[0]), data_dir=tmp_path)
    assert dataset.form.num_classes == 3
    assert len(dataset.test_labels) == len(made("three")["y_test"])
    assert [path.name for path in folder.iterdir()] == ["three.npz"]
