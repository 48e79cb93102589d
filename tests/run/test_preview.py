"""What is said before the first step: few lines, and nothing private."""

import dataclasses
import pathlib
import re

import numpy as np
import pytest

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import datasets
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import preview
from tests import tiny_run


@pytest.fixture
def said(tmp_path):
    """Return a function that gives the lines of a tiny run, by their titles."""

    def lines(**changes):
        recipe = tiny_run.recipe(tmp_path, **changes)
        data = run_data.load(recipe, data_dir=tmp_path)
        budget = budgets.build_budget(recipe, data.dataset.form)
        found = preview.lines(
            recipe, data, budget, run_dir=pathlib.Path("runs/tiny")
        )
        assert len(found) <= 8
        return dict(re.split(r" +", line, maxsplit=1) for line in found)

    return lines


def test_everything_that_is_decided_is_said(said, tmp_path):
    found = said()
    assert "285 private ones of" in found["records"]
    assert "28 x 28 x 1 pixels" in found["records"]
    assert "public: about 15" in found["records"]
    assert "held out for scores: none" in found["records"]
    assert found["recipe"] == "mnist_quick"
    assert found["privacy"].startswith("epsilon 1 at delta 0.001 for one pic")
    assert "12 steps on batches of about 12 (q = 0.0421)" in found["noise"]
    assert "runs/tiny/release may be published" in found["folder"]
    assert "% of the longest mean gradient: faint" in found["forecast"]


def test_the_number_of_private_records_is_only_declared(said):
    """There are 300 records, and about 15 of them are public."""
    declared = said(data__num_private_examples=290)["records"]
    assert declared.startswith("290 private ones")


def test_held_out_records_are_rounded():
    dataset = datasets.ImageDataset(
        name="x",
        train_images=np.zeros((4, 8, 8, 1), np.uint8),
        test_images=np.zeros((1_234, 8, 8, 1), np.uint8),
    )
    assert preview._held_out(dataset) == "about 1,200"
    none = dataclasses.replace(dataset, test_images=None)
    assert preview._held_out(none) == "none"


def test_a_summary_comes_before_the_steps():
    recipe = recipes.change(
        presets.get("mnist_surrogate"), {"summary": "class_moments"}
    )
    budget = budgets.build_budget(recipe)
    found = preview._noise(recipe, budget)
    sigma = budget.plan.summary_noise_multiplier
    assert found.startswith(
        f"a summary of all records with sigma {sigma:.3g}, then"
    )
