"""Record the inputs and output gradients of every use of every weight."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ghost import operators


@dataclasses.dataclass(frozen=True)
class Use:
    """One use of a weight; its gradient is A^T B, record by record.

    Attributes:
      operator: one of `operators`, by which the weight was used.
      a: the input, [b, ...].
      b: the loss's gradient with respect to the output, [b, ...].
    """

    operator: Any
    a: tf.Tensor
    b: tf.Tensor

    def at(self, places: tf.Tensor) -> "Use":
        """Return the use by some records.

        Args:
          places: the records' numbers, int32 [m].
        """
        return dataclasses.replace(
            self, a=tf.gather(self.a, places), b=tf.gather(self.b, places)
        )


@dataclasses.dataclass(frozen=True)
class _Pending:
    """A use whose `unknown` side is a gradient that is not computed yet."""

    operator: operators.Operator
    known: tf.Tensor
    unknown: tf.Tensor
    is_backward: bool


class Recorder:
    """Applies weights, and records each use, forward and backward.

    The loss must be computed under the tape. An inner tape of the loss, such as
    the gradient penalty's, goes through `apply` backward: this is another use
    of the weight, in which A is the gradient with respect to the backward
    pass's output, and B its input.
    """

    def __init__(
        self,
        tape: tf.GradientTape,
        variables: Sequence[Any],
        *,
        like: tf.Tensor,
    ) -> None:
        """Record under a tape.

        Args:
          tape: the loss's tape.
          variables: V Keras variables.
          like: tensor [b, ...] with as many rows as every use.
        """
        self._tape = tape
        self._variables = list(variables)
        self._like = like
        self._pending: list[list[_Pending]] = [[] for _ in variables]
        self._is_open = True
        self._graph = _graph()

    def apply(
        self, operator: operators.Operator, variable: Any, signal: tf.Tensor
    ) -> tf.Tensor:
        """Return `operator.forward` of the signal, recording the use.

        Args:
          operator: operator that uses the weight.
          variable: a Keras variable.
          signal: [b, ...].

        Raises:
          PrivacyError: if the signal does not have one row for each record;
            where the numbers are unknown while tracing, the graph fails.
        """
        self._require_this_graph()
        signal = self._with_a_row_for_each_record(signal)
        weight = tf.stop_gradient(tf.convert_to_tensor(variable.value))
        if not any(v is variable for v in self._variables):
            return operator.forward(signal, weight)
        if operator.is_bilinear:
            leaving = self._bilinear(operator, variable, weight, signal)
        else:
            leaving = operator.forward(signal, weight)
        self._record(operator, variable, signal, leaving, is_backward=False)
        return leaving

    def _bilinear(self, operator, variable, weight, signal):
        """Apply a weight that the backward pass also uses."""

        def once_more(again):
            if self._is_open:
                raise errors.PrivacyError(
                    "the loss differentiates the critic twice before it is "
                    "differentiated itself; use engine=vectorized."
                )
            return operator.forward(again, weight)

        def backward(upstream):
            upstream.set_shape(shape)

            @tf.custom_gradient
            def transpose(upstream):
                return operator.transpose(upstream, weight, signal), once_more

            entering = transpose(upstream)
            entering.set_shape(signal.shape)
            self._record(
                operator, variable, upstream, entering, is_backward=True
            )
            return entering

        @tf.custom_gradient
        def forward(signal):
            return operator.forward(signal, weight), backward

        leaving = forward(signal)
        shape = leaving.shape
        return leaving

    def uses(self, losses: tf.Tensor) -> list[list[Use]]:
        """Differentiate, and return the uses of every variable.

        Args:
          losses: [b], computed under the tape.

        Returns:
          The uses of each of the V variables.

        Raises:
          PrivacyError: if a variable was used in a way that was not recorded.
        """
        self._is_open = False
        unknown = [[use.unknown for use in of_one] for of_one in self._pending]
        gradients, unrecorded = self._tape.gradient(
            losses, [unknown, [v.value for v in self._variables]]
        )
        for variable, gradient in zip(self._variables, unrecorded, strict=True):
            if gradient is not None:
                raise errors.PrivacyError(
                    f"critic weight {variable.path!r} is used outside of its "
                    "layer; use engine=vectorized."
                )
        return [
            [
                _complete(use, gradient)
                for use, gradient in zip(of_one, found, strict=True)
                if _matters(use, gradient)
            ]
            for of_one, found in zip(self._pending, gradients, strict=True)
        ]

    def _record(self, operator, variable, known, unknown, *, is_backward):
        if not self._is_open:
            return
        self._require_this_graph()
        self._tape.watch(unknown)
        index = next(i for i, v in enumerate(self._variables) if v is variable)
        self._pending[index].append(
            _Pending(operator, known, unknown, is_backward)
        )

    def _require_this_graph(self):
        """Raise in an inner graph: its tensors cannot be reached."""
        if _graph() is not self._graph:
            raise errors.PrivacyError(
                "the critic was called or differentiated in a tf.function, "
                "branch, loop or jacobian of its own; under engine=ghost the "
                "loss calls it directly."
            )

    def _with_a_row_for_each_record(self, signal):
        rows, expected = signal.shape[0], self._like.shape[0]
        if rows != expected:
            raise errors.PrivacyError(
                f"the critic was called with {rows} rows for {expected} "
                "records; under engine=ghost every call has one row for each "
                "record, in their order."
            )
        if rows is not None:
            return signal
        same = tf.debugging.assert_equal(
            tf.shape(signal)[0],
            tf.shape(self._like)[0],
            message="the critic must be called with one row for each record",
        )
        with tf.control_dependencies([same]):
            return tf.identity(signal)


def _graph():
    """Return the graph that is being built; None while executing eagerly."""
    if tf.executing_eagerly():
        return None
    return tf.compat.v1.get_default_graph()


def _matters(use: _Pending, gradient: tf.Tensor | None) -> bool:
    """Return whether the loss depends on the use."""
    if gradient is None and use.is_backward:
        raise errors.PrivacyError(
            "the critic was differentiated within the loss in a way that "
            "cannot be followed from there; use engine=vectorized."
        )
    return gradient is not None


def _complete(use: _Pending, gradient: tf.Tensor) -> Use:
    # A gradient's static shape may be less complete than its tensor's.
    gradient.set_shape(use.unknown.shape)
    if use.is_backward:
        return Use(use.operator, a=gradient, b=use.known)
    return Use(use.operator, a=use.known, b=gradient)
