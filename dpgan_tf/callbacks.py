"""What happens beside a training step: ledger, checkpoints, progress."""

import math
import os
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

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
        num_rounds: int,
        reserve_every: int,
        announce: Callable[[Sequence[int]], object] = lambda numbers: None,
    ) -> None:
        """Guard one attempt.

        Args:
          ledger: open, of this run.
          key: fresh; the ledger refuses one that it has seen.
          num_rounds: of critic steps in this attempt.
          reserve_every: steps in one reservation, at least; whole rounds.
          announce: tells other machines how many steps were reserved.
        """
        super().__init__()
        self._announce = announce
        self._ledger = ledger
        self._key = key
        self._num_rounds_unreserved = num_rounds
        self._reserve_every = reserve_every
        self._drawn_before = 0
        self._open = False

    def on_train_begin(self, logs=None) -> None:
        """Enter the attempt into the ledger."""
        self._ledger.begin_attempt(ledgers.key_commitment(self._key.secret))
        self.model.permit.begin(self._key.as_integers())
        self._open = True

    def on_train_batch_begin(self, batch, logs=None) -> None:
        """Reserve the steps of the next rounds when none are left."""
        if self.model.permit.num_left > 0:
            return
        steps_per_round = self.model.num_critic_steps
        num_rounds = min(
            math.ceil(self._reserve_every / steps_per_round),
            self._num_rounds_unreserved,
        )
        if num_rounds < 1:
            raise privacy_errors.BudgetError(
                "the steps of this run are used up; nothing more is drawn."
            )
        num_steps = num_rounds * steps_per_round
        self._ledger.reserve(num_steps)
        self._num_rounds_unreserved -= num_rounds
        self._drawn_before = self.model.permit.num_drawn
        self._announce([num_steps])
        self.model.permit.allow(num_steps)

    def close(self, *, is_clean: bool) -> None:
        """Give back what was reserved and not drawn, on a clean stop."""
        if self._open and is_clean:
            self._open = False
            self._ledger.settle(
                self.model.permit.num_drawn - self._drawn_before
            )


class LedgerFollower(Closing):
    """Waits for what the chief's `LedgerGuard` has reserved on its disk."""

    def __init__(
        self,
        *,
        key: Sequence[int],
        hear: Callable[[Sequence[int]], Sequence[np.ndarray]],
    ) -> None:
        """Follow one attempt.

        Args:
          key: the chief's, two integers.
          hear: returns the chief's numbers instead of those given.
        """
        super().__init__()
        self._key = key
        self._hear = hear

    def on_train_begin(self, logs=None) -> None:
        """Begin with the chief's key, and no step allowed."""
        self.model.permit.begin(self._key)

    def on_train_batch_begin(self, batch, logs=None) -> None:
        """Wait for the next reservation when no step is left."""
        if self.model.permit.num_left > 0:
            return
        (num_steps,) = self._hear([0])
        self.model.permit.allow(int(num_steps))


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
            tf.train.Checkpoint(**state_of(model), ledger_head=self._head),
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
        since = int(self.model.steps.numpy()) - max(self._saved_at, 0)
        if since >= self._every:
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


def state_of(model: keras.Model) -> dict[str, tf.Variable]:
    """Name every variable that training goes on from: an allow-list.

    Args:
      model: a compiled GAN.
    """
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
    named["steps"] = model.steps
    if hasattr(model, "variable_bounds"):
        named["variable_bounds"] = model.variable_bounds
    if model.patience:
        named["accuracy_on_fakes"] = model.patience.accuracy_on_fakes
        named["rounds_waited"] = model.patience.rounds_waited
    return named


class StepBar(Closing):
    """One line for a stage that charges nothing: steps, time left."""

    def __init__(self, *, title: str, num_steps: int) -> None:
        """Show progress on the standard error stream.

        Args:
          title: of the bar.
          num_steps: step that the stage ends at.
        """
        super().__init__()
        self._bar = progress.bar(title, total=num_steps, unit="step")

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Advance by a step."""
        self._bar.update()

    def close(self, *, is_clean: bool) -> None:
        """Leave the bar as it is."""
        self._bar.close()


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
        """Advance by the critic steps of a round."""
        if self._curve is not None:
            spent = self._curve.epsilon_after(self._ledger.charged_steps)
            self._bar.set_postfix_str(f"epsilon={spent:.3f}", refresh=False)
        self._bar.update(self.model.num_critic_steps)

    def close(self, *, is_clean: bool) -> None:
        """Leave the bar as it is."""
        self._bar.close()
