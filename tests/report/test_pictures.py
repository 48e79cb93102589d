"""Pictures of a generator show what it makes of the latents they say."""

import io

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from dpgan_tf.release import export
from dpgan_tf.release import grids
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


def test_each_class_has_ten_samples_in_a_row(labelled):
    found = pictures.of_classes(labelled)
    for png, shade in zip(found, SHADES, strict=True):
        np.testing.assert_array_equal(cells(png, 4), [[shade] * 10])


@pytest.mark.parametrize(("num_classes", "shown"), [(26, 26), (27, 20)])
def test_of_many_classes_the_first_are_shown(tmp_path, num_classes, shown):
    model = tiny_generator.build_labelled(num_classes)
    generator = load(model, tmp_path / "1", num_classes=num_classes)
    assert len(pictures.of_classes(generator)) == shown


def test_without_classes_or_samples_of_one_there_are_no_rows(
    labelled, mirror, monkeypatch
):
    assert pictures.of_classes(mirror) == []
    monkeypatch.setattr(grids, "first_of_classes", lambda *args, **sizes: None)
    assert pictures.of_classes(labelled) == []


def test_samples_without_classes_are_the_first_hundred(mirror):
    png = pictures.samples(mirror)
    drawn = latents.block_latents(1, 0, latent_dim=3).numpy()[:100]
    expected = np.clip(drawn / 5, -1, 1) * 127.5 + 127.5
    found = cells(png, 1).reshape(100, 3)
    np.testing.assert_allclose(found, expected, atol=0.51)


def test_variety_multiplies_the_latents_of_samples(mirror):
    png = pictures.samples(mirror, variety=0.5)
    drawn = latents.block_latents(1, 0, latent_dim=3).numpy()[:100]
    expected = np.clip(0.5 * drawn / 5, -1, 1) * 127.5 + 127.5
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
