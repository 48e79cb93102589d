"""A score that cannot be computed is undefined, and nothing else is lost."""

import json
import math
import types

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import row_scorer
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.papers import figures
from dpgan_tf.report import curves
from dpgan_tf.run.callbacks import score_curve
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from tests.evaluation import test_plugins
from tests.evaluation import toy


def _alike(num, labelled=True):
    """Images of a class are all equal, and so are all features."""
    return toy.images(num, spread=0, labelled=labelled)


CHEAP = [name for name in metrics.every() if name != "jensen_shannon"]


@pytest.mark.parametrize("num_test", [None, 1, 4])
@pytest.mark.parametrize(
    ("num_samples", "num_train"), [(1, 1), (40, 1), (40, 12), (3, 40)]
)
def test_no_images_take_the_built_in_metrics_down(
    num_samples, num_train, num_test, monkeypatch
):
    monkeypatch.setattr("dpgan_tf.evaluation.metrics.downstream._NUM_EPOCHS", 1)
    chosen = metrics.choose(
        CHEAP if num_test == 1 else CHEAP[:-1], metrics.every()
    )
    found = toy.score(
        _alike(num_samples),
        chosen,
        train=_alike(num_train),
        test=None if num_test is None else _alike(num_test),
    )
    json.dumps(found, allow_nan=False)
    known = found.keys() | found["left_out"].keys()
    assert {metric.name for metric in chosen} <= known | {
        metric.name for metric in chosen if set(metric.columns) <= known
    }
    assert "differ" in found["left_out"]["diversity"]


def test_a_declared_class_that_no_real_image_has_is_scored_around(monkeypatch):
    monkeypatch.setattr("dpgan_tf.evaluation.metrics.downstream._NUM_EPOCHS", 1)
    real = toy.images(40, classes=np.arange(40) % 2, labelled=True)
    found = toy.score(
        toy.images(60, labelled=True),
        metrics.choose([], metrics.every()),
        train=real,
        test=real,
    )
    assert not found["left_out"]
    assert len(found["class_shares"]) == toy.NUM_CLASSES
    assert len(found["diversity_by_class"]) == 2


def test_a_class_with_a_single_sample_is_learnt_from(monkeypatch):
    monkeypatch.setattr("dpgan_tf.evaluation.metrics.downstream._NUM_EPOCHS", 1)
    classes = np.array([0] * 30 + [1] * 9 + [2])
    found = toy.score(
        toy.images(40, classes=classes, labelled=True),
        metrics.choose(["downstream"], metrics.every()),
        train=toy.images(40),
        test=toy.images(1, labelled=True),
    )
    assert not found["left_out"]
    assert 0 <= found["downstream_mlp"] <= 1


def _table(train, test):
    return datasets.TableDataset(
        name="t",
        train_rows=train,
        test_rows=test,
        columns=("a", "b", "c"),
        largest=1,
    )


@pytest.mark.parametrize("judged", [0, 1])
@pytest.mark.parametrize("num_test", [1, 60])
@pytest.mark.parametrize("value", [0, 1])
def test_constant_columns_leave_a_report_and_a_picture(
    tmp_path, value, num_test, judged
):
    dataset = _table(
        np.full([200, 3], value, np.uint8),
        np.full([num_test, 3], value, np.uint8),
    )
    rows = np.full([100, 3], judged, np.uint8)
    scorer = row_scorer.build(dataset)
    found = scorer.score_samples(rows, title="released")
    report = scorer.report({"released": found}, paper={})
    json.dumps(report, allow_nan=False)
    if not value:
        assert {"correlation", "prediction"} <= found["left_out"].keys()
        assert found.get("correlation_error") is None
    assert score_text.text(report)
    files = run_files.RunFiles(tmp_path)
    files.private.mkdir()
    scorer.draw(rows, files)
    assert files.comparison.stat().st_size > 5_000


def test_training_goes_on_where_there_can_be_no_scorer(
    tmp_path, monkeypatch, capsys
):
    def fail(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(private_training.image_scorer, "build", fail)
    found = private_training._score_curves(
        None, None, types.SimpleNamespace(dataset=None), data_dir=tmp_path
    )
    assert found == []
    assert "no curve of scores (MemoryError)" in capsys.readouterr().err


def test_a_curve_of_undefined_scores_lets_training_go_on(tmp_path, monkeypatch):
    chosen = metrics.choose(score_curve.METRICS, metrics.every())
    scorer = toy.scorer(chosen, train=_alike(40))
    curve = score_curve.ScoreCurve(tmp_path, scorer=scorer, every=1)
    monkeypatch.setattr(curve, "_samples", lambda: _alike(100))
    curve.set_model(types.SimpleNamespace(steps=tf.constant(0)))
    curve.on_train_begin()
    curve.close(is_clean=True)
    tags = curves.read(tmp_path)
    assert "private/score/inception_score" in tags
    assert "private/score/diversity" not in tags


def test_scores_that_fail_do_not_keep_a_release_from_its_claim(
    tmp_path, monkeypatch, capsys
):
    files = run_files.RunFiles(tmp_path)
    files.private.mkdir()
    files.scores.write_text("{}")
    dataset = datasets.ImageDataset(
        name="x", train_images=np.zeros([3, 4, 4, 1], np.uint8)
    )
    answers = [RuntimeError("odd\nmore"), KeyboardInterrupt()]

    def fail(*args, **kwargs):
        raise answers.pop(0)

    monkeypatch.setattr(run_scores, "score_run", fail)
    run_release.score(files, dataset, data_dir=tmp_path, num_samples=3)
    said = capsys.readouterr().err
    assert "without scores" in said and "odd" in said and "evaluate" in said
    assert len(said.strip().splitlines()) == 1
    assert not files.scores.exists()
    with pytest.raises(KeyboardInterrupt):
        run_release.score(files, dataset, data_dir=tmp_path, num_samples=3)


def test_of_the_metrics_asked_for_one_that_can_be_computed_is_enough():
    left_out = {"frechet": "too few", "diversity": "all alike"}
    run_scores._require_computed(left_out, ["inception", "frechet"])
    with pytest.raises(errors.UserError, match="frechet: too few"):
        run_scores._require_computed(left_out, ["frechet", "diversity"])
    run_scores._require_computed(left_out, [])


@pytest.mark.parametrize("value", [None, []])
def test_a_figure_of_undefined_scores_says_so(monkeypatch, value):
    values = {} if value is None else {"inception_score": value}
    content = {
        "rows": [
            {"name": row.name, "values": dict(values)}
            for row in figures._BUDGETS
        ],
        "columns": {},
        "notes": [],
    }
    monkeypatch.setattr(
        figures.compute, "score_table_of", lambda *args, **kwargs: content
    )
    figure = next(f for f in figures.FIGURES.values() if f.has_scores)
    found = figures._scores(figure, None, seeds=[0])
    assert any("generate score" in note for note in found["notes"])


def test_undefined_scores_of_real_images_are_not_kept(tmp_path):
    answers = [{"beauty": math.nan}, {"beauty": 1.0}, {"beauty": 2.0}]
    found = [
        toy.scorer(
            [test_plugins.Plugin(answer)],
            train=toy.images(40),
            test=toy.images(40),
            cache_dir=tmp_path,
        ).score_real(num=40)["real_test"]["beauty"]
        for answer in answers
    ]
    assert found == [None, 1.0, 1.0]
