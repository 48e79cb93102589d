"""A cell's run: its recipe, its scores, and going on with it."""

import pathlib

import pytest

from benchmarks.unseen import cells
from benchmarks.unseen import records
from benchmarks.unseen import work
from dpgan_tf.config import presets
from dpgan_tf.config.parts import kinds
from dpgan_tf.run import front_door
from dpgan_tf.run import plan
from dpgan_tf.run import training
from tests import tiny_run
from tests.benchmarks.unseen import test_cells


@pytest.fixture
def bench(tmp_path, monkeypatch):
    path = tiny_run.write_labelled_records(tmp_path)

    def write(name, *, folder, data_dir):
        renamed = pathlib.Path(tmp_path, f"{name}.npz")
        renamed.write_bytes(path.read_bytes())
        return renamed

    monkeypatch.setattr(records, "write", write)
    return test_cells.bench(tmp_path)


def cell(change="plain", recipe="quick"):
    return cells.Cell(
        change=change, recipe=recipe, epsilon=2.0, num_samples=200
    )


def test_a_recipe_knows_the_number_of_records_and_not_their_name(bench):
    first, second = (
        kinds.flat(work.recipe_of(bench, cell(name)))
        for name in ("plain", "inverted")
    )
    assert first["data.num_private_examples"] == tiny_run.NUM_RECORDS
    assert first["budget.target_epsilon"] == 2.0
    assert first["networks.conditional"]
    differ = {key for key in first if first[key] != second[key]}
    assert differ == {"data.source"}


def test_a_preset_is_planned_and_a_recipe_from_facts_is_not(bench, monkeypatch):
    preset = presets.get("mnist_surrogate")
    monkeypatch.setattr(front_door, "recipe_for", lambda *_, **__: preset)
    monkeypatch.setattr(plan, "choose", lambda recipe, form: (recipe, form))
    planned, form = work.recipe_of(bench, cell(recipe=preset.name))
    assert planned is preset and form.num_classes == 10
    assert work.recipe_of(bench, cell(recipe="auto")) is preset


@pytest.mark.slow
def test_a_cell_is_trained_and_scored_once(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(
        front_door,
        "recipe_for",
        lambda *_, **__: tiny_run.recipe(tmp_path, networks__conditional=True),
    )
    found = work.finish(bench, cell())
    values = found["values"]
    assert values["num_classes"] == 10
    assert values["samples"]["num_images"] == 200
    assert values["real"]["num_images"] == 200
    for part in ("samples", "real"):
        assert 0 <= values[part]["downstream_cnn"] <= 1
    monkeypatch.setattr(training, "train", None)
    assert work.finish(bench, cell()) == found
