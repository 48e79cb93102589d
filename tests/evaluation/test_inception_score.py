import math

import numpy as np
import pytest

from dpgan_tf.evaluation import inception_score


def test_confident_and_even_images_score_the_number_of_classes():
    one_hot = np.tile(np.eye(10), [20, 1])
    mean, deviation = inception_score.inception_score(one_hot)
    assert mean == pytest.approx(10, abs=1e-12)
    assert deviation == pytest.approx(0, abs=1e-12)


def test_images_that_all_look_alike_score_one():
    constant = np.tile([[0.7, 0.2, 0.1]], [50, 1])
    assert inception_score.inception_score(constant, num_splits=5) == (
        pytest.approx(1, abs=1e-12),
        pytest.approx(0, abs=1e-12),
    )


def test_two_images_by_hand():
    # Marginal (.5, .5); KL of (.9, .1) from it is log 2 minus its entropy.
    rows = np.array([[0.9, 0.1], [0.1, 0.9]])
    entropy = -(0.9 * math.log(0.9) + 0.1 * math.log(0.1))
    mean, _ = inception_score.inception_score(rows, num_splits=1)
    assert mean == pytest.approx(2 * math.exp(-entropy), rel=1e-12)


def test_splits_are_scored_apart_and_averaged():
    # The first half is one class only (1); the second is two, evenly (2).
    rows = np.eye(2)[[0, 0, 0, 0, 0, 1, 0, 1]]
    mean, deviation = inception_score.inception_score(rows, num_splits=2)
    assert mean == pytest.approx(1.5)
    assert deviation == pytest.approx(0.5)


def test_a_missing_class_lowers_the_score_by_one():
    rows = np.eye(10)[np.arange(900) % 9]
    mean, _ = inception_score.inception_score(rows)
    assert mean == pytest.approx(9)


def test_float32_rows_are_scored_in_float64():
    rows = np.full([7, 3], 1 / 3, np.float32)
    mean, _ = inception_score.inception_score(rows, num_splits=1)
    assert mean == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize(
    "rows",
    [
        np.full([20, 2], 0.6),
        np.full([20, 2], np.nan),
        np.tile([[1.5, -0.5]], [20, 1]),
        np.eye(3),
        np.ones([20]),
    ],
    ids=["sum", "nan", "negative", "fewer_than_splits", "one_dimension"],
)
def test_what_is_no_distribution_is_refused(rows):
    with pytest.raises(ValueError, match="expected"):
        inception_score.inception_score(rows, num_splits=10)
