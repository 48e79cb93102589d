"""The decoupled critic: one term of the loss is private, and only that pays.

In dp-GAN's Eq. 3 the gradient of a record's whole loss is clipped and noised,
though two of its three terms need no private record:

    g = (1/m) [ sum_i clip(grad -D(x_i), c) + N(0, (sigma c)^2) ]      private
      + mean_j clip(grad D(G(z_j)), c)                                 fakes
      + grad [ lambda mean (|grad D(x_hat)| - 1)^2 + drift mean D(x)^2 ]  public

with x_hat between public records and fakes.
"""

import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.models import losses
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism as mechanisms


class DecoupledDPGAN(dpgan.AdvancedDPGAN):
    """dp-GAN whose noise stands against -D(x) alone.

    One record moves the sum by at most c_j in group j, as for `DPGAN`: its
    loss is -D(x_i), and its gradient goes through the same mechanism. All else
    of a step is computed from public records, random draws and the networks
    as the steps before have left them, which is post-processing: given the
    noisy sums, it is the same for every private data set.

    Fakes are clipped to the bounds of the records, without noise: were they
    not, the term of the records would be the shorter one, and the critic
    would drift.
    """

    def __init__(self, *args, drift_weight: float = 0.001, **kwargs) -> None:
        """As `AdvancedDPGAN`, and how far scores may drift.

        Args:
          *args: as for `AdvancedDPGAN`.
          drift_weight: of the mean squared score of public records.
          **kwargs: as for `AdvancedDPGAN`.
        """
        super().__init__(*args, **kwargs)
        self._drift_weight = drift_weight

    def critic_step(self, batch) -> dict[str, tf.Tensor]:
        """Take one private critic step.

        Args:
          batch: a `PrivateBatch`, and a `PublicBatch`.

        Returns:
          Statistics of the private records, which are not private.
        """
        private, public = batch
        self.update_bounds(public)
        groups = self.make_groups(self.variable_bounds)
        fakes, mixes = self.draw_fakes(
            tf.shape(public.examples)[0],
            purpose=0,
            labels=self.labels_for_networks(public.labels),
        )
        on_fakes = self.fake_gradients(fakes, public.labels, groups)
        on_public = self.penalty_gradients(public, fakes, mixes)
        noisy, statistics = self.noisy_gradients(private, groups)
        self.update_critic(
            [
                tf.add_n(terms)
                for terms in zip(noisy, on_fakes, on_public, strict=True)
            ]
        )
        return statistics

    def make_gradient_fn(self, *, purpose: int = 0) -> mechanisms.GradientFn:
        """Return the gradient of -D(x) of each record.

        Args:
          purpose: unused; there is nothing to draw.

        Returns:
          As for `DPGAN.make_gradient_fn`.
        """
        del purpose

        def gradient_fn(examples, labels, indices):
            del indices
            return self.engine.differentiate(
                lambda records: -self.critic(records)[:, 0],
                self.critic,
                self._inputs(examples, labels),
            )

        return gradient_fn

    def fake_gradients(
        self, fakes: tf.Tensor, labels: tf.Tensor, groups: grouping.Groups
    ) -> list[tf.Tensor]:
        """Return the mean clipped gradient of D(G(z)), for each variable.

        Args:
          fakes: G(z), [n, ...].
          labels: of the fakes, [n].
          groups: with the bounds of this step.
        """
        _, gradients = self.engine.differentiate(
            lambda records: self.critic(records)[:, 0],
            self.critic,
            self._inputs(fakes, labels),
        )
        everyone = tf.ones_like(labels, tf.bool)
        total = clipping.clip_and_sum(gradients, everyone, groups=groups)
        num = tf.cast(tf.shape(labels)[0], tf.float64)
        return [
            tf.cast(gradient / num, tf.float32) for gradient in total.gradients
        ]

    def penalty_gradients(
        self, public: batches.PublicBatch, fakes: tf.Tensor, mixes: tf.Tensor
    ) -> list[tf.Tensor]:
        """Return the gradient of penalty and drift, for each variable.

        Args:
          public: n records, between which and fakes the slope is held at 1.
          fakes: G(z), [n, ...].
          mixes: rho, [n].
        """
        batches.require_public(public)
        mixed = losses.mix(public.examples, fakes, mixes)
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(mixed)
                middle = self.critic(self._inputs(mixed, public.labels))
            penalty = losses.slope_penalty(inner.gradient(middle, mixed))
            scores = self.critic(self._inputs(*public))
            drift = tf.square(scores)
            loss = self.gradient_penalty_weight * tf.reduce_mean(
                penalty
            ) + self._drift_weight * tf.reduce_mean(drift)
        gradients = tape.gradient(
            loss,
            [v.value for v in self.critic.trainable_variables],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        return [tf.convert_to_tensor(gradient) for gradient in gradients]

    def _inputs(self, examples, labels):
        return losses.with_labels(examples, self.labels_for_networks(labels))
