"""The reference engine: `tf.vectorized_map` over the records.

dp-GAN Algorithm 1, lines 3 to 7, as they are written. It works for every
critic. TensorFlow has no vectorised form of the gradient of a convolution by
its filter, and takes the records one by one there.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from dpgan_tf.privacy import per_example


def differentiate(
    loss_fn: Callable[[Any], tf.Tensor],
    critic: keras.Model,
    records: Any,
) -> tuple[tf.Tensor, per_example.ExplicitGradients]:
    """Differentiate the loss of every record by every variable.

    The random draws of a record's loss are part of `records`: nothing random
    happens in here.

    Args:
      loss_fn: from records [b, ...] to their losses [b].
      critic: its trainable variables are what is differentiated by.
      records: nest of tensors [b, ...], one row for every record.

    Returns:
      The losses [b] and the gradients; zero, where the loss does not touch
      a variable.
    """
    variables = [v.value for v in critic.trainable_variables]

    def differentiate_one(record):
        alone = tf.nest.map_structure(lambda row: row[None], record)
        with tf.GradientTape() as tape:
            loss = loss_fn(alone)[0]
        gradients = tape.gradient(
            loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        return loss, [tf.convert_to_tensor(g) for g in gradients]

    losses, gradients = tf.vectorized_map(
        differentiate_one, records, warn=False
    )
    return losses, per_example.ExplicitGradients(gradients)
