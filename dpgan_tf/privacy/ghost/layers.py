"""Which Keras layers the ghost engine knows, and how they use weights."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import keras
import tensorflow as tf
from keras import layers

from dpgan_tf.privacy import own_layers
from dpgan_tf.privacy.ghost import operators


def unsupported(critic: keras.Model) -> list[str]:
    """Return the layers that the engine cannot differentiate.

    Args:
      critic: D.

    Returns:
      Name and type of each such layer.
    """
    # Inside a layer of one's own, the first axis may not be the records'.
    own = [x for x in critic._flatten_layers() if own_layers.is_admitted(x)]
    others = [x for x in _with_own_weights(critic) if x not in own]
    return [
        f"{layer.name} ({type(layer).__name__})"
        for layer in [*own, *others]
        if not _is_supported(layer)
    ]


class Applier(Protocol):
    """An object that applies weights in place of the layers."""

    def apply(
        self, operator: operators.Operator, variable: Any, signal: tf.Tensor
    ) -> tf.Tensor:
        """Return `operator.forward` of the signal and the variable."""


@contextlib.contextmanager
def recorded(
    critic: keras.Model, recorder: Applier, *, kinds: tuple[type, ...] = ()
) -> Iterator[None]:
    """Let the critic's layers use their weights through the recorder.

    Args:
      critic: D.
      recorder: recorder of one differentiation.
      kinds: types of layers; by default all, and none may be unsupported.
    """
    own = [
        layer
        for layer in _with_own_weights(critic)
        if not kinds or (type(layer) in kinds and _is_supported(layer))
    ]
    for layer in own:
        layer.call = _bind(_CALLS[type(layer)], layer, recorder)
    try:
        yield
    finally:
        for layer in own:
            del layer.call


def _with_own_weights(critic: keras.Model) -> list[Any]:
    return [
        layer
        for layer in critic._flatten_layers()
        if any(v.trainable for v in layer._trainable_variables)
    ]


def _is_supported(layer: Any) -> bool:
    if type(layer) not in _CALLS or layer.quantization_mode is not None:
        return False
    if getattr(layer, "lora_enabled", False):
        return False
    if isinstance(layer, layers.Conv2D):
        return layer.groups == 1 and layer.data_format == "channels_last"
    if isinstance(layer, layers.GroupNormalization):
        return layer.axis == -1
    if isinstance(layer, layers.LayerNormalization):
        return not layer.rms_scaling
    return True


def _bind(call: Callable, layer: Any, recorder: Applier):
    def bound(inputs, training=None):
        del training
        return call(layer, recorder, inputs)

    return bound


def _dense(layer, recorder, inputs):
    outputs = recorder.apply(operators.Matrix(), layer.kernel, inputs)
    return layer.activation(_shifted(layer, recorder, outputs))


def _conv_2d(layer, recorder, inputs):
    convolution = operators.Convolution(
        strides=layer.strides,
        dilations=layer.dilation_rate,
        padding=layer.padding.upper(),
    )
    outputs = recorder.apply(convolution, layer.kernel, inputs)
    return layer.activation(_shifted(layer, recorder, outputs))


def _shifted(layer, recorder, outputs):
    if not layer.use_bias:
        return outputs
    shape = (1,) * (outputs.shape.rank - 1) + (outputs.shape[-1],)
    return recorder.apply(operators.Shift(shape), layer.bias, outputs)


def _embedding(layer, recorder, inputs):
    rows = tf.cast(inputs, tf.int32)
    rows = tf.where(rows < 0, rows + layer.input_dim, rows)
    one_hot = tf.one_hot(rows, layer.input_dim)
    return recorder.apply(operators.Matrix(), layer.embeddings, one_hot)


def _layer_normalization(layer, recorder, inputs):
    outputs = keras.ops.layer_normalization(
        inputs, axis=layer.axis, epsilon=layer.epsilon
    )
    axes = layer.axis if isinstance(layer.axis, (list, tuple)) else [layer.axis]
    kept = [axis % inputs.shape.rank for axis in axes]
    return _scaled_and_shifted(layer, recorder, outputs, kept)


def _group_normalization(layer, recorder, inputs):
    size = inputs.shape[-1] // layer.groups
    grouped = tf.reshape(inputs, [-1, *inputs.shape[1:-1], layer.groups, size])
    axes = [*range(1, inputs.shape.rank - 1), inputs.shape.rank]
    mean, variance = tf.nn.moments(grouped, axes, keepdims=True)
    outputs = (grouped - mean) * tf.math.rsqrt(variance + layer.epsilon)
    outputs = tf.reshape(outputs, [-1, *inputs.shape[1:]])
    kept = [inputs.shape.rank - 1]
    return _scaled_and_shifted(layer, recorder, outputs, kept)


def _scaled_and_shifted(layer, recorder, outputs, kept):
    shape = tuple(
        size if axis in kept else 1 for axis, size in enumerate(outputs.shape)
    )
    if layer.gamma is not None:
        scale = operators.Scale(shape)
        outputs = recorder.apply(scale, layer.gamma, outputs)
    if layer.beta is not None:
        outputs = recorder.apply(operators.Shift(shape), layer.beta, outputs)
    return outputs


_CALLS = {
    layers.Dense: _dense,
    layers.Conv2D: _conv_2d,
    layers.Embedding: _embedding,
    layers.LayerNormalization: _layer_normalization,
    layers.GroupNormalization: _group_normalization,
}
