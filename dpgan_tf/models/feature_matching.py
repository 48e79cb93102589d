"""Fits a generator to what a private summary asks, without a critic."""

from collections.abc import Callable

import keras
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import rounded


class FeatureMatching(keras.Model):
    """A generator whose fakes lower a loss, without a critic.

    Attributes:
      generator: a network from latents [n, latent_dim], and labels [n] if it
        takes any, to images.
    """

    def __init__(
        self,
        generator: keras.Model,
        *,
        loss: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
        num_classes: int,
        of_latents: Callable[..., tf.Tensor] | None = None,
        precision: str = rounded.FLOAT32,
    ) -> None:
        """Fit a generator.

        Args:
          generator: changed in place.
          loss: [] of images and labels, in each half of which a class is as
            often as another, or once more.
          num_classes: number k of classes.
          of_latents: loss [] of images, latents and labels that is added, if
            any.
          precision: "float32" or "bfloat16", in which the generator multiplies.
        """
        super().__init__()
        self.generator = generator
        self._loss_of_fakes = loss
        self._num_classes = num_classes
        self._of_latents = of_latents
        self._make = rounded.network(generator, precision)

    def train_step(self, latents: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take one step.

        Args:
          latents: float32 [2 b, latent_dim]; classes take turns in each half.

        Returns:
          The loss of this step's fakes.
        """
        half = tf.range(tf.shape(latents)[0] // 2) % self._num_classes
        labels = tf.cast(tf.concat([half, half], 0), tf.int64)
        with tf.GradientTape() as tape:
            inputs = losses.with_labels(
                latents, labels if len(self.generator.inputs) > 1 else None
            )
            fakes = self._make(inputs, training=True)
            loss = self._loss_of_fakes(fakes, labels)
            if self._of_latents is not None:
                loss += self._of_latents(fakes, latents, labels)
        variables = self.generator.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}
