"""Which scores belong to which cell."""

import dataclasses
import pathlib

import pytest

from benchmarks.unseen import cells
from dpgan_tf.papers import kept

CELL = cells.Cell(
    change="inverted", recipe="auto", epsilon=2.0, num_samples=2_000
)


def bench(folder):
    return cells.Bench(folder=folder, data_dir=folder, command="python -m x")


def keep(bench, cell, values):
    path = bench.scores(cell)
    return kept.keep(path, cell.key, lambda: values, command=bench.command)


def test_a_cell_is_compared_with_as_many_unchanged_records():
    found = CELL.reference("mnist_surrogate")
    assert found.name == "plain_mnist_surrogate_2"
    assert found.num_samples == CELL.num_samples
    few = dataclasses.replace(CELL, change="few")
    assert few.reference("auto") == few


@pytest.mark.parametrize(
    "change",
    [
        {"change": "plain"},
        {"recipe": "quick"},
        {"epsilon": 1.0},
        {"num_samples": 3_000},
    ],
)
def test_scores_of_one_cell_are_not_those_of_another(tmp_path, change):
    here = bench(tmp_path)
    other = dataclasses.replace(CELL, **change)
    keep(here, CELL, {"a": 1})
    assert here.find(CELL)["values"] == {"a": 1}
    assert here.find(other) is None
    assert here.scores(other) != here.scores(CELL)


def test_other_samples_of_a_run_need_no_other_run():
    more = dataclasses.replace(CELL, num_samples=9_000)
    here = bench(pathlib.Path("somewhere"))
    assert here.run_dir(more) == here.run_dir(CELL)


def test_a_cell_says_how_far_it_is(tmp_path):
    here = bench(tmp_path)
    assert here.state(CELL) == "waiting"
    here.run_dir(CELL).mkdir(parents=True)
    assert here.state(CELL) == "begun"
    keep(here, CELL, {})
    assert here.state(CELL) == "finished"
