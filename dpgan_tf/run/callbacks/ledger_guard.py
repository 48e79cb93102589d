"""Callbacks of training steps: no noise is drawn before it is charged."""

import math
from collections.abc import Callable, Sequence

import keras
import numpy as np

from dpgan_tf import interrupts
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers


class Closing(keras.callbacks.Callback):
    """A callback that is closed once, however training ends."""

    def close(self, *, is_clean: bool) -> None:
        """Finish what was begun.

        Args:
          is_clean: whether training ended by itself or was asked to stop;
            after any other error it is unknown what the last step did.
        """


class LedgerGuard(Closing):
    """Reserves steps on disk before their noise is drawn.

    The model draws only what this callback permits, and it permits only what
    the ledger has: a crash can waste budget, but no spending goes unrecorded.
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
          ledger: this run's open ledger.
          key: fresh key; the ledger refuses one that it has seen.
          num_rounds: number of rounds of critic steps in this attempt.
          reserve_every: least number of steps in one reservation, rounded up
            to whole rounds.
          announce: function that sends the number of reserved steps to other
            machines.
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
        """Enter the attempt into the ledger.

        Raises:
          PrivacyError: if the model draws by another mechanism than the ledger
            charges for.
        """
        self._require_charged()
        self._ledger.begin_attempt(self._key.commitment)
        self.model.permit.begin(self._key.as_integers())
        self._open = True

    def _require_charged(self) -> None:
        """Refuse a mechanism that is not the one of the ledger's header."""
        charged = self._ledger.header
        for name, value in self.model.mechanism.parameters.items():
            if charged[name] != value:
                raise privacy_errors.PrivacyError(
                    f"the model's mechanism has {name}={value}, and the ledger "
                    f"charges for {charged[name]}; build the model with "
                    "what the ledger was begun with."
                )

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
        with interrupts.deferred():
            self._ledger.reserve(num_steps)
            self._num_rounds_unreserved -= num_rounds
            self._drawn_before = self.model.permit.num_drawn
        self._announce([num_steps])
        self.model.permit.allow(num_steps)

    def close(self, *, is_clean: bool) -> None:
        """Return steps that were reserved and not drawn, on a clean stop."""
        if self._open and is_clean:
            self._open = False
            self._ledger.settle(
                self.model.permit.num_drawn - self._drawn_before
            )


class LedgerFollower(Closing):
    """Waits until the chief's `LedgerGuard` has reserved steps on its disk."""

    def __init__(
        self,
        *,
        key: Sequence[int],
        hear: Callable[[Sequence[int]], Sequence[np.ndarray]],
    ) -> None:
        """Follow one attempt.

        Args:
          key: the chief's key, four integers.
          hear: function that returns the chief's numbers instead of those
            given.
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
