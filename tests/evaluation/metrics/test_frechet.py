"""The distance of Gaussians, by other means."""

import numpy as np
import pytest
import scipy.linalg

from dpgan_tf import errors
from dpgan_tf.evaluation.metrics import frechet
from tests.evaluation import toy


def test_the_frechet_distance_is_that_of_the_formula():
    rng = np.random.default_rng(0)
    a = rng.normal(size=[50, 6]).astype(np.float32)
    b = (rng.normal(size=[70, 6]) @ rng.normal(size=[6, 6]) + 1).astype("f4")
    root = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    expected = np.sum((a.mean(0) - b.mean(0)) ** 2)
    expected += np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root)
    assert frechet.frechet_distance(a, b) == pytest.approx(expected, rel=1e-4)


def test_the_frechet_distance_of_a_shift_is_its_square():
    a = np.random.default_rng(0).normal(size=[500, 3]).astype(np.float32)
    shift = np.array([3.0, 0, 4.0], np.float32)
    assert frechet.frechet_distance(a, a + shift) == pytest.approx(25, rel=1e-4)
    assert frechet.frechet_distance(a, a) == pytest.approx(0, abs=1e-3)


def test_the_distance_is_of_samples_and_training_images_by_their_features():
    samples, train = toy.images(400, seed=1, spread=10), toy.images(400)
    found = toy.run(frechet, samples, train)["fid_classifier"]
    assert found > 100
    expected = frechet.frechet_distance(samples.features, train.features)
    assert found == pytest.approx(expected)


def test_a_covariance_needs_more_samples_than_features():
    with pytest.raises(errors.UserError, match="15 images; a covariance"):
        toy.run(frechet, toy.images(15), toy.images(400))
