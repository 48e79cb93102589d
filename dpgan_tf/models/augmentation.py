"""Random shifts of images, which records and fakes are seen under alike."""

import tensorflow as tf


def draw_offsets(shape: list, key: tf.Tensor, *, most: int) -> tf.Tensor:
    """Return uniform shifts down and to the right.

    Args:
      shape: of how many.
      key: int64 [2].
      most: pixels, in either direction.

    Returns:
      int64 [*shape, 2].
    """
    return tf.random.stateless_uniform(
        [*shape, 2], key, minval=-most, maxval=most + 1, dtype=tf.int64
    )


def shift(images: tf.Tensor, offsets: tf.Tensor) -> tf.Tensor:
    """Move images; their borders are repeated where nothing comes from.

    Args:
      images: [n, height, width, channels].
      offsets: down and to the right, int64 [n, 2].

    Returns:
      Images of the same shape.
    """
    for axis in (1, 2):
        length = images.shape[axis]
        pixels = tf.range(length, dtype=tf.int64) - offsets[:, axis - 1, None]
        inside = tf.clip_by_value(pixels, 0, length - 1)
        images = tf.gather(images, inside, axis=axis, batch_dims=1)
    return images
