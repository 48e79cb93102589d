"""The table of UCI Adult: its rows, and those that are cited."""

import dataclasses

import pytest

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import wanted as asked
from dpgan_tf.data import sources
from dpgan_tf.data.census import adult_schema
from dpgan_tf.data.known import adult as source
from dpgan_tf.data.tables import schema_text
from dpgan_tf.papers import adult
from dpgan_tf.papers import cells
from dpgan_tf.papers import compute
from dpgan_tf.papers import pictures
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.run import front_door
from tests.data.known import adult_files


def _few(recipe):
    return recipes.change(
        recipe,
        {
            "data.num_private_examples": 400,
            "steps.expected_batch_size": 40,
            "scoring.num_samples": 300,
        },
    )


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    num = {"train": 400, "test": 200}
    monkeypatch.setattr(source, "_NUM_ROWS", num)
    adult_files.write(tmp_path / "uci", num=num)
    sources.prepare("adult", data_dir=tmp_path, source=tmp_path / "uci")
    return workshops.Workshop(
        runs_dir=tmp_path / "runs",
        data_dir=tmp_path,
        command="make tiny",
        shrink=_few,
    )


def _without_generator():
    rows = [
        row for row in adult.TABLE.rows if row.kind in schema.WITHOUT_GENERATOR
    ]
    return dataclasses.replace(adult.TABLE, rows=rows)


def test_real_independent_and_cited_rows_stand_beside_each_other(
    workshop, tmp_path
):
    table = _without_generator()
    content = compute.score_table_of(table, workshop, seeds=[0, 1])
    rows = {row["name"]: row for row in content["rows"]}
    seeds = {name: row["seeds"] for name, row in rows.items()}
    assert seeds == {
        "adult_real": [0],
        "adult_independent": [0],
        "adult_marginals": [0, 1],
        "adult_mst": [],
        "adult_privbayes": [],
    }
    real, independent, noisy = (
        rows[f"adult_{name}"]["values"]
        for name in ("real", "independent", "marginals")
    )
    # Three rows in all of the files: one tells the others' whole row.
    assert real["association_mean"][0] > 0.5
    assert real["boosting_auroc"] == [1.0]
    assert independent["association_mean"][0] < 0.1
    assert independent["told_from_real"][0] > 0.9
    # The noise is drawn anew each time, and the seed is of the rows.
    assert independent["one_way"][0] < 0.1
    assert len(set(noisy["one_way"])) == 2 and max(noisy["one_way"]) < 0.5
    shown = compute.markdown(content)
    mst = next(line for line in shown.splitlines() if "MST, eps" in line)
    assert "- (0.092)" in mst and mst.endswith("| 0 | 0 |")
    folder = tmp_path / "pictures"
    drawn = dataclasses.replace(table, rows=table.rows[:1])
    pictures.save_comparison(workshop, drawn, folder, seed=0)
    assert (folder / "adult_real.png").read_bytes().startswith(b"\x89PNG")


def test_cited_rows_are_finished_and_others_are_not(workshop):
    found = compute.finished_part(adult.TABLE, workshop, seeds=[0])
    assert {row.kind for row in found.rows} == {schema.CITED}
    real = adult.TABLE.rows[0]
    assert not cells.is_finished(workshop, real, seed=0)


def test_our_rows_are_one_recipe_at_four_budgets():
    ours = [row for row in adult.TABLE.rows if row.title.startswith("ours, ")]
    budgets = [row.recipe.budget.target_epsilon for row in ours]
    assert budgets == [0.5, 1, 4, 10]
    assert [len(compute.seeds_of(row, [0, 1, 2])) for row in ours] == [
        *(1, 3, 1, 1)
    ]
    text = schema_text.to_text(adult_schema.build())
    for row in adult.TABLE.rows:
        assert row.recipe.data.schema == text
        assert row.recipe.budget.target_delta == 1e-5
        assert row.recipe.scoring.target == "income"
        same = recipes.change(
            row.recipe,
            {
                "budget.target_epsilon": 1.0,
                "summary.num_pairs": ours[1].recipe.summary.num_pairs,
                "name": "adult_1",
            },
        )
        is_other = row.name == "adult_adversarial"
        assert (same == ours[1].recipe) != is_other


def test_our_recipe_is_that_of_the_front_door(workshop):
    recipe = front_door.recipe_for(
        sources.load("adult", data_dir=workshop.data_dir),
        asked.Wanted(data="adult", epsilon=1.0, delta=1e-5),
        source="adult",
    )
    ours = next(row for row in adult.TABLE.rows if row.name == "adult_1")
    kept = {"scoring.target": "income", "name": "adult_1"}
    assert recipes.change(recipe, kept) == ours.recipe
