"""Features of images that nothing was learnt for: a wavelet scattering.

Bruna and Mallat (2013), two scales (J = 2) and L = 8 orientations. With Morlet
wavelets psi and a Gaussian phi that averages over 4 x 4 pixels,

    S x = (x * phi,  |x * psi_a| * phi,  ||x * psi_a| * psi_b| * phi)

sampled at every fourth pixel: 1 + 2 L + L^2 = 81 numbers there, for each
channel. Linear classifiers of them are what private learning is good at (Tramèr
and Boneh, 2021). An image's features depend on no other image.
"""

import math
from collections.abc import Callable

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
    planes = tf.reshape(tf.transpose(images, [0, 3, 1, 2]), [-1, height, width])
    fine = _separably(_modulus(planes, scale=0), _halves)
    coarse = _modulus(planes, scale=1, stride=2)
    each = tf.reshape(
        tf.transpose(fine, [0, 2, 1, 3]), [-1, fine.shape[1], fine.shape[3]]
    )
    # At half the size the second scale is the first.
    both = _smoothed(_modulus(each, scale=0), every=2)
    parts = [
        _by_place(_smoothed(planes[:, :, None], every=_STRIDE)),
        _by_place(_smoothed(fine, every=2)),
        _by_place(_smoothed(coarse, every=2)),
        _pairs_by_place(both),
    ]
    features = tf.concat(parts, axis=-1)
    num = channels * math.prod(features.shape[1:])
    return tf.reshape(features, [-1, num])


def _by_place(maps: tf.Tensor) -> tf.Tensor:
    """Return maps with the kinds last: [n, h, L, w] to [n, h, w, L]."""
    return tf.transpose(maps, [0, 1, 3, 2])


def _pairs_by_place(maps: tf.Tensor) -> tf.Tensor:
    """Return second orders likewise: [n L, h, L, w] to [n, h, w, L L]."""
    _, height, num, width = maps.shape
    pairs = tf.reshape(maps, [-1, num, height, num, width])
    return tf.reshape(
        tf.transpose(pairs, [0, 2, 4, 1, 3]), [-1, height, width, num * num]
    )


def _modulus(planes: tf.Tensor, *, scale: int, stride: int = 1) -> tf.Tensor:
    """Return |x * psi|, all orientations: of [n, h, w], [n, h', L, w'].

    A convolution of single maps uses a processor badly, forwards and more so
    backwards. It is faster as one whose channels are the columns of `stride`
    rows, and whose weights are those of all columns.
    """
    _, height, width = planes.shape
    filters = _wavelets(scale)
    weights = _of_columns(filters, width, stride)
    first = _first_places(height, len(filters), stride)
    after = stride * (len(first) + len(weights) - 1) + first[0] - height
    padded = tf.pad(planes, [[0, 0], [-first[0], after], [0, 0]])
    rows = tf.reshape(
        padded, [-1, padded.shape[1] // stride, 1, stride * width]
    )
    real, imaginary = (
        tf.nn.conv2d(rows, tf.constant(part, rows.dtype), 1, "VALID")
        for part in np.split(weights, 2, axis=-1)
    )
    modulus = tf.sqrt(real**2 + imaginary**2 + _SMALLEST_SQUARE)
    return tf.reshape(
        modulus, [-1, len(first), NUM_ORIENTATIONS, -(-width // stride)]
    )


def _of_columns(filters: np.ndarray, width: int, stride: int) -> np.ndarray:
    """Return weights from the columns of some rows to those of the results.

    Args:
      filters: [size, size, kinds].
      width: number of columns.
      stride: number of rows and of columns from one result to the next.

    Returns:
      [rows / stride, 1, stride width, kinds (width / stride)], zero where the
      filter does not reach; a size is rounded up.
    """
    size, _, num_kinds = filters.shape
    first = _first_places(width, size, stride)
    height = -(-size // stride) * stride
    weights = np.zeros([height, width, num_kinds, len(first)])
    for result, start in enumerate(first):
        inside = slice(max(0, start), min(width, start + size))
        reached = filters[:, inside.start - start : inside.stop - start]
        weights[:size, inside, :, result] = reached
    return weights.reshape(height // stride, 1, stride * width, -1)


def _smoothed(maps: tf.Tensor, *, every: int) -> tf.Tensor:
    """Return maps * phi at every so many pixels, [n, h', c, w']."""
    return _separably(maps, lambda length: _gaussians(length, every))


def _separably(
    maps: tf.Tensor, weights: Callable[[int], np.ndarray]
) -> tf.Tensor:
    """Return sums along the height, and along the width of those.

    Args:
      maps: [n, h, c, w].
      weights: the sums, [places, length], for a length.
    """
    _, height, num, width = maps.shape
    down, across = weights(height), weights(width)
    rows = tf.reshape(maps, [-1, height, num * width])
    rows = tf.matmul(tf.constant(down, maps.dtype), rows)
    rows = tf.reshape(rows, [-1, width])
    rows = tf.matmul(rows, tf.constant(across.T, maps.dtype))
    return tf.reshape(rows, [-1, len(down), num, len(across)])


def _wavelets(scale: int) -> np.ndarray:
    """Return the real parts of all orientations, then the imaginary ones."""
    width, frequency = _WIDTH * 2**scale, _FREQUENCY / 2**scale
    all_angles = np.arange(NUM_ORIENTATIONS) * math.pi / NUM_ORIENTATIONS
    found = [_morlet(width, frequency, angle) for angle in all_angles]
    parts = [w.real for w in found] + [w.imag for w in found]
    return np.stack(parts, axis=-1)


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

    What is beyond the edges is left out.
    """
    width = _WIDTH * every
    radius = math.ceil(2.5 * width)
    line = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * width**2))
    first = _first_places(length, len(line), every)
    positions = np.arange(length) - first[:, None]
    inside = (positions >= 0) & (positions < len(line))
    weights = line[np.clip(positions, 0, len(line) - 1)] / line.sum()
    return np.where(inside, weights, 0.0)


def _halves(length: int) -> np.ndarray:
    """Return means of every two neighbours, or of the last alone."""
    pairs = np.arange(length) // 2 == np.arange(-(-length // 2))[:, None]
    return pairs / pairs.sum(axis=1, keepdims=True)


def _first_places(length: int, size: int, stride: int) -> np.ndarray:
    """Return where windows of a size begin, as with padding "SAME"."""
    num = -(-length // stride)
    beyond = (num - 1) * stride + size - length
    return stride * np.arange(num) - max(beyond, 0) // 2
