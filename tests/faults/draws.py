"""What was drawn, as a witness who is not the ledger saw it."""

import contextlib
import dataclasses
from collections.abc import Iterator
from unittest import mock

from dpgan_tf.run import fitting
from dpgan_tf.run.callbacks import ledger_guard


@dataclasses.dataclass
class Draws:
    """Steps by the key of their attempt.

    Attributes:
      by_key: how many noisy steps may have been drawn under each key.
    """

    by_key: dict[str, int] = dataclasses.field(default_factory=dict)

    def add(self, key: str, num: int) -> None:
        """Note steps that are about to be drawn."""
        self.by_key[key] = self.by_key.get(key, 0) + num

    @property
    def total(self) -> int:
        """Steps under all keys."""
        return sum(self.by_key.values())


SEEN = Draws()
"""The draws of this process; empty it before a command."""


class _Witness(ledger_guard.Closing):
    """Notes each round once it is permitted, before it is drawn."""

    def on_train_batch_begin(self, batch, logs=None):
        key = str(tuple(self.model.permit.key.numpy()))
        SEEN.add(key, self.model.num_critic_steps)


@contextlib.contextmanager
def witnessed() -> Iterator[None]:
    """Note every private step of runs in this context."""
    fit = fitting.fit

    def watched(model, batches, num_rounds, beside):
        extra = [_Witness()] if hasattr(model, "permit") else []
        fit(model, batches, num_rounds, [*beside, *extra])

    with mock.patch.object(fitting, "fit", watched):
        yield
