"""Means of areas."""

import numpy as np
import pytest

from dpgan_tf.privacy.summary import areas


@pytest.mark.parametrize("length,num", [(6, 6), (6, 3), (7, 3), (33, 32)])
def test_each_area_is_a_mean_and_each_pixel_counts_alike(length, num):
    weights = areas.weights(length, num)
    assert weights.shape == (num, length)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    np.testing.assert_allclose(weights.sum(axis=0), num / length)


def test_a_pixel_between_two_areas_is_shared():
    np.testing.assert_allclose(
        areas.weights(3, 2), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]]
    )
