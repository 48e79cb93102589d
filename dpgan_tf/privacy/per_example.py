"""Gradients of one record at a time (dp-GAN Algorithm 1, lines 3 to 7)."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf


def per_example_gradients(
    loss_fn: Callable[[Any], tf.Tensor],
    variables: Sequence[Any],
    microbatches: Any,
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Differentiate the loss of every microbatch by every variable.

    A microbatch holds one record and whatever random draws its loss needs.
    The draws are part of `microbatches`: nothing random happens in here.

    Args:
      loss_fn: maps one microbatch, without its leading axis, to its loss [].
      variables: the V trainable variables of the critic.
      microbatches: nest of tensors [b, ...], one row for every record.

    Returns:
      The losses [b], and for each variable its gradients [b, *variable.shape];
      zero, if the loss does not touch it.
    """
    sources = [
        v.value if isinstance(v, keras.Variable) else v for v in variables
    ]

    def differentiate(microbatch):
        with tf.GradientTape() as tape:
            loss = loss_fn(microbatch)
        gradients = tape.gradient(
            loss, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        return loss, [tf.convert_to_tensor(g) for g in gradients]

    return tf.vectorized_map(differentiate, microbatches, warn=False)
