"""Certain and even classes, and classes that are missing."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.evaluation.metrics import inception
from tests.evaluation import toy


def test_even_and_certain_classes_reach_the_highest_inception_score():
    found = toy.run(inception, toy.images(400), toy.images(400))
    assert found["inception_score"] == pytest.approx(toy.NUM_CLASSES)
    assert found["class_coverage"] == 1
    assert found["class_shares"] == pytest.approx([0.25] * 4)


def test_a_class_that_is_hardly_made_is_not_covered():
    classes = np.repeat([0, 1, 2, 3], [300, 300, 390, 10])
    found = toy.run(
        inception, toy.images(1000, classes=classes), toy.images(400)
    )
    assert found["class_coverage"] == 0.75


def test_too_few_samples_for_ten_splits_are_refused():
    with pytest.raises(errors.UserError, match="9 images; a score in 10"):
        toy.run(inception, toy.images(9), toy.images(400))
