"""Tables: their rows and seeds, and how they are written."""

import dataclasses
import json

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.papers import cells
from dpgan_tf.papers import compute
from dpgan_tf.papers import schema
from dpgan_tf.papers import utility
from dpgan_tf.papers import workshop as workshops
from tests import labelled_runs
from tests.papers import shops


def test_a_table_is_computed_once_and_written_twice(
    labelled, stocked, tmp_path, monkeypatch
):
    table = schema.Table(
        name="table2",
        title="Tiny",
        rows=shops.rows(labelled.recipe),
        notes=("A note.",),
    )
    content = compute.score_table_of(table, stocked, seeds=[0, 1])
    assert [len(row["seeds"]) for row in content["rows"]] == [1, 2]
    assert len(content["rows"][1]["values"]["inception_score"]) == 2
    paths = compute.write("table2", content, tmp_path / "results")
    assert json.loads(open(paths[0]).read()) == json.loads(json.dumps(content))
    text = open(paths[1]).read()
    assert "(8.64)" in text and "make tiny" in text and " ± " in text

    def refuse(*args, **kwargs):
        raise AssertionError("computed again")

    monkeypatch.setattr(workshops, "train", refuse)
    monkeypatch.setattr(cells.run_scores, "scorer_of", refuse)
    again = compute.score_table_of(table, stocked, seeds=[0, 1])
    assert again["rows"] == content["rows"]


def test_a_cell_has_mean_and_deviation_of_its_seeds_beside_the_paper():
    assert compute._cell([1.0, 3.0], 8.64) == "2.00 ± 1.414 (8.64)"
    assert compute._cell([2.0], None) == "2.00"
    assert compute._cell([], 0.5) == "- (0.5)"


def test_public_records_are_a_row_and_what_is_unfinished_is_left_out(
    labelled, workshop
):
    rows = [
        dataclasses.replace(
            shops.rows(labelled.recipe)[0], name=kind, kind=kind
        )
        for kind in ("public_records", "public_only")
    ]
    table = schema.Table(
        name="tiny", title="Tiny", rows=rows, notes=("First.",)
    )
    with pytest.raises(errors.UserError, match="no row of the table"):
        compute.finished_part(table, workshop, seeds=[0])
    found = cells.scores(workshop, rows[0], seed=0)["values"]
    assert found["num_images"] == labelled_runs.NUM_PUBLIC
    assert 0 <= found["downstream_cnn"] <= 1 and np.isfinite(found["recall"])
    part = compute.finished_part(table, workshop, seeds=[0])
    assert [row.name for row in part.rows] == ["public_records"]
    content = compute.score_table_of(part, workshop, seeds=[0])
    assert "1 of 2" in compute.markdown(content)
    with pytest.raises(errors.UserError, match="no row of the table"):
        compute.finished_part(table, workshop, seeds=[0, 1])
    whole = dataclasses.replace(table, rows=rows[:1])
    assert compute.finished_part(whole, workshop, seeds=[0]) == whole


def test_some_rows_of_a_table_stay_in_its_order():
    table = utility.TABLES[0]
    some = compute.someshops.rows(table, ["mnist_alone_1", "mnist_real"])
    assert [row.name for row in some.rows] == ["mnist_real", "mnist_alone_1"]
    assert compute.someshops.rows(table, []) is table
    with pytest.raises(errors.UserError, match="--rows=mnist_alone_2: utility"):
        compute.someshops.rows(table, ["mnist_alone_2"])
