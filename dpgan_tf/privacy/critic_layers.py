"""What a critic may be made of: layers in which no two records meet.

Anything that is not listed here is refused by name: a layer of another type,
even a subclass of a listed one, and every operation that is not a layer, such
as those of `keras.ops`, whose axes may include that of the records. A layer's
settings are checked too, where some of them would let records meet.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
from keras import layers
from keras.src.models import functional

from dpgan_tf.privacy import elementwise
from dpgan_tf.privacy import errors

Shapes = Sequence[tuple[int | None, ...]]
Rule = Callable[[Any, Shapes], str | None]
"""Function from a layer and its input shapes to what is wrong, or None."""

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


def _problem(operation: Any) -> str | None:
    if type(operation) not in _RULES:
        return (
            "may mix records of a batch, or is not known not to; use layers "
            "such as Conv2D, Dense, LayerNormalization, Add, Multiply or "
            "Rescaling."
        )
    for node in operation._inbound_nodes:
        entering = [tensor.shape for tensor in node.input_tensors]
        problem = (
            _problem_of_arguments(operation, node)
            or _RULES[type(operation)](operation, entering)
            or next(
                filter(None, map(_problem_of_output, node.output_tensors)), None
            )
        )
        if problem:
            return problem
    return _problem_of_extras(operation)


def _problem_of_arguments(layer: Any, node: Any) -> str | None:
    """Accept outputs of earlier layers, and nothing else."""
    first, *more = node.arguments.args or [[]]
    given = first if isinstance(first, (list, tuple)) else [first]
    most = len(given) if type(layer) in _JOINING else 1
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


def _problem_of_extras(layer: Any) -> str | None:
    """Check what a layer may have apart from its weights and its call."""
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
    if layer._seed_generators or layer._non_trainable_variables:
        return "has a state that training changes; use a layer without."
    if layer.activity_regularizer is not None or layer.losses:
        return (
            "adds a loss or a regularizer, which would be left out of the "
            "private step; remove it."
        )
    for variable in layer._trainable_variables:
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


def _anyhow(layer: Any, shapes: Shapes) -> str | None:
    del layer, shapes
    return None


def _unless_it_masks(layer: Any, shapes: Shapes) -> str | None:
    del shapes
    if layer.mask_zero:
        return "masks records, and a mask may be taken for one of columns."
    return None


def _if_activation_is_known(layer: Any, shapes: Shapes) -> str | None:
    del shapes
    activation = layer.activation
    if activation is None or elementwise.is_known(activation):
        return None
    name = getattr(activation, "__name__", type(activation).__name__)
    return (
        f"has the activation {name!r}, which is not known to look at one "
        "number at a time; use one of keras.activations, or vouch for it with "
        "dpgan_tf.privacy.elementwise.known."
    )


def _if_ranks_agree(layer: Any, shapes: Shapes) -> str | None:
    """Require equal ranks: [n] and [n, 1] could become [n, n]."""
    del layer
    if len({len(shape) for shape in shapes}) == 1:
        return None
    return f"joins {shapes}; use Reshape for as many axes in each."


def _if_axes_are_others(axes: Any, shapes: Shapes, *, verb: str) -> str | None:
    """Compare axes of any form with those of each input."""
    numbers = axes if isinstance(axes, (list, tuple)) else [axes]
    for shape in shapes:
        if any(axis % max(1, len(shape)) == 0 for axis in numbers):
            return f"{verb} axis {axes} of {shape}, the axis of the records."
    return None


def _unless_it_normalizes_records(layer: Any, shapes: Shapes) -> str | None:
    return _if_axes_are_others(layer.axis, shapes, verb="normalizes over")


def _unless_it_joins_records(layer: Any, shapes: Shapes) -> str | None:
    return _if_axes_are_others(
        layer.axis, shapes, verb="concatenates along"
    ) or _if_ranks_agree(layer, shapes)


def _unless_it_multiplies_records(layer: Any, shapes: Shapes) -> str | None:
    pair = layer.axes if isinstance(layer.axes, (list, tuple)) else None
    for axis, shape in zip(pair or [layer.axes] * 2, shapes, strict=True):
        problem = _if_axes_are_others(axis, [shape], verb="sums over")
        if problem:
            return problem
    return None


def _if_it_scales_by_numbers(layer: Any, shapes: Shapes) -> str | None:
    del shapes
    for value in (layer.scale, layer.offset):
        if not isinstance(value, (int, float)):
            return f"has {value}, whose shape may not fit; use a number."
    return None


_JOINING = (
    layers.Add,
    layers.Subtract,
    layers.Multiply,
    layers.Average,
    layers.Maximum,
    layers.Minimum,
    layers.Dot,
    layers.Concatenate,
)
"""Layers that take several inputs."""

_RULES: dict[type, Rule] = {
    layers.InputLayer: _anyhow,
    layers.Dense: _if_activation_is_known,
    layers.Conv1D: _if_activation_is_known,
    layers.Conv2D: _if_activation_is_known,
    layers.Conv2DTranspose: _if_activation_is_known,
    layers.Activation: _if_activation_is_known,
    layers.LeakyReLU: _anyhow,
    layers.ReLU: _anyhow,
    layers.ELU: _anyhow,
    layers.PReLU: _anyhow,
    layers.Softmax: _unless_it_normalizes_records,
    layers.Flatten: _anyhow,
    layers.Reshape: _anyhow,
    layers.Permute: _anyhow,
    layers.Cropping2D: _anyhow,
    layers.ZeroPadding2D: _anyhow,
    layers.UpSampling2D: _anyhow,
    layers.AveragePooling2D: _anyhow,
    layers.MaxPooling2D: _anyhow,
    layers.GlobalAveragePooling2D: _anyhow,
    layers.GlobalMaxPooling2D: _anyhow,
    layers.Add: _if_ranks_agree,
    layers.Subtract: _if_ranks_agree,
    layers.Multiply: _if_ranks_agree,
    layers.Average: _if_ranks_agree,
    layers.Maximum: _if_ranks_agree,
    layers.Minimum: _if_ranks_agree,
    layers.Dot: _unless_it_multiplies_records,
    layers.Concatenate: _unless_it_joins_records,
    layers.Embedding: _unless_it_masks,
    layers.Rescaling: _if_it_scales_by_numbers,
    layers.LayerNormalization: _unless_it_normalizes_records,
    layers.GroupNormalization: _unless_it_normalizes_records,
}
