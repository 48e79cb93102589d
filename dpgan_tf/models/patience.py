"""When the generator waits for the critic (Bie, Kamath, Zhang 2023).

A critic that cannot tell fakes from records has nothing to teach. How it
scores records is private; how it scores fakes follows from what is released.
"""

import tensorflow as tf

from dpgan_tf.privacy import replicas

MOST_ROUNDS = 20
"""Rounds after which a generator step is taken, however bad the critic is."""

_DECAY = 0.99


class Patience:
    """Leaves generator steps out while the critic tells too few fakes.

    Attributes:
      accuracy_on_fakes: float32 [], moving average of the share of fakes with
        a score below 0, not yet corrected for its beginning at 0.
      rounds_waited: int64 [], generator steps left out since the last one.
    """

    def __init__(self, accuracy: float) -> None:
        """Begin with a critic that knows nothing.

        Args:
          accuracy: to wait for, in (0, 1).
        """
        self._accuracy = accuracy
        self.accuracy_on_fakes = replicas.variable(0.0)
        self.rounds_waited = replicas.variable(0, dtype=tf.int64)

    def is_over(
        self, scores: tf.Tensor, *, num_steps: int, steps: tf.Tensor
    ) -> tf.Tensor:
        """Say whether the generator's step is due, and count if it is not.

        Args:
          scores: of fakes, after the critic steps of a round.
          num_steps: critic steps of a round.
          steps: critic steps so far, this round's among them.

        Returns:
          bool [].
        """
        right = tf.reduce_mean(tf.cast(scores < 0, tf.float32))
        kept = _DECAY**num_steps
        accuracy = kept * self.accuracy_on_fakes + (1 - kept) * right
        # The average begins at 0, and what is left of that is taken out.
        weight = 1 - tf.pow(_DECAY, tf.cast(steps, tf.float32))
        is_over = (accuracy / weight >= self._accuracy) | (
            self.rounds_waited >= MOST_ROUNDS
        )
        self.accuracy_on_fakes.assign(accuracy)
        self.rounds_waited.assign(
            tf.where(
                is_over,
                tf.zeros_like(self.rounds_waited),
                self.rounds_waited + 1,
            )
        )
        return is_over
