"""Refuse private gradients of fewer bits than float32.

The slack of the clipping bound is for the rounding of float32. Networks that
round more may make fakes, which are public; no record may meet them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from dpgan_tf.privacy import errors

_EXACT = (tf.float32, tf.float64)


def required(
    loss_fn: Callable[[Any], tf.Tensor],
) -> Callable[[Any], tf.Tensor]:
    """Return a loss that fails if anything in it is rounded to fewer bits.

    It fails while its graph is built, before any record is seen.

    Args:
      loss_fn: function from records [b, ...] to their losses [b].

    Returns:
      The function, which raises a `PrivacyError` that names the operation.
    """

    def checked(records: Any) -> tf.Tensor:
        _require(tf.nest.flatten(records), "records")
        num_before = len(_operations())
        losses = loss_fn(records)
        for operation in _operations()[num_before:]:
            _require(operation.outputs, operation.name)
        return losses

    return checked


def _operations() -> Sequence[tf.Operation]:
    """Return the operations of the graph that is being built, if any."""
    if tf.executing_eagerly():
        return ()
    return tf.compat.v1.get_default_graph().get_operations()


def _require(tensors: Sequence[tf.Tensor], name: str) -> None:
    for tensor in tensors:
        if tensor.dtype.is_floating and tensor.dtype not in _EXACT:
            raise errors.PrivacyError(
                f"the loss of private records computes in {tensor.dtype.name} "
                f"({name}), and the slack of the clipping bound is for the "
                "rounding of float32; use the critic itself."
            )
