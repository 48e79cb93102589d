"""dp-GAN: the critic learns from private records, the generator from it."""

import keras
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import purposes
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import bounds
from dpgan_tf.privacy import draws
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import isolation
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.privacy import replicas


class DPGAN(wgan_gp.WGANGP):
    """Basic dp-GAN (Algorithm 1): fixed bounds.

    A `critic_step` draws noise only if `permit` allows it; a callback allows a
    step once the ledger has it on disk.

    Attributes:
      engine: engine that clips and sums the records' gradients.
      mechanism: mechanism that clips, adds noise, and states its cost.
      permit: key of this attempt and number of draws that it may make.
    """

    def __init__(
        self,
        critic: keras.Model,
        generator: keras.Model,
        *,
        mechanism: mechanisms.GroupedGaussianMechanism,
        make_groups: grouping.Grouping,
        clip_norm: float = 1.0,
        num_fakes: int = 64,
        draws_per_record: int = 1,
        engine: str = "auto",
        **kwargs,
    ) -> None:
        """Join the networks with a mechanism.

        Args:
          critic: critic D, without layers that mix records.
          generator: generator G.
          mechanism: mechanism for as many groups as `make_groups` makes.
          make_groups: function from the variables' bounds [V] to groups.
          clip_norm: joint bound C of all variables.
          num_fakes: number of fakes of a critic step, divided among the
            records.
          draws_per_record: number of fakes and mixes averaged for one record.
          engine: "auto", "ghost" or "vectorized".
          **kwargs: arguments of `WGANGP`.

        Raises:
          PrivacyError: if the critic can mix records, does not have a critic's
            form, does not compute in float32, does not fit the generator, or
            has a layer that the engine does not know.
        """
        chosen = engines.choose(engine, critic)
        super().__init__(critic, generator, **kwargs)
        isolation.require_fits(critic, generator, num_classes=self.num_classes)
        self.engine = chosen
        self.mechanism = mechanism
        self.permit = draws.Permit()
        self.make_groups = make_groups
        self._num_fakes = num_fakes
        self._draws_per_record = draws_per_record
        self.variable_bounds = replicas.variable(
            bounds.fixed_bounds(
                clip_norm, num_variables=len(critic.trainable_variables)
            )
        )

    def compile(self, **kwargs) -> None:
        """Set the optimizers; see `WGANGP.compile`.

        Raises:
          PrivacyError: if the critic's optimizer clips by itself, or XLA is
            to compile a noise sampler that it cannot.
        """
        if kwargs.get("jit_compile"):
            keystream.require_compilable(self.mechanism.noise_sampler)
        isolation.require_plain_optimizer(kwargs["critic_optimizer"])
        super().compile(**kwargs)

    def critic_step(self, batch: batches.PrivateBatch) -> dict[str, tf.Tensor]:
        """Take one private critic step (Algorithm 1, lines 3 to 10).

        Args:
          batch: a Poisson sample of private records.

        Returns:
          Statistics of the private records, which are not private.
        """
        groups = self.make_groups(self.variable_bounds)
        gradients, statistics = self.noisy_gradients(batch, groups)
        self.update_critic(gradients)
        return statistics

    def noisy_gradients(
        self, batch: batches.PrivateBatch, groups: grouping.Groups
    ) -> tuple[list[tf.Tensor], dict[str, tf.Tensor]]:
        """Draw noise for one step, if it is permitted (lines 3 to 8).

        Args:
          batch: a Poisson sample of private records.
          groups: groups with the bounds of this step.

        Returns:
          The noisy mean gradient of each variable, and statistics of the
          private records, which are not private.
        """
        step = self.permit.next_step()
        gradients, statistics = self.mechanism.privatize(
            self.make_gradient_fn(),
            batch,
            variables=self.critic.trainable_variables,
            groups=groups,
            key=self.permit.key,
            step=step,
        )
        logs = statistics._asdict() | {"clip_norms": groups.clip_norms}
        return self.permit.gate(gradients, step), logs

    def make_gradient_fn(
        self, *, purpose: purposes.Purpose = purposes.Purpose.CRITIC
    ) -> mechanisms.GradientFn:
        """Draw this step's fakes, and return the function for gradients.

        Procedure of lines 21 to 27. The fakes are drawn once, before any
        private record is used: as many as configured, equally many of each
        class. A record's fakes are chosen by its random id and its label.

        Args:
          purpose: purpose of the draws.

        Returns:
          Function from examples [b, ...], labels [b] and random ids [b] to
          losses [b] and the records' gradients.
        """
        num_classes = max(1, self.num_classes)
        num_of_each = -(-self._num_fakes // num_classes)
        classes = tf.tile(tf.range(num_classes, dtype=tf.int64), [num_of_each])
        fakes, mixes = self.draws.fakes(
            num_of_each * num_classes,
            purpose=purpose,
            labels=self.labels_for_networks(classes),
        )
        repeats = tf.range(self._draws_per_record, dtype=tf.int64)

        def gradient_fn(examples, labels, random_ids):
            which = random_ids[:, None] * self._draws_per_record + repeats
            which = tf.math.floormod(which + self.steps, num_of_each)
            rows = which * num_classes
            records = {"examples": examples}
            if self.num_classes:
                rows += labels[:, None]
                records["labels"] = labels
            records["fakes"] = tf.gather(fakes, rows)
            records["mixes"] = tf.gather(mixes, rows)
            return self.engine.differentiate(
                self.losses_of_records, self.critic, records
            )

        return gradient_fn

    def losses_of_records(self, records) -> tf.Tensor:
        """See `WGANGP.losses_of_records`; the engine chooses the passes."""
        joint = self.engine.joint_pass
        loss = losses.joint_critic_loss if joint else losses.critic_loss
        return loss(
            self.critic,
            **records,
            penalty_weight=self.gradient_penalty_weight,
            objective=self.objective,
        )


class AdvancedDPGAN(DPGAN):
    """Advanced dp-GAN (Algorithm 3): bounds and groups from public records.

    The warm start of line 1 is a `WGANGP` with the same networks, fitted to
    public records beforehand.
    """

    def __init__(
        self,
        *args,
        clip_update_every: int = 1,
        adaptive_clip_factor: float = 1.0,
        **kwargs,
    ) -> None:
        """Set up a `DPGAN` and the estimation of its bounds.

        Args:
          *args: arguments of `DPGAN`.
          clip_update_every: number of critic steps between two estimates.
          adaptive_clip_factor: ratio of the bounds to the public mean norms.
          **kwargs: arguments of `DPGAN`.
        """
        super().__init__(*args, **kwargs)
        self._clip_update_every = clip_update_every
        self._adaptive_clip_factor = adaptive_clip_factor

    def critic_step(self, batch) -> dict[str, tf.Tensor]:
        """Take one private critic step (Algorithm 3, lines 4 to 15).

        Args:
          batch: a `PrivateBatch`, and a `PublicBatch` for the bounds.

        Returns:
          Statistics of the private records, which are not private.
        """
        private, public = batch
        self.update_bounds(public)
        return super().critic_step(private)

    def update_bounds(self, public: batches.PublicBatch) -> None:
        """Estimate the variables' bounds when it is due (lines 4 and 5).

        Args:
          public: m_pub public records.

        Raises:
          TypeError: if the records are not public.
        """
        batches.require_public(public)
        due = tf.equal(self.steps % self._clip_update_every, 0)
        self.variable_bounds.assign(
            tf.cond(
                due,
                lambda: self._estimate_bounds(public),
                lambda: tf.identity(self.variable_bounds),
            )
        )

    def _estimate_bounds(self, public: batches.PublicBatch) -> tf.Tensor:
        gradient_fn = self.make_gradient_fn(purpose=purposes.Purpose.BOUNDS)
        numbers = tf.range(tf.shape(public.examples, tf.int64)[0])
        norms = bounds.public_bounds(
            lambda examples, labels: gradient_fn(examples, labels, numbers)[1],
            public,
        )
        return self._adaptive_clip_factor * norms
