"""A score that cannot be computed is undefined, and nothing else is lost."""

import asyncio
import json
import math
import signal
import sys
import types

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import plugins
from dpgan_tf.evaluation import row_scorer
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.papers import figures
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.report import curves
from dpgan_tf.run.callbacks import score_curve
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from tests.evaluation import toy


class Plugin(metrics.Metric):
    """Somebody's measure, which returns or raises what it is told to."""

    name = "beauty"
    columns = {"beauty": "beauty"}

    def __init__(self, answer):
        self._answer = answer

    def run(self, samples, *, train, test, seed):
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


class OwnError(BaseException):
    """Of somebody who does not know Exception."""


class MuteError(Exception):
    """Cannot say what is wrong."""

    def __str__(self):
        raise ValueError("no words")


class RudeError(Exception):
    """Ends the program where it should say what is wrong."""

    def __str__(self):
        raise SystemExit(3)


def _nested(depth):
    value = 1.0
    for _ in range(depth):
        value = [value]
    return value


class Good(Plugin):
    name = "good"
    columns = {"value": "value"}

    def __init__(self):
        super().__init__({"value": np.float32(0.5), "parts": np.arange(3)})


@pytest.fixture
def registered(monkeypatch):
    """Let tables and reports know somebody's measures."""
    known = {one.name: one for one in (Plugin(None), Good())}
    monkeypatch.setattr(metrics, "every", lambda: known)


def _score(*answers):
    chosen = [*(Plugin(answer) for answer in answers), Good()]
    return toy.score(toy.images(5), chosen, train=toy.images(7))


def _require_readable(row):
    """See that scores are as they were once they were written."""
    text = json.dumps({"released": row}, allow_nan=False)
    kind = score_text.rows_kind.__wrapped__()
    assert untrusted_json.parse(text, kind) == {"released": row}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ZeroDivisionError("division by zero"), "division by zero"),
        (np.linalg.LinAlgError("Singular matrix"), "Singular matrix"),
        (tf.errors.ResourceExhaustedError(None, None, "OOM"), "OOM"),
        (MemoryError(), "MemoryError"),
        (SystemExit(1), "SystemExit"),
        (AssertionError("line one\nline two"), "line one"),
        (KeyError("a\x1b[31m\x07b"), "KeyError"),
        ({"beauty": math.nan}, "beauty is nan"),
        ({"beauty": -math.inf}, "beauty is -inf"),
        ({"beauty": np.float64("nan")}, "beauty is nan"),
        ({"beauty": [1.0, 2.0]}, "beauty is no number"),
        ({"beauty": "very"}, "beauty is no number"),
        ({"beauty": None}, "beauty is no number"),
        ({"beauty": 1 + 2j}, "beauty is no number"),
        ({"beauty": 1.0, "by_class": [1.0, math.nan]}, "by_class"),
        ({"beauty": 1.0, "by_class": {"a": 1}}, "by_class is no number"),
        ({"beauty": 10**400}, "beauty"),
        ({7: 1.0}, "7"),
        (None, "NoneType"),
        (3.0, "float"),
        (MuteError(), "MuteError"),
        (RudeError(), "RudeError"),
        (asyncio.CancelledError(), "CancelledError"),
        (GeneratorExit(), "GeneratorExit"),
        (OwnError("mine"), "mine"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        ({"beauty": True}, "beauty is no number"),
        ({"beauty": np.bool_(True)}, "beauty is no number"),
        ({"beauty": 1.0, "by_class": [True, False]}, "by_class is no number"),
        ({"parts_of": _nested(5)}, "nested"),
        ({"parts_of": _nested(100)}, "nested"),
        ({"parts_of": np.zeros([1] * 30)}, "nested"),
        ({"parts_of": list(range(200_000))}, "characters"),
        ({"left_out": 1.0}, "left_out is no name"),
        ({"num_images": 1.0}, "num_images is no name"),
        ({"num_rows": [1.0]}, "num_rows is no name"),
    ],
)
def test_whatever_a_measure_does_the_others_are_there(
    registered, answer, reason
):
    found = _score(answer)
    _require_readable(found)
    assert found["value"] == 0.5 and found["parts"] == [0, 1, 2]
    (said,) = found["left_out"].values()
    assert reason in said and said.isprintable()
    report = {
        "dataset": "toy",
        "classifier": None,
        "paper": {},
        "scores": {"real_train": found, "released": found},
    }
    assert "Left out, beauty: " in score_text.text(report)
    assert score_text.cells(report)[0]
    assert score_text.card_rows(report)


def test_the_columns_of_a_measure_that_fails_are_null(registered):
    found = _score(ValueError("no"))
    assert found["beauty"] is None
    report = {
        "dataset": "toy",
        "classifier": None,
        "paper": {},
        "scores": {"released": found},
    }
    assert score_text.cells(report) == (
        ["", "beauty", "value"],
        [["released generator", "-", "0.500"]],
    )
    rows = score_text.card_rows(report)
    assert rows[0] == ("beauty, released generator", "-", "5 images")


def test_what_is_defined_of_a_measure_is_kept():
    found = _score({"beauty": math.nan, "truth": 0.25})
    assert found["beauty"] is None and found["truth"] == 0.25


@pytest.mark.parametrize(
    "number", [10**30, -(10**30), 2**64, 2**63, np.uint64(2**64 - 1)]
)
def test_scores_beyond_64_bits_can_be_read_again(registered, number):
    found = _score({"beauty": number, "by_class": [2**70, 3]})
    _require_readable(found)
    assert found["beauty"] == float(number)
    assert found["by_class"] == [float(2**70), 3]
    assert not found["left_out"]


@pytest.mark.parametrize("name", ["\ud800", "\x1b[1m", "a\nb", "\u202ex"])
def test_names_of_scores_can_be_shown(registered, name):
    found = _score({name: 1.0})
    _require_readable(found)
    assert all(key.isprintable() for key in found)
    assert 1.0 in found.values()


@pytest.mark.parametrize("wrong", [[1.0], 9.0, "text"])
def test_a_measure_cannot_say_what_is_another_measures(registered, wrong):
    found = _score({"beauty": 1.0, "value": wrong})
    _require_readable(found)
    assert found["value"] == 0.5 and "value" in found["left_out"]["beauty"]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_lists_of_a_bearable_depth_are_scores(registered, depth):
    found = _score({"parts_of": _nested(depth)})
    _require_readable(found)
    assert found["parts_of"] == _nested(depth)


class Interrupted(Plugin):
    """Is asked to stop, and makes some other error of it."""

    def run(self, *args, **kwargs):
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            raise self._answer from None


@pytest.mark.parametrize(
    "answer",
    [KeyboardInterrupt(), OwnError(), ValueError(), errors.UserError("no")],
)
def test_an_interruption_is_no_undefined_score(answer):
    with pytest.raises(KeyboardInterrupt):
        plugins.judge(
            [Interrupted(answer)], lambda metric: metric.run(), title="toy"
        )


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


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("METRIC = (", "never closed"),
        ("import no_such_module", "no_such_module"),
        ("raise SystemExit('bye')", "bye"),
        ("pass", "METRIC"),
        ("class METRIC: name, order, run = 'x', 1, print", "columns"),
        ("class METRIC:\n name, order, run, columns = 3, 1, print, {}", "name"),
        (
            "class METRIC:\n name, run = 'x', print\n columns = dict(x='X')",
            "columns of METRIC are not written out",
        ),
    ],
)
def test_a_measure_that_cannot_be_loaded_is_left_out(
    tmp_path, monkeypatch, source, reason
):
    package = tmp_path / f"measures_{abs(hash(source))}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "own.py").write_text(source)
    (package / "good.py").write_text(
        "from tests.evaluation import test_undefined\n"
        "class Own(test_undefined.Good):\n"
        "    columns = {'value': 'value'}\n"
        "METRIC = Own()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = plugins.discover(package.name, [str(package)], like=metrics.Metric)
    assert list(found) == ["good", "own"]
    judged = toy.score(
        toy.images(5),
        list(found.values()),
        train=toy.images(7),
    )
    assert judged["value"] == 0.5
    assert reason in judged["left_out"]["own"]
    for name in [name for name in sys.modules if name.startswith("measures_")]:
        del sys.modules[name]


def test_a_broken_measure_that_is_asked_for_is_refused_at_once(monkeypatch):
    broken = plugins.Broken(name="own", reason="cannot be loaded (odd).")
    broken.is_default = True
    monkeypatch.setattr(metrics, "every", lambda: {"own": broken})
    with pytest.raises(errors.UserError, match="metric own: cannot be loaded"):
        metrics.choose(["own"], metrics.every())
    assert metrics.choose([], metrics.every()) == [broken]


def test_undefined_numbers_are_a_dash():
    for value in (None, math.nan, math.inf):
        assert score_text.number(value) == "-"


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
            [Plugin(answer)],
            train=toy.images(40),
            test=toy.images(40),
            cache_dir=tmp_path,
        ).score_real(num=40)["real_test"]["beauty"]
        for answer in answers
    ]
    assert found == [None, 1.0, 1.0]
