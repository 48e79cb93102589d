"""Directions that public features suggest."""

import numpy as np
import pytest

from dpgan_tf.privacy.summary import projection as projections


def test_a_projection_keeps_what_varies_and_scales_it():
    rng = np.random.default_rng(1)
    wide = np.array([10.0, 5.0, 3.0, 0.0])
    features = 7 + rng.normal(size=[4000, 4]) * wide
    features[:, 3] = 7
    projection = projections.project(features, num_directions=3)
    rows = projection.rows(features)
    assert rows.shape == (4000, 3)
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-9)
    assert np.mean(np.sum(rows**2, axis=1)) == pytest.approx(1)
    # The scales of coordinates do not decide which directions lead.
    np.testing.assert_allclose(np.sum(rows**2, axis=0) / 4000, 1 / 3, rtol=0.2)


def test_features_that_do_not_vary_give_a_finite_projection():
    projection = projections.project(np.ones([50, 4]), num_directions=10)
    assert projection.directions.shape == (4, 4)
    assert np.isfinite(projection.rows(np.ones([2, 4]))).all()
