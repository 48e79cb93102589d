"""Refuse critics and optimizers under which clipping would not protect.

A bound on one record's gradient bounds the record's influence only if no
other record's gradient depends on it.
"""

import os
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import critic_layers
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import layer_rules
from dpgan_tf.privacy import layer_trials
from dpgan_tf.privacy import own_layers

LayerClass = TypeVar("LayerClass", bound=type)

_PRECISION_VARIABLES = (
    "TF_SET_ONEDNN_FPMATH_MODE",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "DNNL_DEFAULT_FPMATH_MODE",
)
_FORM = (
    "a critic takes images [n, h, w, c] or rows [n, columns], float32, and "
    "after them labels [n], integers, if it knows classes; it gives one score "
    "of each, float32 [n, 1]"
)


def register(
    layer_class: LayerClass,
    *,
    example: keras.layers.Layer | None = None,
    input_shape: tuple[int, ...] = (8, 8, 4),
) -> LayerClass:
    """Admit a layer of your own to critics, in this process.

    An example is tried (see `layer_trials`): no record may change what another
    becomes, or leave anything to the next call. Every layer of the class is
    tried again as it stands in a critic. Such critics learn by the vectorized
    engine.

    Args:
      layer_class: subclass of `keras.layers.Layer` that takes one tensor.
      example: a layer of this class; by default one without arguments.
      input_shape: shape of one record's input of the example.

    Returns:
      The class, so that this may be its decorator.

    Raises:
      PrivacyError: if it is no such class, or naming what moved in the trial.
    """
    name = getattr(layer_class, "__name__", repr(layer_class))
    problem = _problem_of_class(layer_class)
    if not problem:
        try:
            layer = layer_class() if example is None else example
            _build(layer, input_shape)
        except Exception as error:  # The class is its author's.
            problem = (
                f"cannot be built for {input_shape} "
                f"({layer_trials.said_by(error)}); give an example=, "
                "and the input_shape= of its records."
            )
        else:
            problem = _problem_of_example(layer, layer_class, input_shape)
    if problem:
        raise errors.PrivacyError(f"layer {name} {problem}")
    own_layers.add(layer_class)
    return layer_class


def _problem_of_class(layer_class: Any) -> str | None:
    if not (
        isinstance(layer_class, type)
        and issubclass(layer_class, keras.layers.Layer)
        and not issubclass(layer_class, keras.Model)
    ):
        return "is not a subclass of keras.layers.Layer."
    if layer_class in layer_rules.REFUSED:
        return layer_rules.REFUSED[layer_class]
    if layer_class.__module__.partition(".")[0] == "keras":
        return "is a layer of Keras; register is for classes of your own."
    return None


def _build(layer: Any, shape: tuple[int, ...]) -> None:
    if not layer.built:
        layer(keras.Input(shape))


def _problem_of_example(layer, layer_class, shape) -> str | None:
    if type(layer) is not layer_class:
        return f"has an example of another class, {type(layer).__name__}."
    return critic_layers.problem_of_extras(layer) or layer_trials.problem_of(
        layer, shape
    )


def require_isolated(critic: keras.Model) -> None:
    """Raise unless each record's score depends on that record alone.

    Args:
      critic: critic D from images [n, h, w, c], and labels [n] if it takes
        them, to scores [n, 1].

    Raises:
      PrivacyError: naming the layer, if it is not known to treat records
        separately; naming the inputs or outputs, if they are not a critic's;
        or if perturbing one record changed the score of another.
    """
    critic_layers.require_known(critic)
    problem = _problem_of_form(critic_layers.graph_of(critic))
    if problem:
        raise errors.PrivacyError(f"critic {critic.name!r} {problem}; {_FORM}.")
    _require_trials(critic)
    _require_scores_apart(critic)


def _require_trials(critic: keras.Model) -> None:
    """Try each layer of one's own as it stands in a critic."""
    for layer in critic_layers.own_layers_of(critic):
        for node in layer._inbound_nodes:
            shape = node.input_tensors[0].shape[1:]
            problem = layer_trials.problem_of(layer, shape)
            if problem:
                raise errors.PrivacyError(
                    f"critic layer {layer.name!r} ({type(layer).__name__}) "
                    f"{problem}"
                )


def _problem_of_form(graph: Any) -> str | None:
    """Return what is wrong with inputs, outputs and weights, or None."""
    entering, leaving = graph._inputs_struct, graph._outputs_struct
    if isinstance(entering, dict):
        return f"takes a dict of {sorted(entering)}"
    given = [_words(tensor) for tensor in graph.inputs]
    if len(given) > 2:
        return f"takes {len(given)} inputs ({', '.join(given)})"
    image, *labels = graph.inputs
    if len(image.shape) < 2 or image.dtype != "float32":
        return f"takes {given[0]} as its records"
    if any(len(x.shape) != 1 or "int" not in x.dtype for x in labels):
        return f"takes {given[1]} as its labels"
    if not isinstance(leaving, keras.KerasTensor):
        given = [_words(tensor) for tensor in graph.outputs]
        return f"gives {type(leaving).__name__} of {', '.join(given)}"
    if leaving.shape[1:] != (1,) or leaving.dtype != "float32":
        return f"gives {_words(leaving)}"
    if not graph.trainable_variables:
        return "has no trainable weights"
    return None


def _words(tensor: Any) -> str:
    sizes = ", ".join(["n", *map(str, tensor.shape[1:])])
    return f"{tensor.dtype} [{sizes}]"


def require_fits(
    critic: keras.Model, generator: keras.Model, *, num_classes: int
) -> None:
    """Raise unless the critic takes what the generator makes.

    Args:
      critic: isolated critic D.
      generator: generator G.
      num_classes: number of classes of both, 0 for networks without labels.

    Raises:
      PrivacyError: naming both shapes, or the labels.
    """
    seen, *labels = critic.inputs
    made = generator.outputs[0]
    if seen.shape[1:] != made.shape[1:]:
        raise errors.PrivacyError(
            f"critic {critic.name!r} takes {_words(seen)}, and the generator "
            f"makes {_words(made)}; build both for one shape."
        )
    if bool(labels) != bool(num_classes):
        raise errors.PrivacyError(
            f"critic {critic.name!r} takes {'' if labels else 'no '}labels "
            f"with num_classes={num_classes}; build it for as many classes."
        )


def require_plain_optimizer(optimizer: keras.optimizers.Optimizer) -> None:
    """Raise if the optimizer clips: only the mechanism may do that.

    Args:
      optimizer: the critic's optimizer.

    Raises:
      PrivacyError: naming the setting.
    """
    for name in ("clipnorm", "clipvalue", "global_clipnorm"):
        if getattr(optimizer, name, None) is not None:
            raise errors.PrivacyError(
                f"the critic's optimizer has {name} set; clipping a noisy "
                "batch gradient protects nobody: leave it unset."
            )


def require_full_precision(critic: keras.Model) -> None:
    """Raise unless all rounding is that of float32.

    Args:
      critic: D.

    Raises:
      PrivacyError: saying how to turn it off.
    """
    for layer in critic._flatten_layers():
        if layer.compute_dtype != "float32":
            raise errors.PrivacyError(
                f"critic layer {layer.name!r} computes in "
                f"{layer.compute_dtype}, and the slack of the clipping bound "
                'is for the rounding of float32; use dtype="float32".'
            )
    for name in _PRECISION_VARIABLES:
        mode = os.environ.get(name, "strict")
        if mode.lower() not in ("strict", "f32", "fp32"):
            raise errors.PrivacyError(
                f"{name}={mode}: oneDNN may round to eight bits, which is more "
                "than the slack of the clipping bound; unset it."
            )
    for name, value in tf.config.optimizer.get_experimental_options().items():
        if name.startswith("auto_mixed_precision") and value:
            raise errors.PrivacyError(
                f"TensorFlow's optimizer option {name} is on, and its rounding "
                "is larger than the slack of the clipping bound; turn it off."
            )
    rounds = tf.config.experimental.tensor_float_32_execution_enabled()
    if rounds and tf.config.list_physical_devices("GPU"):
        raise errors.PrivacyError(
            "TensorFloat-32 is on, and its rounding is larger than the slack "
            "of the clipping bound; call "
            "tf.config.experimental.enable_tensor_float_32_execution(False)."
        )


def _require_scores_apart(critic: keras.Model) -> None:
    shape = (4, *critic.inputs[0].shape[1:])
    images = np.random.default_rng(0).normal(size=shape).astype("float32")
    changed = images.copy()
    changed[0] *= -3
    labels = [np.zeros([4], np.int64) for _ in critic.inputs[1:]]
    before, after = (
        critic([rows, *labels] if labels else rows, training=True).numpy()
        for rows in (images, changed)
    )
    if not np.array_equal(before[1:], after[1:]):
        raise errors.PrivacyError(
            "changing one record changed the critic's score of another; "
            "the critic must score each record by itself."
        )
