"""Tables with a schema are judged, beside real and independent rows."""

import dataclasses

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import card_words
from dpgan_tf.evaluation import column_scorer
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from tests.evaluation.column_metrics import toy

_QUICK = ("total_variation", "associations", "subgroups")


def test_a_table_with_a_schema_has_its_own_scorer_and_target(tmp_path):
    scorer = run_scores.scorer_of(toy.DATASET, data_dir=tmp_path, target="died")
    assert isinstance(scorer, column_scorer.ColumnScorer)
    assert scorer.train.view.target == "died"
    for target in ("dead", "icd"):
        with pytest.raises(errors.UserError, match="choose from ward"):
            run_scores.scorer_of(toy.DATASET, data_dir=tmp_path, target=target)
    counts = dataclasses.replace(toy.DATASET, schema=None)
    with pytest.raises(errors.UserError, match="tables with a schema"):
        run_scores.scorer_of(counts, data_dir=tmp_path, target="died")


def test_each_part_is_scored_by_what_does_not_compare_with_it():
    scorer = column_scorer.build(toy.DATASET, metric_names=_QUICK)
    found = scorer.score_real(num=2_000)
    assert list(found) == ["real_train", "real_test"]
    assert found["real_train"]["num_rows"] == 2_000
    assert set(found["real_train"]) == {
        *("num_rows", "left_out", "association_error", "association_mean")
    }
    assert 0 < found["real_test"]["two_way"] < 0.05
    assert "association_error" not in found["real_test"]


def test_independent_columns_are_a_baseline_and_no_association_is_left():
    scorer = column_scorer.build(toy.DATASET, metric_names=_QUICK)
    (found,) = scorer.baselines(4_000).values()
    assert len(found) == 4_000
    scores = scorer.score_samples(found, title="independent")
    assert scores["one_way"] < 0.03 < 0.06 < scores["two_way"]
    assert scores["association_mean"] < 0.02


def test_of_many_rows_a_random_part_is_used(monkeypatch):
    monkeypatch.setattr(column_scorer, "_MOST_ROWS", 400)
    scorer = column_scorer.build(toy.DATASET, metric_names=_QUICK)
    made = scorer.as_set(toy.rows(500, seed=5), None, title="made")
    assert [len(part) for part in (scorer.train, scorer.test, made)] == [
        400
    ] * 3
    assert (scorer.train.rows != toy.TRAIN[:400]).any()


def test_a_report_says_what_is_compared_with_what():
    scorer = column_scorer.build(toy.DATASET, metric_names=_QUICK, target="age")
    made = toy.typed(toy.rows(200, seed=5))
    report = scorer.report(
        {
            "independent": scorer.score_samples(made, title="independent"),
            "released": scorer.score_samples(made, title="released"),
        },
        paper={},
    )
    assert score_text.report_kind().problem_of(report) == ""
    assert score_text.report_kind().problem_of(report | {"target": 3})
    shown = score_text.text(report)
    assert "Total variation is from the training rows" in shown
    assert "Learners predict age." in shown
    assert "independent columns" in shown
    titles = [title for title, *_ in score_text.card_rows(report)]
    assert "2-way TV ↓, released generator" in titles
    assert card_words.score("2-way TV").is_larger_better is False
    (everything,) = {
        line
        for line in score_text.text(report | {"target": ""}).splitlines()
        if "Learners" in line
    }
    assert everything.endswith("each column.")


def test_columns_and_pairs_are_drawn_for_the_private_folder(
    tmp_path, monkeypatch
):
    drawn = {}
    for module in ("column_picture", "association_picture"):
        monkeypatch.setattr(
            getattr(column_scorer, module),
            "draw",
            lambda real, made, *, path: drawn.update({path.name: (real, made)}),
        )
    scorer = column_scorer.build(toy.DATASET, metric_names=_QUICK)
    made = toy.typed(toy.rows(20, seed=5))
    files = run_files.RunFiles(tmp_path)
    scorer.draw(made, files)
    assert drawn == {
        "histograms.png": (scorer.train, made),
        "associations.png": (scorer.test, made),
    }
    assert files.histograms.parent == files.associations.parent == files.private


def test_rows_of_counts_are_no_typed_rows():
    with pytest.raises(ValueError, match="no schema"):
        column_scorer.build(dataclasses.replace(toy.DATASET, schema=None))
    np.testing.assert_array_equal(toy.DATASET.train_rows, toy.TRAIN)
