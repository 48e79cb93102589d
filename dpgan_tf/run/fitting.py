"""Take the steps of a stage, and stop cleanly when asked to."""

import contextlib
import re
from collections.abc import Sequence

import keras
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf.run.callbacks import ledger_guard

LOG_EVERY = 10
"""Number of steps between two sets of scalars."""

PICTURE_EVERY = 100
"""Number of steps between two grids of samples and sets of histograms."""

_DATASET_ERROR = re.compile(rf"{errors.DatasetError.__name__}: (.+)")
"""TensorFlow's message about an error while records are read."""


def fit(
    model: keras.Model,
    batches: tf.data.Dataset,
    num_rounds: int,
    beside: Sequence[ledger_guard.Closing],
) -> None:
    """Take some rounds; close the callbacks however they end.

    Args:
      model: a compiled GAN.
      batches: endless data set, one element for each `train_step`.
      num_rounds: number of calls of `train_step`.
      beside: callbacks of the steps, closed in this order.

    Raises:
      KeyboardInterrupt: if the process was asked to stop.
      DatasetError: if a record could not be read.
    """
    is_clean = False
    with interrupts.heeded(), contextlib.ExitStack() as stack:
        for callback in reversed(beside):
            stack.callback(lambda c=callback: _close(c, is_clean=is_clean))
        try:
            model.fit(
                batches,
                steps_per_epoch=num_rounds,
                shuffle=False,  # The batches must stay as they are drawn.
                verbose=0,
                callbacks=beside,
            )
            is_clean = True
        except KeyboardInterrupt:
            is_clean = True
            raise
        except SystemError as error:
            # An interrupt within C code of TensorFlow is wrapped in this; it
            # is unknown what was under way then, and it stays charged.
            if not _is_interrupt(error):
                raise
            raise KeyboardInterrupt from error
        except tf.errors.OpError as error:
            said = _DATASET_ERROR.search(error.message)
            if said is None:
                raise
            # A round without a batch has not changed the networks. Other
            # replicas may have had theirs.
            is_clean = model.distribute_strategy.num_replicas_in_sync == 1
            raise errors.DatasetError(said[1]) from error


def _close(callback: ledger_guard.Closing, *, is_clean: bool) -> None:
    """Close a callback without interrupts: a ledger must be settled."""
    with interrupts.deferred():
        callback.close(is_clean=is_clean)


def _is_interrupt(error: BaseException | None) -> bool:
    """Return whether an error came from a request to stop the process."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None
