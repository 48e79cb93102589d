"""What happens beside a training step: ledger, checkpoints, progress, logs."""

import os
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hparams_api

from dpgan_tf import images as image_files
from dpgan_tf import progress
from dpgan_tf.privacy import accounting
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import keys
from dpgan_tf.privacy import ledger as ledgers


class Closing(keras.callbacks.Callback):
    """A callback that is closed once, however training ends."""

    def close(self, *, is_clean: bool) -> None:
        """Finish what was begun.

        Args:
          is_clean: whether training ended by itself or was asked to stop;
            after any other error nobody knows what the last step did.
        """


class LedgerGuard(Closing):
    """Reserves steps on disk before their noise is drawn.

    The model draws only what this callback permits, and it permits only what
    the ledger has: a crash can cost budget, never lose track of it.
    """

    def __init__(
        self,
        ledger: ledgers.Ledger,
        *,
        key: keys.NoiseKey,
        num_steps: int,
        reserve_every: int,
    ) -> None:
        """Guard one attempt.

        Args:
          ledger: open, of this run.
          key: fresh; the ledger refuses one that it has seen.
          num_steps: steps of this attempt.
          reserve_every: steps in one reservation.
        """
        super().__init__()
        self._ledger = ledger
        self._key = key
        self._num_unreserved = num_steps
        self._reserve_every = reserve_every
        self._drawn_before = 0
        self._open = False

    def on_train_begin(self, logs=None) -> None:
        """Enter the attempt into the ledger."""
        self._ledger.begin_attempt(ledgers.key_commitment(self._key.secret))
        self.model.permit.begin(self._key.as_integers())
        self._open = True

    def on_train_batch_begin(self, batch, logs=None) -> None:
        """Reserve the next steps when none are left."""
        if self.model.permit.num_left > 0:
            return
        num_steps = min(self._reserve_every, self._num_unreserved)
        if num_steps < 1:
            raise privacy_errors.BudgetError(
                "the steps of this run are used up; nothing more is drawn."
            )
        self._ledger.reserve(num_steps)
        self._num_unreserved -= num_steps
        self._drawn_before = self.model.permit.num_drawn
        self.model.permit.allow(num_steps)

    def close(self, *, is_clean: bool) -> None:
        """Give back what was reserved and not drawn, on a clean stop."""
        if self._open and is_clean:
            self._open = False
            self._ledger.settle(
                self.model.permit.num_drawn - self._drawn_before
            )


class Checkpoints(Closing):
    """Saves all that a run needs to go on, every N steps.

    A checkpoint holds no noise key. It holds the head of the ledger, so that
    a ledger from before it is recognised.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        *,
        every: int,
        ledger: ledgers.Ledger | None = None,
    ) -> None:
        """Save into a directory.

        Args:
          directory: of this stage's checkpoints.
          every: steps between two of them.
          ledger: of the run, once there is one.
        """
        super().__init__()
        self._directory = str(directory)
        self._every = every
        self._ledger = ledger
        self._head = tf.Variable("", trainable=False)
        self._saved_at = -1

    def restore(self, model: keras.Model) -> int:
        """Load the newest checkpoint, if there is one.

        Args:
          model: a compiled GAN; it is changed in place.

        Returns:
          The step it was saved at, 0 if there is none.

        Raises:
          LedgerError: if the ledger is older than the checkpoint.
        """
        self._manager = tf.train.CheckpointManager(
            tf.train.Checkpoint(
                **_state(model), steps=model.steps, ledger_head=self._head
            ),
            self._directory,
            max_to_keep=2,
        )
        newest = self._manager.latest_checkpoint
        if newest is None:
            return 0
        status = self._manager.checkpoint.restore(newest)
        status.assert_existing_objects_matched()
        head = self._head.numpy().decode()
        if self._ledger is not None and not self._ledger.contains(head):
            raise privacy_errors.LedgerError(
                f"{self._directory}: the checkpoint is newer than the ledger; "
                "restore the ledger that belongs to it, or start a new run "
                "directory."
            )
        self._saved_at = int(model.steps.numpy())
        return self._saved_at

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Save when it is due."""
        if int(self.model.steps.numpy()) % self._every == 0:
            self.save()

    def close(self, *, is_clean: bool) -> None:
        """Save where training ended, if it ended well."""
        if is_clean:
            self.save()

    def save(self) -> None:
        """Save now, unless this very step is saved already."""
        step = int(self.model.steps.numpy())
        if step == self._saved_at:
            return
        if self._ledger is not None:
            self._head.assign(self._ledger.head)
        self._manager.save(checkpoint_number=step)
        self._saved_at = step


def _state(model: keras.Model) -> dict[str, tf.Variable]:
    """Name every variable that a checkpoint holds: an allow-list."""
    parts = {
        "critic": model.critic.variables,
        "generator": model.generator.variables,
        "averaged_generator": model.averaged_generator.variables,
        "critic_optimizer": model.critic_optimizer.variables,
        "generator_optimizer": model.generator_optimizer.variables,
    }
    named = {
        f"{part}_{i}": variable.value
        for part, variables in parts.items()
        for i, variable in enumerate(variables)
    }
    if hasattr(model, "variable_bounds"):
        named["variable_bounds"] = model.variable_bounds
    return named


class ProgressBar(Closing):
    """One line: critic steps, epsilon spent, time left."""

    def __init__(
        self,
        *,
        title: str,
        first_step: int,
        num_steps: int,
        curve: accounting.EpsilonCurve | None = None,
        ledger: ledgers.Ledger | None = None,
    ) -> None:
        """Show progress on the standard error stream.

        Args:
          title: of the bar.
          first_step: steps that were taken before.
          num_steps: step that the stage ends at.
          curve: price of the steps, for a private stage.
          ledger: what has been charged, for a private stage.
        """
        super().__init__()
        self._curve, self._ledger = curve, ledger
        self._bar = progress.bar(
            title, initial=first_step, total=num_steps, unit="step"
        )

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Advance by one step."""
        if self._curve is not None and self._bar.n % 10 == 0:
            spent = self._curve.epsilon_after(self._ledger.charged_steps)
            self._bar.set_postfix_str(f"epsilon={spent:.3f}", refresh=False)
        self._bar.update(1)

    def close(self, *, is_clean: bool) -> None:
        """Leave the bar as it is."""
        self._bar.close()


class TensorBoardLogs(Closing):
    """Scalars, histograms and sample grids, under the private folder.

    What begins with `private/` was computed from private records without
    noise. What begins with `budget/` was not.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        *,
        every: int,
        picture_every: int,
        curve: accounting.EpsilonCurve | None = None,
        ledger: ledgers.Ledger | None = None,
        target_epsilon: float = 1.0,
        hparams: Mapping[str, object] | None = None,
    ) -> None:
        """Log into a directory.

        Args:
          directory: of the event files.
          every: steps between two sets of scalars.
          picture_every: steps between two grids and histograms.
          curve: price of the steps, for a private stage.
          ledger: what has been charged, for a private stage.
          target_epsilon: where delta is reported at.
          hparams: the configuration, for the HParams page.
        """
        super().__init__()
        self._writer = tf.summary.create_file_writer(str(directory))
        if hparams is not None:
            with self._writer.as_default():
                hparams_api.hparams(
                    {
                        name: str(value) if value is None else value
                        for name, value in hparams.items()
                    }
                )
        self._every, self._picture_every = every, picture_every
        self._curve, self._ledger = curve, ledger
        self._target_epsilon = target_epsilon

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Write what is due at this step."""
        step = int(self.model.steps.numpy())
        with self._writer.as_default(step=step):
            if step % self._every == 0:
                self._write_scalars(logs or {})
            if step % self._picture_every == 0:
                self._write_pictures()

    def close(self, *, is_clean: bool) -> None:
        """Write out what is held back."""
        self._writer.close()

    def _write_scalars(self, logs) -> None:
        folder = "public" if self._ledger is None else "private"
        for name, value in logs.items():
            for i, part in enumerate(np.ravel(value)):
                suffix = f"_{i}" if np.size(value) > 1 else ""
                tf.summary.scalar(f"{folder}/{name}{suffix}", part)
        if self._curve is not None:
            charged = self._ledger.charged_steps
            tf.summary.scalar(
                "budget/epsilon", self._curve.epsilon_after(charged)
            )
            tf.summary.scalar(
                "budget/delta_at_target_epsilon",
                self._curve.delta_after(charged, epsilon=self._target_epsilon),
            )

    def _write_pictures(self) -> None:
        generator = self.model.averaged_generator
        latents = np.random.default_rng(0).normal(
            size=(100, generator.input_shape[-1])
        )
        samples = generator(latents.astype("float32"), training=False)
        grid = image_files.make_grid(samples.numpy(), columns=10)
        tf.summary.image("samples", grid[None])
        for network in (self.model.critic, self.model.generator):
            for weight in network.trainable_variables:
                tf.summary.histogram(weight.path, weight.value)
