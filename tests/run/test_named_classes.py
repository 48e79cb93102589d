"""Labels from 1 on, and names of classes, from a file to a release and out."""

import json

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.claim import check as claim_check
from dpgan_tf.release import sampling
from dpgan_tf.run import training
from tests import tiny_run

NAMES = ["ink", "slate", "ash", "snow"]
UNUSED = 4
"""A class that has a name and no record."""


def _write(path, *, num, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(num) % 3 + 1
    images = rng.integers(0, 40, [num, 28, 28]) + 60 * labels[:, None, None]
    np.savez(
        path,
        images=images.astype(np.uint8),
        labels=labels,
        class_names=np.array(NAMES),
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return a run of a public source of its own, finished."""
    folder = tmp_path_factory.mktemp("named")
    _write(folder / "records.npz", num=300, seed=0)
    _write(folder / "public.npz", num=40, seed=1)
    recipe = tiny_run.recipe(
        folder,
        data__public_fraction=0.0,
        data__public_source=str(folder / "public.npz"),
        data__num_private_examples=300,
        data__first_label=1,
        networks__conditional=True,
    )
    return training.train(
        recipe, run_dir=folder / "run", data_dir=folder, with_scores=False
    )


def test_the_release_holds_and_has_the_names_alone(run):
    assert all(item.ok for item in claim_check.check_run(run.root))
    assert (run.release / "classes.txt").read_text().split("\n") == [*NAMES, ""]


def test_what_is_said_of_public_records_is_right(run):
    claim = json.loads((run.release / "privacy.json").read_text())
    assert any(
        "records of another data set" in text
        for text in claim["public_information"]
    )
    card = (run.release / "MODEL_CARD.md").read_text()
    assert "of another data set, if there are any" in card
    assert "| data.public_source | another data set |" in card
    assert "label = 1 + tf.range(16, dtype=tf.int64) % 4" in card


def test_a_class_without_a_record_is_released_like_the_others(run):
    made = sampling.load_generator(run.release / "generator" / "1")
    assert (made.num_classes, made.first_label) == (4, 1)
    assert set(made.all_samples(64, 0).labels) == {1, 2, 3, UNUSED}


def test_samples_have_the_names_and_numbers_of_the_records(run, tmp_path):
    output = tmp_path / "made.npz"
    arguments = [f"--run_dir={run.root}", f"--output={output}"]
    assert main.main(["generate", *arguments, "--num_samples=8"]) == 0
    with np.load(output, allow_pickle=False) as arrays:
        assert arrays["class_names"].tolist() == NAMES
        assert arrays["labels"].tolist() == [1, 2, 3, 4, 1, 2, 3, 4]


def test_neither_names_of_files_nor_places_are_released(run):
    for path in run.release.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"public.npz" not in content, path
            assert b"records.npz" not in content, path


def test_a_place_is_remembered_for_another_working_folder(run):
    kept = json.loads(run.places.read_text())
    assert kept["public"].endswith("public.npz")
