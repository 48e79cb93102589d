"""What an engine knows of the gradients of one record at a time."""

from collections.abc import Callable, Sequence
from typing import Protocol

import tensorflow as tf

Rule = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""From squared norms [m, V] and which records they are of, int32 [m], to the
factors [m, V], float64, that the records are summed with."""


class PerExampleGradients(Protocol):
    """The gradients of b records in V variables, in whatever form."""

    def squared_norms(self) -> tf.Tensor:
        """Return each record's squared norm in each variable: [b, V].

        NaN or infinite where the gradient is, or where it overflows.
        """

    def weighted_sum(self, rule: Rule) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Sum the records' gradients, each times a factor of its own.

        Args:
          rule: decides on the factors once the norms are known. A record
            with the factor 0 adds exactly zero, whatever its gradient is.

        Returns:
          The squared norms [b, V] that the rule saw, and for each variable
          the sum, float32 [*variable.shape].
        """


class ExplicitGradients:
    """Gradients that are held in memory, record by record."""

    def __init__(self, gradients: Sequence[tf.Tensor]) -> None:
        """Hold them.

        Args:
          gradients: for each of V variables float32 [b, *variable.shape].
        """
        self.gradients = list(gradients)

    def squared_norms(self) -> tf.Tensor:
        """Return each record's squared norm in each variable: [b, V]."""
        return tf.stack(
            [squared_norm(gradient) for gradient in self.gradients], axis=1
        )

    def weighted_sum(self, rule: Rule) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """As `PerExampleGradients.weighted_sum`."""
        squares = self.squared_norms()
        factors = rule(squares, tf.range(tf.shape(squares)[0]))
        return squares, [
            weighted_sum(gradient, factors[:, v])
            for v, gradient in enumerate(self.gradients)
        ]


def squared_norm(gradient: tf.Tensor) -> tf.Tensor:
    """Return the squared norm of each row of [b, ...]: [b]."""
    return tf.reduce_sum(tf.square(_flatten_rows(gradient)), axis=1)


def weighted_sum(gradient: tf.Tensor, factors: tf.Tensor) -> tf.Tensor:
    """Sum the rows of [b, ...], each times its factor; skip those with 0.

    Args:
      gradient: float32 [b, *shape].
      factors: float64 [b].

    Returns:
      float32 [*shape].
    """
    flat = tf.where((factors != 0)[:, None], _flatten_rows(gradient), 0.0)
    total = tf.linalg.matvec(
        flat, tf.cast(factors, tf.float32), transpose_a=True
    )
    return tf.reshape(total, gradient.shape[1:])


def _flatten_rows(gradient: tf.Tensor) -> tf.Tensor:
    return tf.reshape(gradient, [-1, gradient.shape[1:].num_elements() or 1])
