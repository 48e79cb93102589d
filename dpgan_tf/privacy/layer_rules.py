"""The layers that a critic may be made of, and what each must not be set to.

A layer is here if each record's output depends on that record alone, whatever
its weights: a rule refuses the settings under which records could meet.
"""

from collections.abc import Callable, Sequence
from typing import Any

from keras import layers

from dpgan_tf.privacy import elementwise

Shapes = Sequence[tuple[int | None, ...]]
Rule = Callable[[Any, Shapes], str | None]
"""Function from a layer and its input shapes to what is wrong, or None."""


def anyhow(layer: Any, shapes: Shapes) -> str | None:
    """Find nothing wrong: the rule of layers without a wrong setting.

    Args:
      layer: a layer.
      shapes: shapes of its inputs.
    """
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


def _if_it_repeats_pixels(layer: Any, shapes: Shapes) -> str | None:
    """Refuse a gradient that a gradient penalty would take for zero."""
    del shapes
    if layer.interpolation == "nearest":
        return None
    return (
        f"has interpolation={layer.interpolation!r}, whose gradient cannot be "
        'differentiated again, as the gradient penalty does; use "nearest".'
    )


JOINING = (
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

_WITH_ACTIVATION = (
    layers.Dense,
    layers.Activation,
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv1DTranspose,
    layers.Conv2DTranspose,
    layers.DepthwiseConv1D,
    layers.DepthwiseConv2D,
    layers.SeparableConv1D,
    layers.SeparableConv2D,
)
_ANYHOW = (
    layers.InputLayer,
    layers.Identity,
    layers.LeakyReLU,
    layers.ReLU,
    layers.ELU,
    layers.PReLU,
    layers.Flatten,
    layers.Reshape,
    layers.Permute,
    layers.RepeatVector,
    layers.Cropping1D,
    layers.Cropping2D,
    layers.ZeroPadding1D,
    layers.ZeroPadding2D,
    layers.UpSampling1D,
    layers.AveragePooling1D,
    layers.AveragePooling2D,
    layers.MaxPooling1D,
    layers.MaxPooling2D,
    layers.GlobalAveragePooling1D,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling1D,
    layers.GlobalMaxPooling2D,
)
"""Layers without a setting that could let records meet."""

RULES: dict[type, Rule] = {
    **dict.fromkeys(_ANYHOW, anyhow),
    **dict.fromkeys(_WITH_ACTIVATION, _if_activation_is_known),
    **dict.fromkeys(JOINING, _if_ranks_agree),
    layers.Dot: _unless_it_multiplies_records,
    layers.Concatenate: _unless_it_joins_records,
    layers.Embedding: _unless_it_masks,
    layers.Rescaling: _if_it_scales_by_numbers,
    layers.UpSampling2D: _if_it_repeats_pixels,
    layers.Softmax: _unless_it_normalizes_records,
    layers.UnitNormalization: _unless_it_normalizes_records,
    layers.LayerNormalization: _unless_it_normalizes_records,
    layers.RMSNormalization: _unless_it_normalizes_records,
    layers.GroupNormalization: _unless_it_normalizes_records,
}
"""The layers that are admitted, each with its rule."""

_DRAWS = (
    "draws random numbers of its own, and a record's draws must be made before "
    "its gradient is taken; leave it out: the noise of the private steps and "
    "the gradient penalty already keep a critic from learning by heart."
)

REFUSED: dict[type, str] = {
    layers.BatchNormalization: (
        "normalizes over the records of a batch, so that each score depends on "
        "all records; use LayerNormalization or GroupNormalization."
    ),
    layers.SpectralNormalization: (
        "changes a vector of its own at every call, so that the records of one "
        "step would meet different critics; leave it out: the gradient penalty "
        "(loss.gradient_penalty_weight) bounds the slope instead."
    ),
    **dict.fromkeys(
        (
            layers.Dropout,
            layers.SpatialDropout1D,
            layers.SpatialDropout2D,
            layers.AlphaDropout,
            layers.GaussianDropout,
            layers.GaussianNoise,
        ),
        _DRAWS,
    ),
    layers.Lambda: (
        "runs a function that may do anything with the records of a batch; use "
        "layers of Keras, or register a layer of your own with "
        "dpgan_tf.privacy.isolation.register."
    ),
}
"""Layers of which people ask why they are refused, and what to use instead."""
