"""Features of images of any size and colour: a scattering of a small view.

Scattering has 81 numbers for each 4 x 4 pixels of each channel, too many for
large or coloured images. A view is smaller: the brightness, at most 32 pixels
high and wide, and for colours two differences from it, averaged over areas.
Grey images of at most 32 x 32 pixels are their own view. An image's features
depend on no other image.
"""

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import areas
from dpgan_tf.privacy.summary import scattering

_MOST_PIXELS = 32
"""Largest height and width of the brightness."""

_COLOUR_PIXELS = 8
"""Largest height and width of the differences of colours."""

_BRIGHTNESS = (0.299, 0.587, 0.114)
"""Weights of red, green and blue (ITU-R BT.601)."""


def num_features(image_shape: tuple[int, int, int]) -> int:
    """Return the number of features of an image.

    Args:
      image_shape: (height, width, channels).
    """
    height, width, channels = image_shape
    num_colours = 2 if channels == len(_BRIGHTNESS) else 0
    planes = 1 if num_colours else channels
    small = min(height, _COLOUR_PIXELS) * min(width, _COLOUR_PIXELS)
    return num_colours * small + scattering.num_features(
        (min(height, _MOST_PIXELS), min(width, _MOST_PIXELS), planes)
    )


def transform(images: tf.Tensor) -> tf.Tensor:
    """Return the features of images.

    Args:
      images: pixels in [0, 1], float32 or float64 [n, height, width, channels].

    Returns:
      A tensor of the same type, [n, num_features].
    """
    if images.shape[-1] != len(_BRIGHTNESS):
        return scattering.transform(_reduced(images, _MOST_PIXELS))
    weights = tf.constant(_BRIGHTNESS, images.dtype)
    brightness = tf.reduce_sum(images * weights, axis=-1, keepdims=True)
    colours = tf.gather(images, [0, 2], axis=-1) - brightness
    small = _reduced(colours, _COLOUR_PIXELS)
    return tf.concat(
        [
            scattering.transform(_reduced(brightness, _MOST_PIXELS)),
            tf.reshape(small, [-1, int(np.prod(small.shape[1:]))]),
        ],
        axis=1,
    )


def _reduced(images: tf.Tensor, largest: int) -> tf.Tensor:
    """Return images whose height and width are at most `largest`."""
    height, width, channels = images.shape[1:]
    rows, columns = min(height, largest), min(width, largest)
    if (rows, columns) == (height, width):
        return images
    down = tf.constant(areas.weights(height, rows), images.dtype)
    across = tf.constant(areas.weights(width, columns), images.dtype)
    flat = tf.reshape(images, [-1, height, width * channels])
    flat = tf.reshape(tf.matmul(down, flat), [-1, width, channels])
    flat = tf.matmul(across, flat)
    return tf.reshape(flat, [-1, rows, columns, channels])
