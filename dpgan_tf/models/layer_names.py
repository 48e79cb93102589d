"""Names of layers in an architecture's JSON.

Keras numbers layers by what the process has built before, so that the same
network has other names each time. Here a name is that of the class, with the
layer's place in its model.
"""

from collections.abc import Mapping
from typing import Any

KNOWN = frozenset(
    "Activation Add Average AveragePooling1D AveragePooling2D "
    "BatchNormalization CategoryEncoding Concatenate Conv1D Conv1DTranspose "
    "Conv2D Conv2DTranspose Cropping1D Cropping2D Dense DepthwiseConv1D "
    "DepthwiseConv2D Dot ELU Embedding Flatten GlobalAveragePooling1D "
    "GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D "
    "GroupNormalization Identity InputLayer LayerNormalization LeakyReLU "
    "MaxPooling1D MaxPooling2D Maximum Minimum Multiply PReLU Permute "
    "RMSNormalization ReLU RepeatVector Rescaling Reshape SeparableConv1D "
    "SeparableConv2D Softmax SpectralNormalization Subtract "
    "UnitNormalization UpSampling1D UpSampling2D ZeroPadding1D "
    "ZeroPadding2D".split()
)
"""Layers of Keras that an architecture may have."""

DRAWING = frozenset(
    "AlphaDropout Dropout GaussianDropout GaussianNoise SpatialDropout1D "
    "SpatialDropout2D".split()
)
"""Layers that it may not have, since they draw random numbers."""


def renamed(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's JSON with names that follow from it alone.

    Args:
      model: Keras's JSON of a `Sequential` or functional model.
    """
    return _renamed(model, "network")


def _renamed(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a layer or model under another name, its inner layers renamed."""
    config = dict(entry["config"]) | {"name": name}
    if "layers" in config:
        config = _renamed_graph(config)
    else:
        inner = {k: v for k, v in config.items() if _is_layer(v)}
        config |= {k: _renamed(v, k) for k, v in inner.items()}
    changed = {"config": config}
    if "name" in entry:
        changed["name"] = name
    return dict(entry) | changed


def _renamed_graph(config: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the layers of a model wherever its graph names them."""
    names: dict[str, str] = {}
    entries = []
    for i, entry in enumerate(config["layers"]):
        old = entry["config"]["name"]
        names[old] = f"{entry['class_name'].lower()}_{i}"
        entries.append(_renamed(entry, names[old]))
    for entry in entries:
        if "inbound_nodes" in entry:
            entry["inbound_nodes"] = _follow(entry["inbound_nodes"], names)
    ends = {
        key: _ends(config[key], names)
        for key in ("input_layers", "output_layers")
        if key in config
    }
    return dict(config) | {"layers": entries} | ends


def _follow(value: Any, names: Mapping[str, str]) -> Any:
    """Rename what tensors say about the layer that made them."""
    if isinstance(value, Mapping):
        found = {k: _follow(v, names) for k, v in value.items()}
        if "keras_history" in found:
            old, *place = found["keras_history"]
            found["keras_history"] = [names[old], *place]
        return found
    if isinstance(value, list):
        return [_follow(item, names) for item in value]
    return value


def _ends(value: Any, names: Mapping[str, str]) -> Any:
    """Rename the layers of inputs or outputs, in any structure."""
    if isinstance(value, Mapping):
        return {k: _ends(v, names) for k, v in value.items()}
    if len(value) == 3 and isinstance(value[0], str):
        return [names[value[0]], *value[1:]]
    return [_ends(item, names) for item in value]


def _is_layer(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("config"), Mapping)
        and "name" in value["config"]
        and value.get("class_name") != "DTypePolicy"
    )
