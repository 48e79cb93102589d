"""Checkpoints: all that a run resumes from, saved during its steps."""

import os

import keras
import tensorflow as tf

from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run.callbacks import ledger_guard

_KEEP = 2
"""Number of a stage's checkpoints: if the newest is damaged, one is left."""


class Checkpoints(ledger_guard.Closing):
    """Saves all that a run needs to resume, every N steps.

    A checkpoint contains no noise key. It contains the ledger's head, so that
    an older ledger is recognized.
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
          directory: folder of this stage's checkpoints.
          every: number of steps between two of them.
          ledger: the run's ledger, if there is one already.
        """
        super().__init__()
        self._directory = directory
        self._every = every
        self._ledger = ledger
        self._head = tf.Variable("", trainable=False)
        self._saved_at = -1

    def restore(self, model: keras.Model) -> int:
        """Load the newest complete checkpoint, if there is one.

        Args:
          model: a compiled GAN; it is changed in place.

        Returns:
          The step it was saved at, 0 if there is none.

        Raises:
          LedgerError: if the ledger is older than the checkpoint.
          NoWholeCheckpointError: if all checkpoints are damaged.
        """
        self.set_model(model)  # An interrupt may come before training.
        if checkpoint_files.restore(self._state(), self._directory) is None:
            return 0
        head = self._head.numpy().decode()
        if self._ledger is not None and not self._ledger.contains(head):
            raise privacy_errors.LedgerError(
                f"{self._directory}: the checkpoint is newer than the ledger; "
                "restore the ledger that belongs to it, or start a new run "
                "directory."
            )
        self._saved_at = int(model.steps.numpy())
        return self._saved_at

    def try_out(self) -> None:
        """Fail now if later checkpoints could not be saved.

        Raises:
          OSError, OpError: if they could not.
        """
        checkpoint_files.try_out(self._state(), self._directory)

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Save when it is due."""
        since = int(self.model.steps.numpy()) - max(self._saved_at, 0)
        if since >= self._every:
            self.save()

    def close(self, *, is_clean: bool) -> None:
        """Save the last step, if training ended cleanly."""
        if is_clean:
            self.save()

    def save(self) -> None:
        """Save now, unless this step is saved already."""
        step = int(self.model.steps.numpy())
        if step == self._saved_at:
            return
        if self._ledger is not None:
            self._head.assign(self._ledger.head)
        checkpoint_files.save(
            self._state(), self._directory, number=step, keep=_KEEP
        )
        self._saved_at = step

    def _state(self) -> dict[str, tf.Variable]:
        return {**state_of(self.model), "ledger_head": self._head}


def state_of(model: keras.Model) -> dict[str, tf.Variable]:
    """Return, by name, every variable that training resumes from.

    This is an allow-list.

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
    return named
