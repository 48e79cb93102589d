"""Fits a generator to a Gaussian of each class, latent by latent.

Adversarial training finds out which latent becomes which image; here it is
known. With the square root S_y of the covariance of class y, and directions B
that all classes share,

    x(z, y) = cut( c_y + S_y B z ),    z ~ N(0, I)

has that covariance as far as B reaches, and G(z, y) learns x(z, y) by
regression. The loss is the cross-entropy of pixels in [0, 1]: its minimum is
that of the squared error, and its slope does not vanish where tanh is flat.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import rounded

BATCH_SIZE = 64
LEARNING_RATE = 0.002

_LEAST = 1e-6


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Law:
    """The images that latents stand for, before they are enlarged and cut.

    Attributes:
      centers: c_y, float64 [k, D].
      maps: S_y B, float64 [k, D, latent_dim].
    """

    centers: np.ndarray
    maps: np.ndarray


def law(
    centers: np.ndarray, covariances: np.ndarray, *, latent_dim: int
) -> Law:
    """Return the law of Gaussians, with directions that all classes share.

    Args:
      centers: c_y, [k, D].
      covariances: covariances of the classes, [k, D, D].
      latent_dim: length of a latent vector.
    """
    size = centers.shape[1]
    _, directions = np.linalg.eigh(covariances.mean(axis=0))
    num = min(latent_dim, size)
    shared = directions[:, ::-1][:, :num]
    maps = np.zeros([*centers.shape, latent_dim])
    for mine, covariance in zip(maps, covariances, strict=True):
        values, axes = np.linalg.eigh(covariance)
        roots = np.sqrt(np.maximum(values, 0.0))
        mine[:, :num] = (axes * roots) @ (axes.T @ shared)
    return Law(centers=centers, maps=maps)


class Imitation(keras.Model):
    """A generator that learns the image that each latent stands for.

    Attributes:
      generator: a network from latents [n, latent_dim], and labels [n] if it
        takes any, to images [n, height, width, channels].
    """

    def __init__(
        self,
        generator: keras.Model,
        wanted: Law,
        *,
        precision: str = rounded.FLOAT32,
    ) -> None:
        """Fit a generator.

        Args:
          generator: changed in place.
          wanted: law of square images with the generator's channels.
          precision: "float32" or "bfloat16", in which the generator multiplies.
        """
        super().__init__()
        self.generator = generator
        self._centers = tf.constant(wanted.centers, tf.float32)
        self._maps = tf.constant(wanted.maps, tf.float32)
        self._shape = generator.outputs[0].shape[1:]
        self._make = rounded.network(generator, precision)

    def train_step(self, latents: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take one step.

        Args:
          latents: float32 [n, latent_dim]; classes take turns.

        Returns:
          The loss of this step's images.
        """
        num_classes = self._centers.shape[0]
        labels = tf.range(tf.shape(latents)[0], dtype=tf.int64) % num_classes
        inputs = losses.with_labels(
            latents, labels if len(self.generator.inputs) > 1 else None
        )
        with tf.GradientTape() as tape:
            fakes = self._make(inputs, training=True)
            loss = self.distance(fakes, latents, labels)
        variables = self.generator.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}

    def distance(
        self, fakes: tf.Tensor, latents: tf.Tensor, labels: tf.Tensor
    ) -> tf.Tensor:
        """Return how far fakes are from what their latents stand for, [].

        Args:
          fakes: pixels in [-1, 1], [n, height, width, channels].
          latents: [n, latent_dim].
          labels: int64 [n].
        """
        wanted = self.images(latents, labels)
        return tf.reduce_mean(_cross_entropy(wanted, (fakes + 1) / 2))

    def images(self, latents: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Return the images that latents stand for, in [0, 1].

        Args:
          latents: [n, latent_dim].
          labels: int64 [n], in each half of which a class is as often as
            another, or once more.

        Returns:
          float32 [n, height, width, channels].
        """
        varied = self._varied(latents, labels)
        height, width, channels = self._shape
        side = round((self._centers.shape[1] / channels) ** 0.5)
        small = tf.reshape(
            tf.gather(self._centers, labels) + varied,
            [-1, side, side, channels],
        )
        whole = tf.image.resize(small, [height, width], method="bicubic")
        return tf.clip_by_value(whole, 0.0, 1.0)

    def _varied(self, latents: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Return S_y B z, [n, D], with one product of matrices for a class."""
        num_classes, _, latent_dim = self._maps.shape
        of_class = tf.one_hot(labels, num_classes, dtype=tf.int64)
        turns = tf.cumsum(of_class, exclusive=True) * of_class
        places = tf.stack([labels, tf.reduce_sum(turns, axis=1)], axis=1)
        most = 2 * -(-tf.shape(latents)[0] // (2 * num_classes))
        of_classes = tf.scatter_nd(
            places, latents, tf.cast([num_classes, most, latent_dim], tf.int64)
        )
        varied = tf.matmul(of_classes, self._maps, transpose_b=True)
        return tf.gather_nd(varied, places)


def _cross_entropy(wanted: tf.Tensor, made: tf.Tensor) -> tf.Tensor:
    """Return the cross-entropy of each image, summed over its pixels: [n]."""
    made = tf.clip_by_value(made, _LEAST, 1 - _LEAST)
    pixels = wanted * tf.math.log(made) + (1 - wanted) * tf.math.log(1 - made)
    return -tf.reduce_sum(pixels, axis=[1, 2, 3])
