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
        _smoothed(_of_each_channel(_modulus, fine, scale=0), every=2),
    ]
    features = tf.concat(parts, axis=-1)
    num = channels * math.prod(features.shape[1:])
    return tf.reshape(features, [-1, num])


def _modulus(planes: tf.Tensor, *, scale: int, stride: int = 1) -> tf.Tensor:
    """Return |x * psi| for all orientations: [n, h, w, 1] to [n, h, w, L]."""
    filters = tf.constant(_wavelets(scale), planes.dtype)
    real, imaginary = tf.split(
        tf.nn.conv2d(planes, filters, stride, "SAME"), 2, axis=-1
    )
    return tf.sqrt(real**2 + imaginary**2 + _SMALLEST_SQUARE)


def _smoothed(maps: tf.Tensor, *, every: int) -> tf.Tensor:
    """Return maps * phi at every so many pixels, [n, h, w, c]."""
    phi = tf.constant(_gaussian(_WIDTH * every), maps.dtype)
    return _of_each_channel(
        lambda planes: tf.nn.conv2d(planes, phi, every, "SAME"), maps
    )


def _halved(maps: tf.Tensor) -> tf.Tensor:
    return tf.nn.avg_pool2d(maps, 2, 2, "SAME")


def _of_each_channel(function, maps: tf.Tensor, **kwargs) -> tf.Tensor:
    """Return what a function makes of each channel, side by side."""
    height, width, channels = maps.shape[1:]
    planes = tf.reshape(
        tf.transpose(maps, [0, 3, 1, 2]), [-1, height, width, 1]
    )
    found = function(planes, **kwargs)
    shape = [-1, channels, *found.shape[1:]]
    apart = tf.transpose(tf.reshape(found, shape), [0, 2, 3, 1, 4])
    return tf.reshape(apart, [-1, *found.shape[1:3], channels * found.shape[3]])


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


def _gaussian(width: float) -> np.ndarray:
    """Return a Gaussian of sum 1, [size, size, 1, 1]."""
    radius = math.ceil(2.5 * width)
    line = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * width**2))
    square = np.outer(line, line)
    return (square / square.sum())[:, :, None, None]
