"""A summary of all records: nothing but its noisy sums decides it."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import scattering
from dpgan_tf.run import data as run_data
from dpgan_tf.run.summary import class_summary
from tests import summary_runs
from tests import tiny_run


@pytest.fixture(scope="module")
def recipe(folder):
    return tiny_run.recipe(folder, **summary_runs.GUIDED)


def test_some_public_records_from_all_over_are_looked_at(recipe, monkeypatch):
    """Many sets are sorted by class: the first records would be of one."""
    monkeypatch.setattr(class_summary, "_MOST_PUBLIC_FEATURES", 12)
    public = records.PublicRecords(summary_runs.pixels(30), np.arange(30) % 10)
    recipe = recipes.change(recipe, {"summary.feature_directions": 20})
    projection = class_summary._projection(recipe, public)
    seen = [0, 2, 5, 7, 10, 13, 15, 18, 21, 23, 26, 29]
    features = scattering.transform(
        tf.constant(summary_runs.pixels(30)[seen] / 255)
    )
    np.testing.assert_allclose(
        projection.center, features.numpy().mean(axis=0), rtol=1e-6
    )
    blank = class_summary.blank(recipe, records.DIGITS, public)
    assert blank.projection.size == projection.size == 12


class _Replayed:
    """A mechanism whose noisy sums are the same for every data set."""

    def __init__(self):
        self._rng = np.random.default_rng(6)

    def privatize(self, statistic, private, *, clip_norm, key):
        size = len(statistic.weighted_sum(private[:0], np.zeros(0)))
        return 0.1 + 0.01 * self._rng.normal(size=size)

    def deviation(self, number, *, clip_norm):
        return 1e-4


@pytest.mark.parametrize("has_public", [False, True])
def test_given_the_noisy_sums_neighbours_have_the_same_summary(
    folder, recipe, has_public
):
    """Directions, counts and whatever else follow from them alone."""
    private = run_data.load(recipe, data_dir=folder).private
    public = records.PublicRecords(summary_runs.pixels(30), np.arange(30) % 10)
    public = public if has_public else None
    keep = np.flatnonzero(private.labels != 3)
    neighbour = records.PrivateRecords(
        255 - private.examples[keep],
        private.labels[keep],
        num_classes=private.num_classes,
    )
    first, second = (
        class_summary.take(
            recipe,
            _Replayed(),
            some,
            public,
            tf.constant([1, 2], tf.int64),
        )
        for some in (private, neighbour)
    )
    assert (first.moments is None) == (second.moments is None) == has_public
    ours, theirs = dataclasses.asdict(first), dataclasses.asdict(second)
    for part in ("moments", "projection", "features", "guide"):
        for name, array in (ours[part] or {}).items():
            np.testing.assert_array_equal(
                array, theirs[part][name], err_msg=name
            )


def test_bytes_and_floats_have_the_same_features():
    pixels = np.random.default_rng(0).integers(0, 256, [3, 28, 28, 1])
    pixels = pixels.astype(np.uint8)
    both = [
        np.concatenate(list(class_summary._features(each, "test")))
        for each in (pixels, records.scale(pixels))
    ]
    np.testing.assert_allclose(*both, atol=1e-6)
