"""A network's architecture as text: layers and settings, without weights.

The text is public, part of a run's recipe, and all that a run needs to build
the network again: after a stop, on another machine, in the process that writes
the release. It is Keras's own JSON with names that do not depend on what else
the process has built. Nothing in it is code: only layers and functions of Keras
are built from it, and classes that this process has admitted by
`isolation.register`.
"""

import functools
import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import keras
from keras.src.models import functional
from keras.src.ops import nn
from keras.src.ops import numpy as numpy_ops

from dpgan_tf import errors
from dpgan_tf.models import layer_names
from dpgan_tf.privacy import own_layers
from dpgan_tf.privacy import untrusted_json

LARGEST = 2**17
"""Most characters of an architecture."""

_OWN = "own"
_PLAIN = frozenset(
    "__keras_tensor__ __tuple__ __slice__ __ellipsis__ DTypePolicy".split()
)
_HOLDERS = frozenset(("config", "build_config", "kwargs"))
"""Keys under which an object may be without a class."""
_NODE = frozenset(("args", "kwargs"))
_MODELS = {"Functional": functional.Functional, "Sequential": keras.Sequential}
_OPERATIONS = {"keras.src.ops.nn": nn, "keras.src.ops.numpy": numpy_ops}
_ROOMS = {
    "keras.initializers": keras.initializers,
    "keras.regularizers": keras.regularizers,
    "keras.constraints": keras.constraints,
}


def to_text(network: keras.Model) -> str:
    """Return a network's architecture.

    Args:
      network: a `keras.Sequential` or functional model.

    Raises:
      UserError: naming the layer, if it cannot be built again from text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # A lambda is refused below.
            values = json.loads(network.to_json())
    except Exception as error:  # A layer of one's own may raise anything.
        raise errors.UserError(
            f"network {network.name!r}: its architecture cannot be written "
            f"({errors.first_line(error)}); give each layer of your own a "
            "get_config."
        ) from error
    for _, value in _objects(values):
        value.pop("compile_config", None)
        if value.get("class_name") in own_layers.by_name():
            value |= {"module": _OWN, "registered_name": value["class_name"]}
    _require_known(values)
    text = json.dumps(
        layer_names.renamed(values), sort_keys=True, separators=(",", ":")
    )
    if len(text) > LARGEST:
        raise errors.UserError(
            f"network {network.name!r}: its architecture has {len(text):,} "
            f"characters, and {LARGEST:,} is the most; use fewer layers."
        )
    return text


def require_of_keras(text: str) -> None:
    """Refuse layers of one's own: a generator's must be known everywhere.

    Args:
      text: a generator's architecture from `to_text`.

    Raises:
      UserError: naming the class.
    """
    for _, value in _objects(json.loads(text)):
        if value.get("module") == _OWN:
            raise errors.UserError(
                f"the generator has a {value['class_name']}, a layer of one's "
                "own, and the process that writes a release knows the layers "
                "of Keras alone; build it of these."
            )


def build(text: str) -> keras.Model:
    """Build a network with new weights.

    Args:
      text: an architecture from `to_text`.

    Raises:
      UserError: if it has anything but layers of Keras and admitted classes,
        or cannot be built.
    """
    try:
        values = untrusted_json.parse(text, untrusted_json.OBJECT)
    except untrusted_json.JsonError as error:
        raise errors.UserError(f"architecture: {error}.") from error
    _require_known(values)
    try:
        return keras.saving.deserialize_keras_object(
            values, custom_objects=own_layers.by_name(), safe_mode=True
        )
    except Exception as error:  # Of Keras, for settings that do not fit.
        raise errors.UserError(
            f"architecture: Keras cannot build it ({errors.first_line(error)})."
        ) from error


@functools.lru_cache(maxsize=8)
def shapes(text: str) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of a network's trainable variables, in their order.

    Args:
      text: an architecture from `to_text`.

    Raises:
      UserError: as `build`.
    """
    return tuple(tuple(v.shape) for v in build(text).trainable_variables)


def _objects(value: Any, key: str = "") -> Iterator[tuple[str, dict]]:
    """Yield every object in JSON, with the key that it stands under."""
    if isinstance(value, dict):
        yield key, value
        for name, item in value.items():
            yield from _objects(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item, key)


def _require_known(values: Mapping[str, Any]) -> None:
    """Refuse what is not of Keras, before anything is built from it."""
    kind = str(values.get("class_name"))
    if kind not in _MODELS:
        raise errors.UserError(
            f"network is a {errors.printable(kind)}; build it with "
            "keras.Sequential or keras.Model(inputs, outputs)."
        )
    for key, value in _objects(values):
        problem = _problem_of(value) if "class_name" in value else None
        if "class_name" not in value and not (
            key in _HOLDERS or (key == "inbound_nodes" and _NODE >= set(value))
        ):
            problem = _UNKNOWN
        if problem:
            what = errors.printable(str(value.get("class_name", key)))
            raise errors.UserError(f"network has a {what}, which {problem}")


def _problem_of(entry: Mapping[str, Any]) -> str | None:
    name, module = entry["class_name"], entry.get("module")
    if not isinstance(name, str) or not isinstance(module, str | None):
        return "is not the name of a class."
    if entry.get("registered_name") not in (None, name):
        return "has the name of another class."
    if name in _PLAIN and module in (None, "keras"):
        return None
    if module == _OWN:
        if name in own_layers.by_name():
            return None
        return (
            "is a layer of one's own that this process does not know; import "
            "it, call dpgan_tf.privacy.isolation.register with it, and train "
            "from the same program."
        )
    if module == "keras.layers" and name in layer_names.DRAWING:
        return (
            "draws random numbers of its own; what a generator makes must "
            "follow from its latents alone: leave it out."
        )
    return None if _is_of_keras(name, module) else _UNKNOWN


def _is_of_keras(name: str, module: Any) -> bool:
    if name in _MODELS:
        return module in ("keras", _MODELS[name].__module__)
    if module == "keras.layers":
        return name in layer_names.KNOWN
    if module in _OPERATIONS:
        found = getattr(_OPERATIONS[module], name, None)
        return isinstance(found, type) and issubclass(found, keras.Operation)
    found = getattr(_ROOMS.get(module), name, None)
    return isinstance(found, type)


_UNKNOWN = (
    "cannot be built again from text alone, which a run must do to go on and "
    "to be released; use layers and activations of Keras, no Lambda and no "
    "constant."
)
