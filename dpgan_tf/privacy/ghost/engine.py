"""The ghost engine: norms and clipped sums of a critic's gradients."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from dpgan_tf.privacy import critic_layers
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy.ghost import blocks
from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import grams
from dpgan_tf.privacy.ghost import grid as grids
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
    """Gradients of b records in V variables, known by their uses.

    Only a few records' gradients are computed at a time: norms, factors and sum
    of a block come before the next block.
    """

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
        self._uses, self._shapes, self._like = list(uses), list(shapes), like
        self._grid = grids.of(sum(map(math.prod, shapes)))
        self._forms = [
            costs.cheapest_form(of_one, shape) if of_one else ""
            for of_one, shape in zip(uses, shapes, strict=True)
        ]
        self._num_records = tf.shape(like)[0]
        self._block_size = blocks.even_size(
            self._num_records,
            most=costs.most_records(uses, shapes),
            step=self._grid.num_rows,
        )

    def squared_norms(self) -> tf.Tensor:
        """See `PerExampleGradients.squared_norms`."""

        def look(block):
            return _squares(self._parts(block)), []

        return self._over_blocks(look, [])[0]

    def weighted_sum(
        self,
        rule: per_example.Rule,
        *,
        bounds: tf.Tensor,
        together: int = 1,
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """See `PerExampleGradients.weighted_sum`.

        The rule is asked block by block if a record's factors follow from its
        own norms alone; else once, for all records.
        """
        factors_of = rule if together == 1 else self._known_factors(rule)

        def look(block):
            parts = self._parts(block)
            squares = _squares(parts)
            factors = block.only_there(factors_of(squares, block.places))
            finite = tf.reduce_all(tf.math.is_finite(squares), axis=1)
            return squares, [
                part.sum_in_units(
                    factors[:, v], squares[:, v], finite, bound=bounds[v]
                )
                for v, part in enumerate(parts)
            ]

        squares, sums = self._over_blocks(look, self._shapes)
        units = self._grid.unit(bounds)
        return squares, [total * units[v] for v, total in enumerate(sums)]

    def _known_factors(self, rule: per_example.Rule) -> per_example.Rule:
        """Return a rule that knows the factors of all records."""
        factors = rule(self.squared_norms(), tf.range(self._num_records))
        return lambda _, places: tf.gather(factors, places)

    def _parts(self, block: blocks.Block) -> list[norms.VariableGradients]:
        """Return the gradients of a block's records in each variable."""
        return [
            _FORMS[form](
                [use.at(block.places) for use in of_one], shape, self._grid
            )
            if form
            else norms.Unused(shape, like=block.places)
            for form, of_one, shape in zip(
                self._forms, self._uses, self._shapes, strict=True
            )
        ]

    def _over_blocks(self, look, shapes):
        squares, sums = blocks.over(
            self._num_records,
            look,
            size=self._block_size,
            num_columns=len(self._shapes),
            shapes=shapes,
        )
        return tf.ensure_shape(squares, [*self._like.shape, None]), sums


_FORMS: dict[str, Callable[..., norms.VariableGradients]] = {
    "explicit": norms.Explicit,
    "gram": grams.Gram,
}


def _squares(parts: Sequence[norms.VariableGradients]) -> tf.Tensor:
    return tf.stack([part.squared_norms() for part in parts], axis=1)
