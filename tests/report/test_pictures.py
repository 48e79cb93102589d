"""Pictures of a generator show what it makes of the latents they say."""

import io

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from dpgan_tf.release import export
from dpgan_tf.release import latents
from dpgan_tf.release import sampling
from dpgan_tf.report import pictures
from tests import tiny_generator


def load(model, folder, **settings):
    export.export_generator(model, folder, latent_dim=3, **settings)
    return sampling.load_generator(folder)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """A generator whose images are as bright as their labels say."""
    folder = tmp_path_factory.mktemp("labelled") / "1"
    return load(tiny_generator.build_labelled(), folder, num_classes=4)


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A generator whose images are one pixel, the latent vector over 5."""
    latent = keras.Input((3,))
    pixel = layers.Reshape((1, 1, 3))(latent / 5)
    folder = tmp_path_factory.mktemp("mirror") / "1"
    return load(keras.Model(latent, pixel), folder)


def cells(png, side):
    """Return the first pixel of each image of a grid, by row and column."""
    pixels = np.asarray(Image.open(io.BytesIO(png)))
    return pixels[1 :: side + 1, 1 :: side + 1].astype(int)


SHADES = np.rint(np.array([-0.75, -0.25, 0.25, 0.75]) * 127.5 + 127.5)


def test_samples_with_classes_have_one_in_each_column(labelled):
    png, is_by_class = pictures.samples(labelled)
    assert is_by_class
    np.testing.assert_array_equal(cells(png, 4), [np.tile(SHADES, 2)] * 10)


def test_samples_without_classes_are_the_first_hundred(mirror):
    png, is_by_class = pictures.samples(mirror)
    assert not is_by_class
    drawn = latents.block_latents(1, 0, latent_dim=3).numpy()[:100]
    expected = np.clip(drawn / 5, -1, 1) * 127.5 + 127.5
    found = cells(png, 1).reshape(100, 3)
    np.testing.assert_allclose(found, expected, atol=0.51)


def test_along_a_row_the_latent_turns_from_one_to_another(mirror):
    found = cells(pictures.interpolation(mirror), 1)
    ends = latents.block_latents(1, 0, latent_dim=3).numpy()[:16]
    first, last = ends[::2, None], ends[1::2, None]
    # Ten steps of a right angle.
    angles = np.radians(10 * np.arange(10))[:, None]
    turned = np.cos(angles) * first + np.sin(angles) * last
    assert found.shape == (8, 10, 3)
    expected = np.clip(turned / 5, -1, 1) * 127.5 + 127.5
    np.testing.assert_allclose(found, expected, atol=0.51)


def test_along_a_row_the_class_stays(labelled):
    found = cells(pictures.interpolation(labelled), 4)
    expected = np.repeat(np.tile(SHADES, 2)[:, None], 10, axis=1)
    np.testing.assert_array_equal(found, expected)


def test_images_lie_in_rows_of_ten():
    images = np.linspace(-1, 1, 23).reshape(23, 1, 1, 1)
    found = cells(pictures.png(images), 1)
    assert found.shape == (3, 10)
    expected = np.rint(np.linspace(0, 255, 23)).astype(int)
    np.testing.assert_allclose(found.ravel()[:23], expected, atol=1)
