"""The classes of layers of one's own that this process has admitted.

A class gets here by `isolation.register`, after a trial of an example. Critics
with such layers are for the vectorized engine, which shows a critic one record
at a time.
"""

from typing import Any

_classes: dict[str, type] = {}


def add(layer_class: type) -> None:
    """Admit a class; it replaces an earlier one of the same name.

    Args:
      layer_class: class of a layer, after its trial.
    """
    _classes[layer_class.__name__] = layer_class


def is_admitted(layer: Any) -> bool:
    """Return whether a layer is of an admitted class, and of no subclass.

    Args:
      layer: a layer of a critic.
    """
    return _classes.get(type(layer).__name__) is type(layer)


def by_name() -> dict[str, type]:
    """Return all admitted classes by their names."""
    return dict(_classes)
