"""Features of a run's images."""

import numpy as np
import tensorflow as tf

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import scattering
from dpgan_tf.run.summary import feature_rows
from tests import summary_runs

PUBLIC = records.PublicRecords(summary_runs.pixels(30), np.arange(30) % 10)
RECIPE = presets.get("mnist_surrogate")


def test_some_public_records_from_all_over_are_looked_at(monkeypatch):
    """Many sets are sorted by class: the first records would be of one."""
    monkeypatch.setattr(feature_rows, "MOST_PUBLIC", 12)
    recipe = recipes.change(RECIPE, {"summary.feature_directions": 20})
    projection = feature_rows.projection(recipe, PUBLIC)
    seen = [0, 2, 5, 7, 10, 13, 15, 18, 21, 23, 26, 29]
    features = scattering.transform(tf.constant(PUBLIC.examples[seen] / 255))
    np.testing.assert_allclose(
        projection.center, features.numpy().mean(axis=0), rtol=1e-6
    )
    assert projection.size == 12


def test_bytes_and_floats_have_the_same_features():
    pixels = np.random.default_rng(0).integers(0, 256, [3, 28, 28, 1])
    pixels = pixels.astype(np.uint8)
    both = [
        np.concatenate(
            list(feature_rows.features(each, "test", dtype=tf.float64))
        )
        for each in (pixels, records.scale(pixels))
    ]
    np.testing.assert_allclose(*both, atol=1e-6)


def test_features_are_brought_along_the_directions_in_order(monkeypatch):
    monkeypatch.setattr(feature_rows, "_AT_A_TIME", 7)
    recipe = recipes.change(RECIPE, {"summary.feature_directions": 5})
    projection = feature_rows.projection(recipe, PUBLIC)
    found = feature_rows.projected(PUBLIC.examples, projection)
    whole = np.concatenate(
        list(feature_rows.features(PUBLIC.examples, "all", dtype=tf.float64))
    )
    assert found.shape == (30, 5) and found.dtype == np.float32
    np.testing.assert_allclose(found, projection.rows(whole), atol=1e-4)


def test_private_records_have_features_in_float64(monkeypatch):
    """What other images change by rounding is then far below the noise."""
    seen = []

    def transform(images):
        seen.append(images.dtype)
        return scattering.transform(images)

    recipe = recipes.change(RECIPE, {"summary.feature_directions": 5})
    projection = feature_rows.projection(recipe, PUBLIC)
    with monkeypatch.context() as patched:
        patched.setattr(feature_rows.image_features, "transform", transform)
        feature_rows.projected(PUBLIC.examples, projection)
    assert set(seen) == {tf.float64}
