"""Rows of a table are judged, and what cannot be is said."""

import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import row_scorer
from tests.evaluation.row_metrics import toy


def _scorer(**kwargs):
    dataset = datasets.TableDataset(
        name="t",
        train_rows=toy.TRAIN,
        test_rows=toy.TEST,
        columns=tuple("abcde"),
        largest=1,
        origin="a test",
    )
    return row_scorer.build(dataset, **kwargs)


def test_all_metrics_are_computed_and_what_cannot_be_is_said():
    found = _scorer().score_samples(toy.rows(30, seed=5), title="few")
    assert found["num_rows"] == 30
    assert "at least 50" in found["left_out"]["distinguish"]
    assert found["auroc_1"] > 0


def test_the_first_training_rows_are_the_only_real_part():
    scorer = _scorer(metric_names=["probability"])
    found = scorer.score_real(num=70)
    assert list(found) == ["real_train"]
    first = toy.TRAIN[:70]
    assert found["real_train"]["num_rows"] == 70
    assert found["real_train"]["codes_per_row"] == pytest.approx(
        first.sum() / 70
    )


def test_metrics_may_be_chosen_by_name():
    with pytest.raises(errors.UserError, match="choose from probability"):
        _scorer(metric_names=["inception"])


def test_a_report_says_where_the_rows_are_from():
    report = _scorer().report({"released": {}}, paper={})
    assert report == {
        "dataset": "t",
        "origin": "a test",
        "sample_seed": 0,
        "scores": {"released": {}},
    }


def test_samples_are_drawn_beside_as_many_training_rows(tmp_path, monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        row_scorer.row_picture,
        "draw",
        lambda parts, **kwargs: drawn.update(parts, **kwargs),
    )
    files = run_files.RunFiles(tmp_path)
    _scorer().draw(toy.rows(30, seed=5), files)
    assert len(drawn["real, training"]) == len(drawn["released"]) == 30
    assert drawn["path"] == files.comparison
    assert drawn["test"] is toy.TEST
