"""The non-private base: improved WGAN (dp-GAN section 2.1, Eq. 2 and 3)."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from dpgan_tf.models import averaging
from dpgan_tf.models import losses
from dpgan_tf.models import patience
from dpgan_tf.models import public_draws
from dpgan_tf.models import purposes
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import replicas


class WGANGP(keras.Model):
    """Wasserstein GAN with gradient penalty, trained on public records.

    One `train_step` is `num_critic_steps` critic steps and a generator step,
    in one graph. It is dp-GAN's warm start (Algorithm 3, line 1), and the
    model without privacy that it is compared with.

    With classes, both networks see labels; a fake has the label of the record
    that it is compared with, and labels of a generator step are uniform.

    With an accuracy to wait for, the generator's step is left out after a round
    at whose end the critic tells too few fakes from records (Bie, Kamath, Zhang
    2023). Only fakes are looked at: scores of records are private.

    Attributes:
      critic: D, from examples [n, ...] to scores [n, 1].
      generator: G, from latents [n, latent_dim] to examples [n, ...].
      num_classes: of both networks, 0 for networks without labels.
      largest_count: of a row that G gives probabilities of, 0 for images.
      averaged_generator: exponential moving average of G; what is released.
      patience: says when generator steps are left out; None if never.
      steps: int64 [], critic steps taken so far.
      draws: latents, mixes and labels of a step.
    """

    def __init__(
        self,
        critic: keras.Model,
        generator: keras.Model,
        *,
        batch_size: int,
        num_critic_steps: int = 4,
        gradient_penalty_weight: float = 10.0,
        generator_ema_decay: float = 0.0,
        ema_correction: bool = False,
        objective: str = "wasserstein",
        accuracy_to_wait_for: float = 0.0,
        beside: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] | None = None,
        num_classes: int = 0,
        largest_count: int = 0,
        draw_seed: int = 0,
    ) -> None:
        """Join a critic and a generator.

        Args:
          critic: D.
          generator: G.
          batch_size: m, latents of a generator step.
          num_critic_steps: n_critic.
          gradient_penalty_weight: lambda.
          generator_ema_decay: decay of the average; 0 copies the generator.
          ema_correction: leave the generator that the average began with out
            of it, as Adam does.
          objective: one of `losses.OBJECTIVES`.
          accuracy_to_wait_for: average share of fakes with a score below 0
            that a generator step needs, unless it was left out for
            `patience.MOST_ROUNDS` rounds; 0 for one after every round.
          beside: loss [] of the fakes and labels of a generator step, which
            is added to the critic's; it must see no private record. None if
            only the critic tells the generator anything.
          num_classes: that both networks were built for.
          largest_count: of a row, if the generator gives probabilities of
            counts; 0 if it gives images.
          draw_seed: where latents and mixes come from. Not protective.
        """
        super().__init__()
        self.critic = critic
        self.generator = generator
        self.averaged_generator = keras.models.clone_model(generator)
        self.averaged_generator.set_weights(generator.get_weights())
        self.batch_size = batch_size
        self.num_critic_steps = num_critic_steps
        self.gradient_penalty_weight = gradient_penalty_weight
        self.generator_ema_decay = generator_ema_decay
        self.objective = losses.OBJECTIVES[objective]
        self._beside = beside
        self._ema_correction = ema_correction
        self.patience = (
            patience.Patience(accuracy_to_wait_for)
            if accuracy_to_wait_for
            else None
        )
        self.num_classes = num_classes
        self.largest_count = largest_count
        self.steps = replicas.variable(0, dtype=tf.int64)
        self.draws = public_draws.PublicDraws(
            generator,
            steps=self.steps,
            seed=draw_seed,
            num_classes=num_classes,
            largest_count=largest_count,
        )
        self._critic_step = _traced_once(self.critic_step)

    @property
    def latent_dim(self) -> int:
        """Length of the latent vector z."""
        return self.generator.inputs[0].shape[-1]

    def compile(
        self,
        *,
        critic_optimizer: keras.optimizers.Optimizer,
        generator_optimizer: keras.optimizers.Optimizer,
        jit_compile: bool = False,
    ) -> None:
        """Set the optimizers; each network has its own.

        Args:
          critic_optimizer: Adam, in the papers.
          generator_optimizer: Adam, in the papers.
          jit_compile: compile the step with XLA; slower on CPUs.
        """
        super().compile(jit_compile=jit_compile)
        self.critic_optimizer = critic_optimizer
        self.generator_optimizer = generator_optimizer
        critic_optimizer.build(self.critic.trainable_variables)
        generator_optimizer.build(self.generator.trainable_variables)

    def train_step(self, rounds: Sequence[Any]) -> dict[str, tf.Tensor]:
        """Take the critic steps of a round, and one generator step.

        Algorithm 1, lines 2 to 15, once through the outer loop.

        Args:
          rounds: num_critic_steps elements that `critic_step` takes.

        Returns:
          What the last critic step returned.

        Raises:
          ValueError: if there are more or fewer of them.
        """
        if len(rounds) != self.num_critic_steps:
            raise ValueError(
                f"{len(rounds)} batches for a train_step; expected "
                f"num_critic_steps={self.num_critic_steps}."
            )
        for batch in rounds:
            statistics = self._critic_step(batch)
        if self.patience:
            is_due = self._is_patience_over(self.patience)
            tf.cond(is_due, self.generator_step, lambda: None)
        else:
            self.generator_step()
        return replicas.for_keras(statistics)

    def _is_patience_over(self, waiting: patience.Patience) -> tf.Tensor:
        """Return whether the critic is good enough, on fakes: bool []."""
        purpose = purposes.Purpose.WAITING
        labels = self.draws.labels(self.batch_size, purpose=purpose)
        fakes, _ = self.draws.fakes(
            self.batch_size, purpose=purpose, labels=labels
        )
        seen = self.as_critic_sees(fakes, purpose=purpose)
        return waiting.is_over(
            self.critic(losses.with_labels(seen, labels)),
            num_steps=self.num_critic_steps,
            steps=self.steps,
        )

    def critic_step(self, batch: batches.PublicBatch) -> dict[str, tf.Tensor]:
        """Take one critic step.

        Args:
          batch: public records.

        Returns:
          The critic's mean loss.
        """
        batches.require_public(batch)
        labels = self.labels_for_networks(batch.labels)
        num = tf.shape(batch.examples)[0]
        fakes, mixes = self.draws.fakes(
            num, purpose=purposes.Purpose.CRITIC, labels=labels
        )
        records = {
            "examples": batch.examples,
            "fakes": fakes[:, None],
            "mixes": mixes[:, None],
            "labels": labels,
        }
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.losses_of_records(records))
        gradients = tape.gradient(loss, self.critic.trainable_variables)
        self.update_critic(gradients)
        return {"critic_loss": loss}

    def losses_of_records(self, records: dict[str, Any]) -> tf.Tensor:
        """Return the critic's loss of each record, the mean over its draws.

        Args:
          records: examples [b, ...], and what they meet: fakes [b, d, ...],
            mixes [b, d] and, for networks that see them, labels [b].

        Returns:
          Losses [b].
        """
        return losses.critic_loss(
            self.critic,
            **records,
            penalty_weight=self.gradient_penalty_weight,
            objective=self.objective,
        )

    def as_critic_sees(
        self, fakes: tf.Tensor, *, purpose: purposes.Purpose
    ) -> tf.Tensor:
        """Return fakes as the critic compares them with records: as they are.

        Args:
          fakes: G(z), [n, ...].
          purpose: what the draws of a step are for.
        """
        del purpose
        return fakes

    def labels_for_networks(self, labels: tf.Tensor) -> tf.Tensor | None:
        """Return labels, or None if the networks take none.

        Args:
          labels: of records, int64 [n].
        """
        return labels if self.num_classes else None

    def update_critic(self, gradients) -> None:
        """Apply the critic's optimizer and count the step."""
        self.critic_optimizer.apply(
            replicas.shares(gradients), self.critic.trainable_variables
        )
        self.steps.assign_add(1)

    def generator_step(self) -> None:
        """Take a generator step, and let the average follow it."""
        purpose = purposes.Purpose.GENERATOR
        with tf.GradientTape() as tape:
            labels = self.draws.labels(self.batch_size, purpose=purpose)
            fakes, _ = self.draws.fakes(
                self.batch_size, purpose=purpose, labels=labels
            )
            loss = losses.generator_loss(
                self.critic,
                self.as_critic_sees(fakes, purpose=purpose),
                labels=labels,
                objective=self.objective,
            )
            if self._beside:
                loss += self._beside(fakes, labels)
        gradients = tape.gradient(loss, self.generator.trainable_variables)
        self.update_generator(gradients)
        # Replicas round the same batch otherwise.
        replicas.agree(self.generator.non_trainable_variables)
        num_steps = self.generator_optimizer.iterations
        averaging.follow(
            self.averaged_generator,
            self.generator,
            decay=self.generator_ema_decay,
            num_steps=num_steps if self._ema_correction else None,
        )

    def update_generator(self, gradients) -> None:
        """Apply the generator's optimizer."""
        self.generator_optimizer.apply(
            replicas.shares(gradients), self.generator.trainable_variables
        )

    def _maybe_symbolic_build(self, iterator=None, data_batch=None) -> None:
        """Do not build: both networks are built.

        Keras would take the mean of a batch over the replicas, masks included.
        """


def _traced_once(step: Callable[..., Any]) -> Callable[..., Any]:
    """Return a critic step that a round calls, instead of inlining it.

    Inlined, its graph would be optimized num_critic_steps times, which takes
    seconds. Under a strategy it is: replicas cannot meet within a function.
    """
    if tf.distribute.has_strategy():
        return step
    return tf.function(
        step,
        reduce_retracing=True,
        autograph=False,
        experimental_attributes={"_noinline": True},
    )
