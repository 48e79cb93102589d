"""The contract of metrics: run with what they need, or left out and why."""

import dataclasses

import pytest

from dpgan_tf.evaluation import metrics
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from tests import tiny_generator
from tests.evaluation import toy


class Alone(metrics.Metric):
    """Needs nothing."""

    name = "alone"
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


def test_what_cannot_be_run_is_left_out_and_says_why():
    samples, train = toy.images(5), toy.images(7)
    found = toy.score(samples, [Alone(), Wanting(), Greedy()], train=train)
    assert found == {
        "num_images": 5,
        "value": 12.0,
        "left_out": {
            "wanting": "toy: needs a test set and labels.",
            "greedy": "toy: 5 images; greed needs at least 1000.",
        },
    }


def test_without_a_classifier_metrics_that_need_one_are_left_out():
    samples, train = (
        dataclasses.replace(toy.images(num), classifier=None) for num in (5, 7)
    )
    found = toy.score(samples, [Alone(), Looking()], train=train)
    assert found["value"] == 12
    assert "needs a classifier" in found["left_out"]["looking"]
    with pytest.raises(ValueError, match="there is no classifier"):
        _ = samples.features


class Looks(Alone):
    """Notes what it judges, and says what it is compared with."""

    def __init__(self, compared_with):
        self.name = str(compared_with)
        self.columns = {self.name: self.name}
        self.compared_with = compared_with

    def run(self, samples, *, train, test, seed):
        return {self.name: float(len(samples))}


def test_no_part_of_the_real_records_is_compared_with_itself(tmp_path):
    chosen = [Looks(part) for part in ("real_train", "real_test", None)]
    scorer = toy.scorer(
        chosen, train=toy.images(7), test=toy.images(4), cache_dir=tmp_path
    )
    rows = scorer.score_real(num=5)
    assert rows == {
        "real_train": {
            "num_images": 5,
            "real_test": 5.0,
            "None": 5.0,
            "left_out": {},
        },
        "real_test": {
            "num_images": 4,
            "real_train": 4.0,
            "None": 4.0,
            "left_out": {},
        },
    }


def test_a_test_set_is_missing_where_it_has_no_labels():
    labelled, bare = toy.images(5, labelled=True), toy.images(5)
    metric = Wanting()

    def missing(samples, test):
        return toy.scorer([metric], train=bare, test=test).missing(
            metric, samples
        )

    assert missing(bare, labelled) == metrics.LABELS
    assert missing(labelled, None) == metrics.TEST_SET
    assert missing(labelled, bare) == metrics.TEST_SET
    assert not missing(labelled, labelled)


def test_classes_of_samples_are_those_of_the_records(tmp_path):
    export.export_generator(
        tiny_generator.build_labelled(),
        tmp_path / "1",
        latent_dim=tiny_generator.LATENT_DIM,
        num_classes=4,
        first_label=7,
    )
    generator = sampling.load_generator(tmp_path / "1")
    scorer = toy.scorer([], train=toy.images(7), cache_dir=tmp_path)
    scorer = dataclasses.replace(scorer, example_shape=(4, 4, 1))
    samples = scorer.sample(generator, num=8, title="few")
    assert samples.labels.tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
