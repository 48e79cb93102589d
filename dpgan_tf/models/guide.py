"""A private classifier that tells a generator what its samples look like."""

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import image_features

_AT_A_TIME = 500


def features(images: tf.Tensor) -> tf.Tensor:
    """Return the features of images, [n, d].

    Args:
      images: in [-1, 1], [n, height, width, channels].
    """
    return image_features.transform((images + 1) / 2)


class Guide:
    """Logits of images by a linear classifier of their features.

    The classifier is private already, so that what follows from its answers
    about fakes or public images is post-processing.
    """

    def __init__(self, linear: classifier.Linear) -> None:
        """Take over a private classifier.

        Args:
          linear: a classifier of `features`.
        """
        self._kernel = tf.constant(linear.kernel, tf.float32)
        self._bias = tf.constant(linear.bias, tf.float32)

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Return logits, [n, k].

        Args:
          images: in [-1, 1], [n, height, width, channels].
        """
        return self.logits(features(images))

    def logits(self, of_images: tf.Tensor) -> tf.Tensor:
        """Return logits, [n, k].

        Args:
          of_images: what `features` returns of them.
        """
        return of_images @ self._kernel + self._bias

    def classes(self, images: np.ndarray) -> np.ndarray:
        """Return the class that each image looks like, int64 [n].

        Args:
          images: uint8 [n, height, width, channels].
        """
        found = []
        for start in range(0, len(images), _AT_A_TIME):
            pixels = tf.cast(images[start : start + _AT_A_TIME], tf.float32)
            found.append(tf.argmax(self(pixels / 127.5 - 1), axis=1).numpy())
        return np.concatenate(found)
