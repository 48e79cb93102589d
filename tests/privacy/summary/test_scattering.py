"""Scattering features, against convolutions written out."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import signal

from dpgan_tf.privacy.summary import scattering

L = scattering.NUM_ORIENTATIONS


def images(num, shape=(28, 28, 1), seed=0):
    return np.random.default_rng(seed).uniform(0, 1, [num, *shape])


def features(pixels):
    """Return them by place and kind, [n, h / 4, w / 4, 81]."""
    found = scattering.transform(tf.constant(pixels, tf.float64)).numpy()
    height, width, channels = pixels.shape[1:]
    assert channels == 1
    return found.reshape(len(pixels), -(-height // 4), -(-width // 4), -1)


def gaussian(width):
    radius = int(np.ceil(2.5 * width))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    weights = np.exp(-(x**2 + y**2) / (2 * width**2))
    return weights / weights.sum()


def morlet(width, frequency, angle, radius):
    """By its definition: a wave under an envelope, less what it has as mean."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(float)
    turn = np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    )
    shape = turn @ np.diag([1, (4 / L) ** 2]) @ turn.T / (2 * width**2)
    places = np.stack([y, x])
    square = np.einsum("iyx,ij,jyx->yx", places, shape, places)
    envelope = np.exp(-square) * (4 / L) / (2 * np.pi * width**2)
    wave = np.exp(1j * frequency * (y * np.cos(angle) + x * np.sin(angle)))
    wave *= envelope
    return wave - envelope * wave.sum() / envelope.sum()


def correlated(image, filters):
    return signal.correlate2d(image, filters, mode="same")


def modulus(image, angle):
    wave = morlet(0.8, 3 * np.pi / 4, angle, 3)
    # Real and imaginary parts are correlated with: no conjugate is taken.
    return np.sqrt(
        correlated(image, wave.real) ** 2
        + correlated(image, wave.imag) ** 2
        + 1e-8
    )


def halved(image):
    height, width = image.shape
    return image.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))


def sampled(image, every):
    """Return what a SAME convolution keeps of 28 or 14 pixels a side."""
    smooth = correlated(image, gaussian(0.8 * every))
    return smooth[every // 2 :: every, every // 2 :: every]


def test_averages_and_both_orders_are_what_convolutions_give():
    image = images(1)[0, :, :, 0]
    found = features(image[None, :, :, None])[0]
    np.testing.assert_allclose(found[..., 0], sampled(image, 4), atol=1e-9)
    for a in (0, 3):
        first = halved(modulus(image, a * np.pi / L))
        np.testing.assert_allclose(
            found[..., 1 + a], sampled(first, 2), atol=1e-9
        )
        for b in (1, 6):
            second = modulus(first, b * np.pi / L)
            np.testing.assert_allclose(
                found[..., 1 + 2 * L + L * a + b],
                sampled(second, 2),
                atol=1e-9,
            )


@pytest.mark.parametrize("shape", [(10, 13), (7, 4), (3, 2)])
def test_averages_of_any_size_lie_where_a_strided_convolution_has_them(shape):
    pixels = tf.constant(images(3, (*shape, 1)), tf.float64)
    wanted = tf.nn.conv2d(
        pixels, gaussian(3.2)[:, :, None, None], [1, 4, 4, 1], "SAME"
    )
    found = tf.reshape(
        scattering.transform(pixels), [*wanted.shape[:3], scattering.CHANNELS]
    )
    np.testing.assert_allclose(found[..., :1], wanted, atol=1e-12)


def test_stripes_are_seen_by_the_wavelets_across_them():
    place = np.arange(28)
    stripes = 0.5 + 0.5 * np.cos(3 * np.pi / 4 * place)
    down = np.tile(stripes[:, None], [1, 28])[None, :, :, None]
    of_orientations = features(down)[0, 3, 3, 1 : 1 + L]
    assert of_orientations.argmax() == 0
    of_turned = features(down.transpose(0, 2, 1, 3))[0, 3, 3, 1 : 1 + L]
    assert of_turned.argmax() == L // 2


def test_an_image_has_its_features_whatever_stands_beside_it():
    """The claim of the private classifier needs this of every feature."""
    pixels = images(40)
    together = features(pixels)
    for i in (0, 7, 39):
        np.testing.assert_allclose(
            features(pixels[i : i + 1])[0], together[i], rtol=0, atol=1e-12
        )
    others = images(40, seed=1)
    others[5] = pixels[5]
    np.testing.assert_allclose(
        features(others)[5], together[5], rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("shape", [(28, 28, 1), (8, 8, 3), (10, 13, 2)])
def test_the_number_of_features_is_known_beforehand(shape):
    pixels = tf.constant(images(2, shape), tf.float64)
    found = scattering.transform(pixels)
    assert found.shape == (2, scattering.num_features(shape))
    assert np.isfinite(found).all()


def test_channels_have_features_of_their_own():
    pixels = images(2, (12, 12, 3))
    changed = pixels.copy()
    changed[..., 1] = 0
    both = [
        scattering.transform(tf.constant(p)).numpy().reshape(2, 3, -1)
        for p in (pixels, changed)
    ]
    np.testing.assert_array_equal(both[0][:, [0, 2]], both[1][:, [0, 2]])
    assert np.abs(both[0][:, 1] - both[1][:, 1]).max() > 0.1


def test_blank_images_have_a_finite_derivative():
    pixels = tf.zeros([1, 28, 28, 1])
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        total = tf.reduce_sum(scattering.transform(pixels))
    assert np.isfinite(tape.gradient(total, pixels)).all()
