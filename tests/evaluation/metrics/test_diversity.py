"""Distances within a class."""

import numpy as np
import pytest

from dpgan_tf.evaluation.metrics import diversity
from dpgan_tf.evaluation.metrics import inception
from tests.evaluation import toy


def test_diversity_is_a_share_of_the_real_one():
    real = toy.images(800)
    assert toy.run(diversity, toy.images(800, seed=1), real)[
        "diversity"
    ] == pytest.approx(1, rel=0.05)
    assert toy.run(diversity, toy.images(800, spread=20), real)[
        "diversity"
    ] == pytest.approx(0.5, rel=0.1)


def test_one_image_per_class_has_no_diversity_but_a_perfect_inception_score():
    collapsed = toy.images(800, spread=0)
    found = toy.run(diversity, collapsed, toy.images(800))
    assert found["diversity"] == found["diversity_worst"] == 0
    score = toy.run(inception, collapsed, toy.images(800))["inception_score"]
    assert score == pytest.approx(toy.NUM_CLASSES)


def test_a_class_that_is_missing_is_the_worst():
    samples = toy.images(300, classes=np.arange(300) % 3)
    found = toy.run(diversity, samples, toy.images(800))
    assert found["diversity_worst"] == found["diversity_by_class"][3] == 0
    assert found["diversity"] == pytest.approx(0.75, rel=0.05)
