"""The contract of metrics: found by themselves, left out with a reason."""

import dataclasses

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import scores
from tests.evaluation import toy


class Alone:
    """Needs nothing."""

    name = "alone"
    needs = frozenset[str]()
    columns = {"value": "value"}

    def run(self, samples, *, train, test, seed):
        return {"value": float(len(samples) + len(train) + seed)}


class Wanting(Alone):
    """Needs all there is."""

    name = "wanting"
    needs = frozenset({metrics.LABELS, metrics.TEST_SET})


class Looking(Alone):
    """Needs a classifier."""

    name = "looking"
    needs = frozenset({metrics.CLASSIFIER})


class Greedy(Alone):
    """Needs more images."""

    name = "greedy"

    def run(self, samples, *, train, test, seed):
        samples.require(1000, why="greed")


def test_metrics_are_found_and_name_what_a_table_shows():
    found = metrics.every()
    assert set(found) == {
        "inception",
        "frechet",
        "manifold",
        "diversity",
        "downstream",
        "jensen_shannon",
    }
    columns = [c for metric in found.values() for c in metric.columns]
    assert len(columns) == len(set(columns))


def test_the_default_metrics_are_all_but_the_one_for_unlabelled_data():
    names = {metric.name for metric in metrics.choose([])}
    assert names == set(metrics.every()) - {"jensen_shannon"}
    unlabelled = metrics.choose([], has_classifier=False)
    assert [metric.name for metric in unlabelled] == ["jensen_shannon"]
    assert [m.name for m in metrics.choose(["frechet"])] == ["frechet"]
    with pytest.raises(errors.UserError, match="'nice'; choose from"):
        metrics.choose(["nice"])


def test_what_cannot_be_run_is_left_out_and_says_why():
    samples, train = toy.images(5), toy.images(7)
    found = scores.score(
        samples,
        [Alone(), Wanting(), Greedy()],
        train=train,
        test=None,
        seed=3,
    )
    assert found == {
        "num_images": 5,
        "value": 15.0,
        "left_out": {
            "wanting": "toy: needs a test set and labels.",
            "greedy": "toy: 5 images; greed needs at least 1000.",
        },
    }


def test_without_a_classifier_metrics_that_need_one_are_left_out():
    samples, train = (
        dataclasses.replace(toy.images(num), classifier=None) for num in (5, 7)
    )
    found = scores.score(
        samples, [Alone(), Looking()], train=train, test=None, seed=3
    )
    assert found["value"] == 15
    assert "needs a classifier" in found["left_out"]["looking"]
    with pytest.raises(ValueError, match="there is no classifier"):
        _ = samples.features


def test_images_of_another_size_are_refused():
    with pytest.raises(errors.UserError, match="the classifier takes"):
        toy.image_set.ImageSet(
            title="odd",
            images=np.zeros([3, 5, 5, 1], np.uint8),
            classifier=toy.Classifier(),
        )
