"""The forms of one critic step, private and non-private."""

from collections.abc import Callable

import tensorflow as tf

from benchmarks import cases
from benchmarks import inputs
from benchmarks import plain_steps
from benchmarks import private_steps


def build(
    form: str, case: cases.Case, given: inputs.Inputs, *, chunk_size: int
) -> Callable[[], None]:
    """Build a critic and its step, which is compiled at first use.

    Args:
      form: one of `cases.FORMS`.
      case: the critic.
      given: weights and records.
      chunk_size: largest number of records in a chunk, for private forms.

    Returns:
      A function that takes a step and returns once it is done.
    """
    if form in cases.PRIVATE_FORMS:
        step = private_steps.build(
            case,
            given,
            engine_name=form.removeprefix("private_"),
            chunk_size=chunk_size,
        )
    else:
        passes, _, activation = form.rpartition("_")
        step = plain_steps.build(
            case, given, passes=passes, activation=activation
        )

    def run():
        step()
        tf.test.experimental.sync_devices()

    return run
