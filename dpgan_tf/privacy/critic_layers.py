"""What a critic may be made of: layers in which no two records meet.

Anything that `layer_rules` does not list is refused by name: a layer of another
type, even a subclass of a listed one, and every operation that is not a layer,
such as those of `keras.ops`, whose axes may include that of the records. A
layer's settings are checked too, where some of them would let records meet.
Layers of one's own are admitted by `isolation.register`.
"""

import inspect
from collections.abc import Iterator
from typing import Any

import keras
from keras.src.models import functional

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import layer_rules
from dpgan_tf.privacy import own_layers

MODELS = (keras.Sequential, functional.Functional)
"""Types of models whose layers, and their order, are known."""

_SET_BY_KERAS = ("build", "quantize", "loss")
_CONSTRAINTS = (
    keras.constraints.MaxNorm,
    keras.constraints.MinMaxNorm,
    keras.constraints.NonNeg,
    keras.constraints.UnitNorm,
)


def require_known(critic: Any) -> None:
    """Raise unless every layer of a critic treats records separately.

    Args:
      critic: D.

    Raises:
      PrivacyError: naming the layer or operation, and what to use instead.
    """
    for operation in _operations(critic):
        if type(operation) in MODELS:
            continue
        problem = _problem(operation)
        if problem:
            raise errors.PrivacyError(
                f"critic layer {operation.name!r} "
                f"({type(operation).__name__}) {problem}"
            )


def graph_of(critic: Any) -> Any:
    """Return a critic's functional model.

    Args:
      critic: D.

    Raises:
      PrivacyError: if it is not such a model, or has no input yet.
    """
    name = getattr(critic, "name", None)
    if type(critic) not in MODELS:
        raise errors.PrivacyError(
            f"critic {name!r} is a {type(critic).__name__}, whose call may do "
            "anything with the records of a batch; build it with "
            "keras.Sequential or keras.Model(inputs, outputs)."
        )
    graph = critic
    if type(critic) is keras.Sequential:
        graph = critic._functional
    if graph is None:
        raise errors.PrivacyError(
            f"critic {name!r} is not built; begin it with keras.Input(shape)."
        )
    return graph


def _operations(model: Any) -> Iterator[Any]:
    """Yield all layers and operations, also those of models inside it."""
    replaced = _replaced_methods(model)
    if replaced:
        raise errors.PrivacyError(
            f"critic {getattr(model, 'name', None)!r} has a {replaced[0]} of "
            "its own, which may do anything with the records of a batch."
        )
    for operation in graph_of(model).operations:
        yield operation
        if isinstance(operation, keras.Model):
            yield from _operations(operation)


def own_layers_of(critic: Any) -> list[Any]:
    """Return the critic's layers whose class `isolation.register` admitted.

    Args:
      critic: D.
    """
    return [x for x in _operations(critic) if own_layers.is_admitted(x)]


def _problem(operation: Any) -> str | None:
    rule = _rule_of(operation)
    if rule is None:
        return layer_rules.REFUSED.get(type(operation)) or _unknown(operation)
    for node in operation._inbound_nodes:
        entering = [tensor.shape for tensor in node.input_tensors]
        problem = (
            _problem_of_arguments(operation, node)
            or rule(operation, entering)
            or next(
                filter(None, map(_problem_of_output, node.output_tensors)), None
            )
        )
        if problem:
            return problem
    return problem_of_extras(operation)


def _rule_of(operation: Any) -> layer_rules.Rule | None:
    if own_layers.is_admitted(operation):
        return layer_rules.anyhow
    return layer_rules.RULES.get(type(operation))


def _unknown(operation: Any) -> str:
    remedy = ""
    if isinstance(operation, keras.layers.Layer):
        remedy = (
            ", or try a layer of your own with "
            "dpgan_tf.privacy.isolation.register"
        )
    return (
        "may mix records of a batch, or is not known not to; use layers such "
        "as Conv2D, Dense, LayerNormalization, Add, Multiply or Rescaling"
        f"{remedy}."
    )


def _problem_of_arguments(layer: Any, node: Any) -> str | None:
    """Accept outputs of earlier layers, and nothing else."""
    first, *more = node.arguments.args or [[]]
    given = first if isinstance(first, (list, tuple)) else [first]
    most = len(given) if type(layer) in layer_rules.JOINING else 1
    made = all(isinstance(value, keras.KerasTensor) for value in given)
    more += node.arguments.kwargs.values()
    flags = all(value is None or isinstance(value, bool) for value in more)
    if made and flags and len(given) <= most:
        return None
    return (
        "is called with a mask, a constant or another argument, whose shape "
        "may not be that of the records; leave it out."
    )


def _problem_of_output(tensor: Any) -> str | None:
    """Require that the number of records, and nothing else, is open."""
    shape = tensor.shape
    if not shape or shape[0] is not None or None in shape[1:]:
        return (
            f"gives the shape {shape}; wanted are (None, ...), the number of "
            "records first and open, and all other sizes known: give "
            "keras.Input a shape without None, and no batch size."
        )
    if tensor.sparse or getattr(tensor, "ragged", False):
        return "gives a sparse or ragged tensor; use a dense one."
    return None


def problem_of_extras(layer: Any) -> str | None:
    """Return what is wrong with a layer apart from weights and call, or None.

    Args:
      layer: a built layer.
    """
    replaced = _replaced_methods(layer)
    if replaced:
        return (
            f"has a {replaced[0]} of its own, which may do anything with the "
            "records of a batch."
        )
    if layer.quantization_mode:
        return (
            f'is quantized to {layer.quantization_mode}; use dtype="float32".'
        )
    for part in layer._flatten_layers():
        if part._seed_generators or part._non_trainable_variables:
            return "has a state that training changes; use a layer without."
    if layer.activity_regularizer is not None or layer.losses:
        return (
            "adds a loss or a regularizer, which would be left out of the "
            "private step; remove it."
        )
    own = (v for p in layer._flatten_layers() for v in p._trainable_variables)
    for variable in own:
        constraint = getattr(variable, "constraint", None)
        if constraint is not None and type(constraint) not in _CONSTRAINTS:
            return (
                f"has the constraint {type(constraint).__name__}, which is not "
                "known to see its weight alone; use one of keras.constraints."
            )
    return None


def _replaced_methods(layer: Any) -> list[str]:
    return [
        name
        for name in getattr(layer, "__dict__", {})
        if inspect.isfunction(getattr(type(layer), name, None))
        and name not in _SET_BY_KERAS
    ]
