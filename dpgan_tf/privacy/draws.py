"""The permission to draw protective noise, given step by step."""

from collections.abc import Sequence

import tensorflow as tf

from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import replicas


class Permit:
    """The secret key of one attempt, and how many draws it may make.

    Neither is a model weight: no checkpoint and no release contains them.
    A draw beyond what was allowed fails inside the graph.
    """

    def __init__(self) -> None:
        """Allow nothing."""
        self.key = replicas.variable([0] * keystream.KEY_WORDS, dtype=tf.int64)
        self._num_drawn = replicas.variable(0, dtype=tf.int64)
        self._num_allowed = replicas.variable(0, dtype=tf.int64)

    def begin(self, key: Sequence[int]) -> None:
        """Start an attempt that has drawn nothing and may draw nothing.

        Args:
          key: four secret 64-bit integers that no other attempt has used.
        """
        self.key.assign(key)
        self._num_drawn.assign(0)
        self._num_allowed.assign(0)

    def allow(self, num_steps: int) -> None:
        """Allow more draws; call it once the ledger has them on disk.

        Args:
          num_steps: number of draws to add.
        """
        self._num_allowed.assign_add(num_steps)

    @property
    def num_drawn(self) -> int:
        """How many draws this attempt has made."""
        return int(self._num_drawn.numpy())

    @property
    def num_left(self) -> int:
        """How many draws are still allowed."""
        return int((self._num_allowed - self._num_drawn).numpy())

    def next_step(self) -> tf.Tensor:
        """Count a draw and return its number within the attempt, int64 [].

        Raises:
          InvalidArgumentError: in the graph, if the draw is not allowed.
        """
        allowed = tf.debugging.assert_less(
            self._num_drawn,
            self._num_allowed,
            message="noise was asked for before the ledger reserved it",
        )
        with tf.control_dependencies([allowed] if allowed is not None else []):
            number = tf.identity(self._num_drawn)
            with tf.control_dependencies([number]):
                self._num_drawn.assign_add(1)
            return number

    def gate(
        self, gradients: Sequence[tf.Tensor], step: tf.Tensor
    ) -> list[tf.Tensor]:
        """Return the gradients, or NaN if their draw was not allowed.

        XLA drops assertions; this check works there too, and depends on no
        record.

        Args:
          gradients: noisy gradients.
          step: number that `next_step` returned for them.
        """
        allowed = step < self._num_allowed
        return [
            tf.where(allowed, gradient, float("nan")) for gradient in gradients
        ]
