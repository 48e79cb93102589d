"""Networks that multiply in bfloat16, with the variables of another network.

For what no private record touches: fakes, generator steps, a warm start, fits.
Factors and results of convolutions and dense layers are rounded to eight bits,
which some processors multiply at up to twice the speed. All else is float32,
the variables, their gradients and the last layer among it. A private record
meets the network itself.
"""

from typing import Any

import keras
import tensorflow as tf

from dpgan_tf import errors

FLOAT32, BFLOAT16 = "float32", "bfloat16"

_MULTIPLYING = (
    keras.layers.Conv2D,
    keras.layers.Conv2DTranspose,
    keras.layers.Dense,
)


class Rounded:
    """A network that multiplies in bfloat16."""

    def __init__(self, network: keras.Model) -> None:
        """Copy the layers of a network; the variables stay the network's.

        The copy has variables of its own that are never used, as large.

        Args:
          network: a built `keras.Sequential` or functional model.

        Raises:
          UserError: if it cannot be copied.
        """
        self._network = network
        self._pairs: list[tuple[Any, Any]] = []
        try:
            self._copy = keras.models.clone_model(
                network, clone_function=self._copied, recursive=True
            )
            self._trained, self._others = self._shared()
        except Exception as error:  # A layer of one's own may raise anything.
            raise errors.UserError(
                f"precision=bfloat16: network {network.name!r} cannot be "
                f"copied ({errors.first_line(error)}); use precision=float32."
            ) from error

    @property
    def inputs(self) -> list[keras.KerasTensor]:
        """The network's inputs."""
        return self._network.inputs

    def __call__(self, inputs: Any, *, training: bool = False) -> tf.Tensor:
        """Return the network's output, float32.

        Args:
          inputs: the network's inputs.
          training: whether layers normalize by their batch, and update the
            network's moving statistics.
        """
        others = [variable.value for variable in self._others]
        output, updated = self._copy.stateless_call(
            [variable.value for variable in self._trained],
            others,
            inputs,
            training=training,
        )
        for variable, before, after in zip(
            self._others, others, updated, strict=True
        ):
            if after is not before:
                variable.assign(after)
        return tf.cast(output, tf.float32)

    def _copied(self, layer: Any) -> Any:
        """Return a new layer or operation."""
        copy = type(layer).from_config(layer.get_config())
        if isinstance(layer, keras.layers.Layer):
            self._pairs.append((layer, copy))
        if type(layer) in _MULTIPLYING and not self._is_last(layer):
            copy.dtype_policy = "mixed_bfloat16"
        return copy

    def _is_last(self, layer: Any) -> bool:
        return any(
            output._keras_history.operation is layer
            for output in self._network.outputs
        )

    def _shared(self) -> tuple[list[Any], list[Any]]:
        """Return the network's variables in the order of the copy's."""
        original = {
            id(copy): variable
            for layer, copied in self._pairs
            for variable, copy in zip(
                layer.variables, copied.variables, strict=True
            )
        }
        trained, others = (
            [original[id(copy)] for copy in variables]
            for variables in (
                self._copy.trainable_variables,
                self._copy.non_trainable_variables,
            )
        )
        return trained, others


def network(original: keras.Model, precision: str) -> keras.Model | Rounded:
    """Return a network that multiplies with this precision.

    Args:
      original: the network.
      precision: "float32" for the network itself, or "bfloat16".

    Raises:
      ValueError: for another precision.
      UserError: if the network cannot be copied.
    """
    if precision == FLOAT32:
        return original
    if precision == BFLOAT16:
        return Rounded(original)
    raise ValueError(f"precision={precision!r}; expected float32 or bfloat16.")
