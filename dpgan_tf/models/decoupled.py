"""The decoupled critic: only the private term of the loss is noised.

In dp-GAN's Eq. 3 the gradient of a record's whole loss is clipped and noised,
although two of its three terms need no private record:

    g = (1/m) [ sum_i clip(grad -D(x_i), c) + N(0, (sigma c)^2) ]      private
      + mean_j clip(grad D(G(z_j)), c)                                 fakes
      + grad [ lambda mean (|grad D(x_hat)| - 1)^2 + drift mean D(y)^2 ]

with x_hat between y and fakes. Here y are public records or, if there are none,
other fakes. Another objective replaces -D(x) and D(G(z)) by its own terms.
"""

from typing import Any

import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.models import losses
from dpgan_tf.models import purposes
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism as mechanisms


class DecoupledDPGAN(dpgan.DPGAN):
    """A GAN that noises the term -D(x) only, without public records.

    One record moves the sum by at most c_j in group j, as for `DPGAN`: its
    loss is -D(x_i), and its gradient goes through the same mechanism. The rest
    of a step is computed from random draws and from the networks after the
    previous steps. It is post-processing: given the noisy sums, it is the same
    for every private data set.

    Fakes are clipped to the bounds of the records, without noise: otherwise
    the term of the records would be the shorter one, and the critic would
    drift.
    """

    def __init__(self, *args, drift_weight: float = 0.001, **kwargs) -> None:
        """Set up a `DPGAN` and the weight of the drift term.

        Args:
          *args: arguments of `DPGAN`.
          drift_weight: weight of the mean squared score of y.
          **kwargs: arguments of `DPGAN` except draws_per_record: nothing is
            drawn for a record, and num_fakes has no effect.

        Raises:
          TypeError: if there are draws_per_record.
        """
        # Python refuses an argument that is given twice.
        super().__init__(*args, draws_per_record=1, **kwargs)
        self._drift_weight = drift_weight

    def critic_step(self, batch) -> dict[str, tf.Tensor]:
        """Take one private critic step.

        Args:
          batch: a `PrivateBatch`.

        Returns:
          Statistics of the private records, which are not private.
        """
        labels = self.draws.labels(
            self.batch_size, purpose=purposes.Purpose.CRITIC
        )
        others, _ = self.draws.fakes(
            self.batch_size, purpose=purposes.Purpose.OTHERS, labels=labels
        )
        return self.decoupled_step(batch, others, labels)

    def decoupled_step(
        self,
        private: batches.PrivateBatch,
        others: tf.Tensor,
        labels: tf.Tensor | None,
    ) -> dict[str, tf.Tensor]:
        """Take a step on the sum of all terms.

        Args:
          private: a Poisson sample of private records.
          others: y, public records or fakes, [n, ...].
          labels: labels of y, [n], if the networks take any.

        Returns:
          Statistics of the private records, which are not private.
        """
        groups = self.make_groups(self.variable_bounds)
        fakes, mixes = self.draws.fakes(
            tf.shape(others)[0], purpose=purposes.Purpose.CRITIC, labels=labels
        )
        on_fakes = self.fake_gradients(fakes, labels, groups)
        on_others = self.penalty_gradients(others, fakes, mixes, labels)
        noisy, statistics = self.noisy_gradients(private, groups)
        self.update_critic(
            [
                tf.add_n(terms)
                for terms in zip(noisy, on_fakes, on_others, strict=True)
            ]
        )
        return statistics

    def make_gradient_fn(
        self, *, purpose: purposes.Purpose = purposes.Purpose.CRITIC
    ) -> mechanisms.GradientFn:
        """Return the function for each record's gradient of -D(x).

        Args:
          purpose: ignored, since nothing is drawn here.

        Returns:
          Function from examples [b, ...], labels [b] and random ids [b] to
          losses [b] and the records' gradients.
        """
        del purpose

        def gradient_fn(examples, labels, random_ids):
            del random_ids
            records = {"examples": examples}
            if self.num_classes:
                records["labels"] = labels
            return self.engine.differentiate(
                self.losses_of_records, self.critic, records
            )

        return gradient_fn

    def losses_of_records(self, records: dict[str, Any]) -> tf.Tensor:
        """Return -D(x) of each record, or the objective's own term: [b].

        Args:
          records: examples [b, ...] and, for networks that see them, labels
            [b].
        """
        seen = losses.with_labels(records["examples"], records.get("labels"))
        return self.objective.on_real(self.critic(seen)[:, 0])

    def fake_gradients(
        self,
        fakes: tf.Tensor,
        labels: tf.Tensor | None,
        groups: grouping.Groups,
    ) -> list[tf.Tensor]:
        """Return the mean clipped gradient of D(G(z)), for each variable.

        Args:
          fakes: G(z), [n, ...].
          labels: labels of the fakes, [n], if the networks take any.
          groups: groups with the bounds of this step.
        """
        _, gradients = self.engine.differentiate(
            lambda records: self.objective.on_fake(self.critic(records)[:, 0]),
            self.critic,
            losses.with_labels(fakes, labels),
        )
        everyone = tf.ones(tf.shape(fakes)[:1], tf.bool)
        total = clipping.clip_and_sum(gradients, everyone, groups=groups)
        num = tf.cast(tf.shape(fakes)[0], tf.float64)
        return [
            tf.cast(gradient / num, tf.float32) for gradient in total.gradients
        ]

    def penalty_gradients(
        self,
        others: tf.Tensor,
        fakes: tf.Tensor,
        mixes: tf.Tensor,
        labels: tf.Tensor | None,
    ) -> list[tf.Tensor]:
        """Return the gradient of penalty and drift, for each variable.

        Args:
          others: y, [n, ...]; between y and the fakes the slope is held at 1.
          fakes: G(z), [n, ...].
          mixes: mixing weights rho, [n].
          labels: labels of both, [n], if the networks take any.
        """
        mixed = losses.mix(others, fakes, mixes)
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(mixed)
                middle = self.public_critic(losses.with_labels(mixed, labels))
            penalty = losses.slope_penalty(inner.gradient(middle, mixed))
            scores = self.public_critic(losses.with_labels(others, labels))
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


class AdvancedDecoupledDPGAN(DecoupledDPGAN, dpgan.AdvancedDPGAN):
    """The decoupled critic with bounds, and y, from public records."""

    def critic_step(self, batch) -> dict[str, tf.Tensor]:
        """Take one private critic step.

        Args:
          batch: a `PrivateBatch`, and a `PublicBatch`.

        Returns:
          Statistics of the private records, which are not private.
        """
        private, public = batch
        self.update_bounds(public)
        labels = self.labels_for_networks(public.labels)
        return self.decoupled_step(private, public.examples, labels)
