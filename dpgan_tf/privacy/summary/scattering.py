"""Features of images that nothing was learnt for: a wavelet scattering.

Bruna and Mallat (2013), two scales (J = 2) and L = 8 orientations. With Morlet
wavelets psi and a Gaussian phi that averages over 4 x 4 pixels,

    S x = (x * phi,  |x * psi_a| * phi,  ||x * psi_a| * psi_b| * phi)

sampled at every fourth pixel: 1 + 2 L + L^2 = 81 numbers there, for each
channel. Linear classifiers of them are what private learning is good at (Tramèr
and Boneh, 2021). An image's features depend on no other image.
"""

import math

import numpy as np
import tensorflow as tf

NUM_ORIENTATIONS = 8
CHANNELS = 1 + 2 * NUM_ORIENTATIONS + NUM_ORIENTATIONS**2
"""Features at one place, of one channel of an image."""

_STRIDE = 4
_SLANT = 4 / NUM_ORIENTATIONS
_WIDTH = 0.8
"""Of the wavelets' envelope, in pixels of the first scale."""
_FREQUENCY = 3 * math.pi / 4
# Keeps the derivative of the modulus finite where it is zero.
_SMALLEST_SQUARE = 1e-8


def num_features(image_shape: tuple[int, int, int]) -> int:
    """Return how many features an image has.

    Args:
      image_shape: (height, width, channels).
    """
    height, width, channels = image_shape
    return -(-height // _STRIDE) * -(-width // _STRIDE) * channels * CHANNELS


def transform(images: tf.Tensor) -> tf.Tensor:
    """Return the features of images.

    Args:
      images: pixels in [0, 1], float32 or float64 [n, height, width, channels].

    Returns:
      Of the same type, [n, num_features].
    """
    height, width, channels = images.shape[1:]
    planes = tf.reshape(
        tf.transpose(images, [0, 3, 1, 2]), [-1, height, width, 1]
    )
    fine = _halved(_modulus(planes, scale=0))
    coarse = _modulus(planes, scale=1, stride=2)
    parts = [
        _smoothed(planes, every=_STRIDE),
        _smoothed(fine, every=2),
        _smoothed(coarse, every=2),
        # At half the size the second scale is the first.
        _smoothed(_modulus(fine, scale=0), every=2),
    ]
    features = tf.concat(parts, axis=-1)
    num = channels * math.prod(features.shape[1:])
    return tf.reshape(features, [-1, num])


def _modulus(maps: tf.Tensor, *, scale: int, stride: int = 1) -> tf.Tensor:
    """Return |x * psi| of each map, all orientations: to [n, h, w, c L]."""
    channels = maps.shape[-1]
    filters = np.tile(_wavelets(scale), [1, 1, channels, 1])
    # The same of one map, and faster.
    convolved = tf.nn.conv2d if channels == 1 else tf.nn.depthwise_conv2d
    parts = convolved(
        maps, tf.constant(filters, maps.dtype), [1, stride, stride, 1], "SAME"
    )
    _, height, width, _ = parts.shape
    shape = [-1, height, width, channels, 2, NUM_ORIENTATIONS]
    real, imaginary = tf.unstack(tf.reshape(parts, shape), axis=4)
    modulus = tf.sqrt(real**2 + imaginary**2 + _SMALLEST_SQUARE)
    return tf.reshape(modulus, [-1, height, width, channels * NUM_ORIENTATIONS])


def _smoothed(maps: tf.Tensor, *, every: int) -> tf.Tensor:
    """Return maps * phi at every so many pixels, [n, h, w, c].

    A Gaussian is one along the height times one along the width, and products
    of matrices are many times faster here than convolutions of single maps.
    """
    height, width, channels = maps.shape[1:]
    down, across = _gaussians(height, every), _gaussians(width, every)
    rows = tf.reshape(maps, [-1, height, width * channels])
    rows = tf.matmul(tf.constant(down, maps.dtype), rows)
    rows = tf.reshape(rows, [-1, width, channels])
    rows = tf.matmul(tf.constant(across, maps.dtype), rows)
    return tf.reshape(rows, [-1, len(down), len(across), channels])


def _halved(maps: tf.Tensor) -> tf.Tensor:
    return tf.nn.avg_pool2d(maps, 2, 2, "SAME")


def _wavelets(scale: int) -> np.ndarray:
    """Return the real parts of all orientations, then the imaginary ones."""
    width, frequency = _WIDTH * 2**scale, _FREQUENCY / 2**scale
    all_angles = np.arange(NUM_ORIENTATIONS) * math.pi / NUM_ORIENTATIONS
    found = [_morlet(width, frequency, angle) for angle in all_angles]
    parts = [w.real for w in found] + [w.imag for w in found]
    return np.stack(parts, axis=-1)[:, :, None, :]


def _morlet(width: float, frequency: float, angle: float) -> np.ndarray:
    """Return a plane wave under a slanted Gaussian, of mean zero."""
    radius = math.ceil(3.75 * width)
    down, right = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    along = down * math.cos(angle) + right * math.sin(angle)
    across = right * math.cos(angle) - down * math.sin(angle)
    envelope = np.exp(-(along**2 + (_SLANT * across) ** 2) / (2 * width**2))
    envelope *= _SLANT / (2 * math.pi * width**2)
    wave = np.exp(1j * frequency * along) * envelope
    return wave - envelope * (wave.sum() / envelope.sum())


def _gaussians(length: int, every: int) -> np.ndarray:
    """Return Gaussians of sum 1 about every so many pixels, [places, length].

    They lie as the windows of a convolution with that stride and padding
    "SAME"; what is beyond the edges is left out.
    """
    width = _WIDTH * every
    radius = math.ceil(2.5 * width)
    line = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * width**2))
    num_places = -(-length // every)
    beyond = (num_places - 1) * every + len(line) - length
    first = every * np.arange(num_places) - max(beyond, 0) // 2
    positions = np.arange(length) - first[:, None]
    inside = (positions >= 0) & (positions < len(line))
    weights = line[np.clip(positions, 0, len(line) - 1)] / line.sum()
    return np.where(inside, weights, 0.0)
