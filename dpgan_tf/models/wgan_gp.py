"""The non-private base: improved WGAN (dp-GAN section 2.1, Eq. 2 and 3)."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from dpgan_tf.models import averaging
from dpgan_tf.models import losses
from dpgan_tf.models import public_draws
from dpgan_tf.models import purposes
from dpgan_tf.models import rounded
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import replicas


class WGANGP(keras.Model):
    """Wasserstein GAN with gradient penalty, trained on public records.

    One `train_step` is `num_critic_steps` critic steps and a generator step,
    in one graph. The model is dp-GAN's warm start (Algorithm 3, line 1), and
    the non-private baseline.

    With classes, both networks see labels; a fake has the label of the record
    that it is compared with, and labels of a generator step are uniform.

    Attributes:
      critic: D, from examples [n, ...] to scores [n, 1].
      generator: G, from latents [n, latent_dim] to examples [n, ...].
      num_classes: number of both networks' classes, 0 if they take no labels.
      largest_count: largest count of a row, if G gives probabilities of counts;
        0 for images.
      averaged_generator: exponential moving average of G, which is released.
      public_critic: D for what no private record touches.
      steps: int64 [], number of critic steps so far.
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
        objective: str = "wasserstein",
        beside: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] | None = None,
        num_classes: int = 0,
        largest_count: int = 0,
        draw_seed: int = 0,
        precision: str = rounded.FLOAT32,
    ) -> None:
        """Join a critic and a generator.

        Args:
          critic: D.
          generator: G.
          batch_size: number m of latents of a generator step.
          num_critic_steps: n_critic.
          gradient_penalty_weight: lambda.
          generator_ema_decay: decay of the average, which leaves out the
            initial generator; 0 copies the generator.
          objective: one of `losses.OBJECTIVES`.
          beside: function from a generator step's fakes and labels to a loss []
            that is added to the critic's; it must see no private record. None
            if the generator learns only from the critic.
          num_classes: number of classes that both networks were built for.
          largest_count: largest count of a row, if the generator gives
            probabilities of counts; 0 if it gives images.
          draw_seed: seed of latents and mixes. Not protective.
          precision: "bfloat16" to multiply with fewer bits where no private
            record is used: in fakes, generator steps and public critic steps.
        """
        super().__init__()
        self.critic = critic
        self.generator = generator
        self.averaged_generator = keras.models.clone_model(generator)
        self.averaged_generator.set_weights(generator.get_weights())
        self.public_critic = rounded.network(critic, precision)
        self.batch_size = batch_size
        self.num_critic_steps = num_critic_steps
        self.gradient_penalty_weight = gradient_penalty_weight
        self.generator_ema_decay = generator_ema_decay
        self.objective = losses.OBJECTIVES[objective]
        self._beside = beside
        self.num_classes = num_classes
        self.largest_count = largest_count
        self.steps = replicas.variable(0, dtype=tf.int64)
        self.draws = public_draws.PublicDraws(
            rounded.network(generator, precision),
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
          critic_optimizer: the critic's optimizer; Adam in the papers.
          generator_optimizer: the generator's optimizer; Adam in the papers.
          jit_compile: whether to compile the step with XLA; slower on CPUs.
        """
        super().compile(jit_compile=jit_compile)
        self.critic_optimizer = critic_optimizer
        self.generator_optimizer = generator_optimizer
        critic_optimizer.build(self.critic.trainable_variables)
        generator_optimizer.build(self.generator.trainable_variables)

    def train_step(self, rounds: Sequence[Any]) -> dict[str, tf.Tensor]:
        """Take the critic steps of a round, and one generator step.

        Algorithm 1, lines 2 to 12, one iteration of the outer loop.

        Args:
          rounds: num_critic_steps arguments for `critic_step`.

        Returns:
          The last critic step's result.

        Raises:
          ValueError: if there are more or fewer.
        """
        if len(rounds) != self.num_critic_steps:
            raise ValueError(
                f"{len(rounds)} batches for a train_step; expected "
                f"num_critic_steps={self.num_critic_steps}."
            )
        for batch in rounds:
            statistics = self._critic_step(batch)
        self.generator_step()
        return replicas.for_keras(statistics)

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
          records: examples [b, ...], with their fakes [b, d, ...], mixes [b, d]
            and, for networks that see them, labels [b].

        Returns:
          Losses [b].
        """
        return losses.critic_loss(
            self.public_critic,
            **records,
            penalty_weight=self.gradient_penalty_weight,
            objective=self.objective,
        )

    def labels_for_networks(self, labels: tf.Tensor) -> tf.Tensor | None:
        """Return labels, or None if the networks take none.

        Args:
          labels: labels of records, int64 [n].
        """
        return labels if self.num_classes else None

    def update_critic(self, gradients) -> None:
        """Apply the critic's optimizer and count the step."""
        self.critic_optimizer.apply(
            replicas.shares(gradients), self.critic.trainable_variables
        )
        self.steps.assign_add(1)

    def generator_step(self) -> None:
        """Take a generator step, and update the average."""
        purpose = purposes.Purpose.GENERATOR
        with tf.GradientTape() as tape:
            labels = self.draws.labels(self.batch_size, purpose=purpose)
            fakes, _ = self.draws.fakes(
                self.batch_size, purpose=purpose, labels=labels
            )
            loss = losses.generator_loss(
                self.public_critic,
                fakes,
                labels=labels,
                objective=self.objective,
            )
            if self._beside:
                loss += self._beside(fakes, labels)
        gradients = tape.gradient(loss, self.generator.trainable_variables)
        self.update_generator(gradients)
        # Replicas may round the same batch differently.
        replicas.agree(self.generator.non_trainable_variables)
        averaging.follow(
            self.averaged_generator,
            self.generator,
            decay=self.generator_ema_decay,
            num_steps=self.generator_optimizer.iterations,
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
    seconds. Under a strategy it is inlined: replicas cannot communicate within
    a function.
    """
    if tf.distribute.has_strategy():
        return step
    return tf.function(
        step,
        reduce_retracing=True,
        autograph=False,
        experimental_attributes={"_noinline": True},
    )
