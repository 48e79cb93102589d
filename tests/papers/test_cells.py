"""A cell is computed once, and its scores are those of its settings."""

import dataclasses
import json
import shutil

import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import recipe as recipes
from dpgan_tf.evaluation import image_scorer
from dpgan_tf.papers import cells
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.run.stages import warm_start
from tests.papers import shops


def test_the_real_row_is_of_test_images_where_there_are_any(
    labelled, workshop, monkeypatch
):
    found = {"real_train": {"a": 1.0, "b": 1.0}, "real_test": {"a": 2.0}}
    monkeypatch.setattr(
        image_scorer.ImageScorer, "score_real", lambda *args, **kwargs: found
    )
    values = cells.scores(workshop, shops.rows(labelled.recipe)[0], seed=0)[
        "values"
    ]
    assert values == {"a": 2.0, "b": 1.0}


@pytest.mark.slow
def test_of_a_private_row_the_release_alone_is_scored(labelled, workshop):
    """As a run scores it, and the claim holds without scores."""
    row = dataclasses.replace(
        shops.rows(labelled.recipe)[0], name="private", kind=schema.PRIVATE
    )
    found = cells.scores(workshop, row, seed=0)["values"]
    files = run_files.RunFiles(workshop.folder(row, 0) / "run")
    assert not files.scores.exists()
    assert all(finding.ok for finding in claim_check.check_run(files.root))
    of_run = json.loads(labelled.files.scores.read_text())["scores"]["released"]
    assert found.keys() == of_run.keys()
    assert found["num_images"] == of_run["num_images"]


def test_a_row_without_its_generator_is_not_finished(labelled, stocked):
    row = shops.rows(labelled.recipe)[1]
    assert not cells.is_finished(stocked, row, seed=1)
    assert cells.is_finished(stocked, row, seed=0)
    shutil.rmtree(stocked.folder(row, 0) / "run")
    assert not cells.is_finished(stocked, row, seed=0)


def test_recorded_scores_stand_for_their_very_cell(
    labelled, stocked, tmp_path, monkeypatch
):
    rows = shops.rows(labelled.recipe)
    folder = tmp_path / "record"
    for row in rows:
        cells.record(stocked, row, folder, seed=0)
    elsewhere = dataclasses.replace(stocked, runs_dir=tmp_path / "elsewhere")
    clone = dataclasses.replace(elsewhere, recorded=folder)
    monkeypatch.setattr(workshops, "train", None)
    monkeypatch.setattr(cells.run_scores, "scorer_of", None)
    for row in rows:
        expected = cells.scores(stocked, row, seed=0)
        assert cells.scores(clone, row, seed=0) == expected
        assert cells.is_finished(clone, row, seed=0)
        assert not cells.is_finished(elsewhere, row, seed=0)
        assert not cells.is_recorded(clone, row, seed=1)
    other = dataclasses.replace(
        rows[1],
        recipe=recipes.change(
            labelled.recipe, {"steps.critic_learning_rate": 0.5}
        ),
    )
    assert not cells.is_recorded(clone, other, seed=0)
    with pytest.raises(TypeError):
        cells.scores(clone, other, seed=0)


def test_both_ends_of_variety_are_of_one_run_that_is_trained_once(
    labelled, stocked, monkeypatch
):
    row = shops.rows(labelled.recipe)[1]
    varied = row.at(1.5)
    seen = []
    monkeypatch.setattr(
        cells.run_scores, "scorer_of", lambda *_, **__: Scorer(seen)
    )
    monkeypatch.setattr(warm_start, "train", None)
    assert not cells.is_finished(stocked, varied, seed=0)
    found = cells.scores(stocked, varied, seed=0)
    assert found["values"] == {"variety": 1.5}
    assert found["key"] != cells.scores(stocked, row, seed=0)["key"]
    assert cells.is_finished(stocked, varied, seed=0)
    assert not (stocked.folder(varied, 0) / "run").exists()
    again = dataclasses.replace(row.at(2.0), title=varied.title)
    assert not cells.is_finished(stocked, again, seed=0)
    assert seen == [1.5]


class Scorer:
    """One that scores how varied samples were drawn."""

    def __init__(self, seen):
        self.seen = seen

    def sample(self, generator, *, num, title, variety):
        self.seen.append(variety)
        return variety

    def score_samples(self, samples, *, title):
        return {"variety": samples}


def test_a_row_waits_for_the_run_that_another_process_trains(
    labelled, workshop
):
    """It says so, and trains nothing itself."""
    row = shops.rows(labelled.recipe)[1]
    run_dir = workshop.run_dir(row, 0)
    run_dir.mkdir(parents=True)
    with (
        lock.lock(run_dir),
        pytest.raises(privacy_errors.LedgerError, match="wait for it"),
    ):
        cells.scores(workshop, row.at(1.5), seed=0)
    assert [path.name for path in run_dir.iterdir()] == [lock.FILE_NAME]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_damaged_cell_is_named(labelled, workshop, content):
    row = shops.rows(labelled.recipe)[0]
    path = workshop.folder(row, 0) / "scores.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(errors.UserError, match="scores.json: not the scores"):
        cells.is_finished(workshop, row, seed=0)


def test_a_cell_of_other_settings_is_not_taken_for_this_one(labelled, stocked):
    row = shops.rows(labelled.recipe)[0]
    first = cells.scores(stocked, row, seed=0)
    fewer = dataclasses.replace(
        row, recipe=recipes.change(row.recipe, {"scoring.num_samples": 50})
    )
    second = cells.scores(stocked, fewer, seed=0)
    assert first["key"] != second["key"]
    assert cells.scores(stocked, fewer, seed=0) == second
