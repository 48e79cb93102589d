"""A step's public draws: fakes, mixing weights and labels.

They follow from a public seed and the number of the step. Nothing here protects
anybody: secret random ids choose which of them a private record uses.
"""

import keras
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import observation
from dpgan_tf.models import purposes
from dpgan_tf.models import rounded


class PublicDraws:
    """The public draws of a GAN, which are the same again for the same step."""

    def __init__(
        self,
        generator: keras.Model | rounded.Rounded,
        *,
        steps: tf.Variable,
        seed: int,
        num_classes: int,
        largest_count: int,
    ) -> None:
        """Draw for a generator.

        Args:
          generator: G, from latents [n, latent_dim], and labels [n] if it takes
            any, to examples [n, ...].
          steps: int64 [], the number of the step.
          seed: seed of all draws.
          num_classes: number of classes; 0 if the networks take no labels.
          largest_count: largest count of a row, if the generator gives
            probabilities of counts; 0 if it gives images.
        """
        self._generator = generator
        self._latent_dim = generator.inputs[0].shape[-1]
        self._steps = steps
        self._seed = tf.constant([seed, 0x64726177], tf.int64)
        self._num_classes = num_classes
        self._largest_count = largest_count

    def fakes(
        self, num, *, purpose: purposes.Purpose, labels: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return fakes G(z) [num, ...] and mixes rho [num] of this step.

        Args:
          num: number of fakes.
          purpose: purpose of the draws.
          labels: labels of the fakes, int64 [num], if the networks take any.
        """
        key = self._key(purpose, purposes.Kind.LATENTS)
        latents = tf.random.stateless_normal([num, self._latent_dim], key)
        mixes = tf.random.stateless_uniform(
            [num], self._key(purpose, purposes.Kind.MIXES)
        )
        fakes = self._generator(
            losses.with_labels(latents, labels), training=True
        )
        if self._largest_count:
            fakes = observation.straight_through(
                fakes,
                self._key(purpose, purposes.Kind.COUNTS),
                largest=self._largest_count,
            )
        return fakes, mixes

    def labels(
        self, num: int, *, purpose: purposes.Purpose
    ) -> tf.Tensor | None:
        """Return uniform labels, int64 [num]; None if networks take none.

        Args:
          num: number of labels.
          purpose: purpose of the draws.
        """
        if not self._num_classes:
            return None
        return tf.random.stateless_uniform(
            [num],
            self._key(purpose, purposes.Kind.LABELS),
            maxval=self._num_classes,
            dtype=tf.int64,
        )

    def _key(self, purpose: purposes.Purpose, kind: purposes.Kind) -> tf.Tensor:
        """Return a key of this step's draws, int64 [2].

        Args:
          purpose: purpose of the draws.
          kind: kind of the draws.
        """
        key = self._seed
        for number in (self._steps, purpose, kind):
            key = tf.random.experimental.stateless_fold_in(
                key, tf.cast(number, tf.int64)
            )
        return key
