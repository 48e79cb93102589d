"""Whatever a metric does, its scores are undefined and all else is there."""

import asyncio
import json
import math
import signal
import sys

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import plugins
from dpgan_tf.evaluation import score_text
from dpgan_tf.privacy import untrusted_json
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
        ({"beauty": [1.0, 2.0]}, "beauty is not a number"),
        ({"beauty": "very"}, "beauty is not a number"),
        ({"beauty": None}, "beauty is not a number"),
        ({"beauty": 1 + 2j}, "beauty is not a number"),
        ({"beauty": 1.0, "by_class": [1.0, math.nan]}, "by_class"),
        ({"beauty": 1.0, "by_class": {"a": 1}}, "by_class is not a number"),
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
        ({"beauty": True}, "beauty is not a number"),
        ({"beauty": np.bool_(True)}, "beauty is not a number"),
        (
            {"beauty": 1.0, "by_class": [True, False]},
            "by_class is not a number",
        ),
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
            "columns of METRIC are not literals",
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
        "from tests.evaluation import test_plugins\n"
        "class Own(test_plugins.Good):\n"
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


def test_what_a_metric_leaves_out_is_as_the_others_have_it():
    class Short:
        name, columns = "short", {}

        def run(self, samples, **kwargs):
            return {}

    metric = Short()
    plugins._complete(metric, metrics.Metric)
    assert metric.compared_with == metrics.REAL_TRAIN
    assert metric.is_default and not metric.needs
    metric.needs = "labels"
    with pytest.raises(TypeError, match="no usable needs"):
        plugins._require_usable(metric, "")
