"""Which metrics there are, and how they are chosen."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import plugins
from tests.evaluation import toy


def _names(*names, **kwargs):
    chosen = metrics.choose(names, metrics.every(), **kwargs)
    return [metric.name for metric in chosen]


def test_metrics_are_found_in_the_order_of_a_table():
    assert list(metrics.every()) == [
        "inception",
        "frechet",
        "manifold",
        "diversity",
        "downstream",
        "jensen_shannon",
    ]


def test_the_default_metrics_are_all_but_the_one_for_unlabelled_data():
    assert set(_names()) == set(metrics.every()) - {"jensen_shannon"}
    assert _names(has_classifier=False) == ["jensen_shannon"]


def test_those_asked_for_are_chosen_in_their_order():
    assert _names("manifold", "frechet") == ["manifold", "frechet"]
    with pytest.raises(errors.UserError, match="'nice'; choose from"):
        _names("frechet", "nice")


def test_a_broken_metric_that_is_asked_for_is_refused_at_once():
    broken = plugins.Broken(name="own", reason="cannot be loaded (odd).")
    broken.is_default = True
    known = {"own": broken}
    with pytest.raises(errors.UserError, match="metric own: cannot be loaded"):
        metrics.choose(["own"], known)
    assert metrics.choose([], known) == [broken]


def test_what_is_said_to_be_better_is_better_of_real_looking_samples():
    train, good = toy.images(400), toy.images(400, seed=1)
    bad = toy.images(400, classes=np.zeros(400, int))
    bad.images[:, 1:] = 255
    for name in ("inception", "frechet", "manifold"):
        metric = metrics.every()[name]
        found, worse = (
            metric.run(samples, train=train, test=None, seed=0)
            for samples in (good, bad)
        )
        assert metric.larger_is_better
        for column, larger in metric.larger_is_better.items():
            assert (found[column] > worse[column]) == larger
            assert found[column] != worse[column]
