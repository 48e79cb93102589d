"""Samples that are shown together stand by their classes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.release import export
from dpgan_tf.release import grids
from dpgan_tf.release import sampling
from tests import tiny_generator


def exported(model, folder, **settings):
    export.export_generator(
        model, folder, latent_dim=tiny_generator.LATENT_DIM, **settings
    )
    return folder


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images") / "1"
    return exported(tiny_generator.build(), folder)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled") / "1"
    return exported(tiny_generator.build_labelled(), folder, num_classes=4)


def test_a_grid_has_a_class_in_each_column(labelled):
    grid = grids.grid(sampling.load_generator(labelled), seed=3)
    assert grid.is_by_class
    assert grid.columns == 8  # Four classes, twice.
    shades = grid.images[:, 2, 2, 0].reshape(10, 8)
    expected = np.tile([-0.75, -0.25, 0.25, 0.75], 2)
    np.testing.assert_allclose(shades, [expected] * 10, atol=1e-6)


def test_a_grid_without_classes_has_ten_rows_of_ten(directory):
    grid = grids.grid(sampling.load_generator(directory), seed=3)
    assert (len(grid.images), grid.columns) == (100, 10)
    assert not grid.is_by_class


def test_a_grid_is_not_by_class_where_a_guide_sees_only_some(tmp_path):
    latent, label = keras.Input((3,)), keras.Input((), dtype="int64")
    shade = 0 * latent[:, :1] + 0 * keras.ops.cast(label, "float32")[:, None]
    model = keras.Model([latent, label], layers.Reshape((1, 1, 1))(shade))
    exported(
        model,
        tmp_path / "1",
        num_classes=2,
        guide=lambda images: tf.concat(
            [images[:, 0, 0] + 1, images[:, 0, 0]], axis=1
        ),
    )
    grid = grids.grid(sampling.load_generator(tmp_path / "1"), seed=3)
    assert (len(grid.images), grid.columns, grid.is_by_class) == (
        *(100, 10, False),
    )
