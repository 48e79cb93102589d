"""The ghost engine: norms and clipped sums of a critic's gradients."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from dpgan_tf.privacy import critic_layers
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import grams
from dpgan_tf.privacy.ghost import layers
from dpgan_tf.privacy.ghost import norms
from dpgan_tf.privacy.ghost import recording


def differentiate(
    loss_fn: Callable[[Any], tf.Tensor],
    critic: keras.Model,
    records: Any,
) -> tuple[tf.Tensor, "GhostGradients"]:
    """Differentiate every record's loss with respect to every variable.

    The random draws of a record's loss are part of `records`: nothing random
    happens here.

    Args:
      loss_fn: function from records [b, ...] to their losses [b]; it calls the
        critic with one row for each record, in their order.
      critic: model whose trainable variables to differentiate with respect to.
      records: nest of tensors [b, ...], one row for every record.

    Returns:
      The losses [b] and the gradients, not yet computed.

    Raises:
      PrivacyError: if the critic has a layer in which records may meet, or a
        weight is used in a way that is not recorded.
    """
    critic_layers.require_known(critic)
    return differentiate_unjudged(loss_fn, critic, records)


def differentiate_unjudged(
    loss_fn: Callable[[Any], tf.Tensor],
    critic: keras.Model,
    records: Any,
) -> tuple[tf.Tensor, "GhostGradients"]:
    """Differentiate without a check that no records meet in the critic.

    Args:
      loss_fn: function from records [b, ...] to their losses [b]; see
        `differentiate`.
      critic: any model.
      records: nest of tensors [b, ...], one row for every record.

    Returns:
      The losses [b] and the gradients, not yet computed.

    Raises:
      PrivacyError: if a weight is used in a way that is not recorded.
    """
    variables = critic.trainable_variables
    with tf.GradientTape() as tape:
        recorder = recording.Recorder(
            tape, variables, like=tf.nest.flatten(records)[0]
        )
        with layers.recorded(critic, recorder):
            losses = loss_fn(records)
    uses = recorder.uses(losses)
    shapes = [variable.shape for variable in variables]
    return losses, GhostGradients(uses, shapes, like=losses)


class GhostGradients:
    """Gradients of b records in V variables, known by their uses."""

    def __init__(
        self,
        uses: Sequence[Sequence[recording.Use]],
        shapes: Sequence[tf.TensorShape],
        *,
        like: tf.Tensor,
    ) -> None:
        """Choose a form for each variable.

        Args:
          uses: the uses of each of the V variables; empty if the loss does not
            depend on it.
          shapes: the variables' shapes.
          like: float32 [b].
        """
        self._shapes = list(shapes)
        self._none = tf.zeros_like(like, tf.float64)
        self._parts: list[Any] = [
            _cheapest(of_one, shape) if of_one else None
            for of_one, shape in zip(uses, shapes, strict=True)
        ]
        self._last = self._most_expensive(uses)

    def squared_norms(self) -> tf.Tensor:
        """See `PerExampleGradients.squared_norms`."""
        return tf.stack(self._columns(), axis=1)

    def weighted_sum(
        self, rule: per_example.Rule, *, together: int = 1
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """See `PerExampleGradients.weighted_sum`.

        The variable with the most expensive gradients is summed while its
        norms are computed, if a record's factors follow from its own norms
        alone; all others once all norms are known.
        """
        last = self._last if together == 1 else None
        columns = self._columns(but=last)
        sums: dict[int | None, tf.Tensor] = {}
        if last is not None:
            others = tf.stack(columns, axis=1)
            part = self._parts[last]
            columns[last], sums[last] = part.norms_and_weighted_sum(
                others, last, rule
            )
        squares = tf.stack(columns, axis=1)
        factors = rule(squares, tf.range(tf.shape(squares)[0]))
        is_finite = tf.reduce_all(tf.math.is_finite(squares), axis=1)
        for v, part in enumerate(self._parts):
            if part is None:
                sums[v] = tf.zeros(self._shapes[v], tf.float64)
            elif v != last:
                sums[v] = part.weighted_sum(
                    factors[:, v], squares[:, v], is_finite
                )
        return squares, [sums[v] for v in range(len(self._parts))]

    def _most_expensive(self, uses) -> int | None:
        """Return the variable to sum while its norms are computed."""
        cost = {
            v: costs.one_by_one(uses[v], self._shapes[v])
            for v, part in enumerate(self._parts)
            if type(part) is norms.OneByOne
        }
        return max(cost, key=cost.__getitem__, default=None)

    def _columns(self, but: int | None = None) -> list[tf.Tensor]:
        return [
            self._none if part is None or v == but else part.squared_norms()
            for v, part in enumerate(self._parts)
        ]


_FORMS: dict[str, Callable[..., norms.VariableGradients]] = {
    "explicit": norms.Explicit,
    "gram": grams.Gram,
    "one_by_one": norms.OneByOne,
}


def _cheapest(
    uses: Sequence[recording.Use], shape: tf.TensorShape
) -> norms.VariableGradients:
    return _FORMS[costs.cheapest_form(uses, shape)](uses, shape)
