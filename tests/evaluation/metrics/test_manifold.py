"""Who lies within reach of whom."""

import numpy as np
import pytest

from dpgan_tf.evaluation.metrics import manifold
from tests.evaluation import toy


def test_samples_like_real_images_have_precision_and_recall():
    found = toy.run(manifold, toy.images(1000, seed=1), toy.images(1000))
    assert found["precision"] > 0.6 and found["recall"] > 0.6


def test_one_real_image_repeated_is_precise_and_recalls_nothing():
    train = toy.images(500)
    repeated = toy.images(500)
    repeated.images[:] = train.images[:1]
    found = toy.run(manifold, repeated, train)
    assert found["precision"] == 1.0
    # A reach of zero covers the one image, and nothing else.
    assert found["recall"] == pytest.approx(1 / 500)


def test_noise_far_from_all_is_not_precise():
    far = toy.images(300)
    far.images[:, 1:] = 255
    assert toy.run(manifold, far, toy.images(300, spread=5))["precision"] == 0


def test_coverage_counts_what_lies_within_the_third_neighbours_distance():
    """Points on a line: the reach of 0, 1, 2, 3 is 3, 2, 2, 3."""
    by = np.array([[0.0], [1], [2], [3]])
    points = np.array([[-3.5], [-2.5], [0.5], [5.9], [6.1]])
    assert manifold.covered(points, by=by) == 3 / 5
