"""The forms of one critic step: private ones, and ones without privacy."""

from collections.abc import Callable

import tensorflow as tf

from benchmarks import cases
from benchmarks import inputs
from benchmarks import plain_steps
from benchmarks import private_steps


def build(
    form: str, case: cases.Case, given: inputs.Inputs, *, chunk_size: int
) -> Callable[[], None]:
    """Build a critic and its step, compiled when it is first taken.

    Args:
      form: one of `cases.FORMS`.
      case: the critic.
      given: weights and records.
      chunk_size: records in a chunk at most, for the private forms.

    Returns:
      A function that takes a step and returns when it is done.
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
