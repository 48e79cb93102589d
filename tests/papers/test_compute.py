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
    some = compute.some_rows(table, ["mnist_alone_1", "mnist_real"])
    assert [row.name for row in some.rows] == ["mnist_real", "mnist_alone_1"]
    assert compute.some_rows(table, []) is table
    with pytest.raises(errors.UserError, match="--rows=mnist_alone_2: utility"):
        compute.some_rows(table, ["mnist_alone_2"])


def content(**changes):
    """What a table of two rows is written from."""
    rows = [
        {
            "name": "a",
            "title": "first",
            "paper": {"recall": 0.5},
            "seeds": [0, 1],
            "seconds": [60, 120],
            "commits": ["bbb"],
            "values": {"recall": [0.25, 0.75]},
        },
        {
            "name": "b",
            "title": "second",
            "paper": {},
            "seeds": [0],
            "seconds": [20],
            "commits": ["aaa", "bbb"],
            "values": {},
        },
    ]
    return {
        "title": "Tiny",
        "columns": {"recall": "recall, more is better"},
        "rows": rows,
        "notes": ["A note."],
        "from": {
            "command": "make tiny",
            "date": "2020-02-02",
            "cores": 2,
            "tensorflow": "2",
        },
    } | changes


def test_a_table_in_markdown_is_what_it_is_by_hand():
    assert compute.markdown(content()) == (
        "# Tiny\n\n"
        "|  | recall, more is better | seeds | minutes |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| first | 0.500 ± 0.354 (0.5) | 2 | 3 |\n"
        "| second | - | 1 | 0 |\n\n"
        "- Mean and standard deviation over the seeds; the paper's value in "
        "brackets.\n"
        "- A note.\n"
        "- Command: `make tiny`, 2020-02-02, 2 cores, tensorflow 2; cells "
        "computed at commit aaa, bbb.\n"
    )


def test_what_has_no_columns_is_written_as_json_alone(tmp_path):
    found = content()
    del found["columns"]
    paths = compute.write("fig", found, tmp_path / "new")
    assert paths == [str(tmp_path / "new" / "fig.json")]
    assert json.loads((tmp_path / "new" / "fig.json").read_text()) == found


def test_only_numbers_of_all_seeds_are_collected():
    found = compute._collected(
        [{"a": 1, "b": 0.5, "left_out": {"c": "why"}}, {"a": 3, "c": None}]
    )
    assert found == {"a": [1, 3], "b": [0.5]}


def test_real_records_have_one_seed():
    real, other = utility.TABLES[0].rows[:2]
    assert list(compute.seeds_of(real, [3, 4])) == [3]
    whole = dataclasses.replace(other, most_seeds=None)
    assert list(compute.seeds_of(whole, [3, 4])) == [3, 4]
    few = dataclasses.replace(other, most_seeds=1)
    assert list(compute.seeds_of(few, [3, 4])) == [3]
    cited = dataclasses.replace(other, kind=schema.CITED)
    assert list(compute.seeds_of(cited, [3, 4])) == []
