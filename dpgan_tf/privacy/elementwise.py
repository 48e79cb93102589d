"""Activations that are known to look at one number at a time.

An activation is a function, and a function may do anything: a critic may have
only those listed here.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import keras

Function = TypeVar("Function", bound=Callable[..., Any])

_OF_KERAS = (
    *("celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid"),
    *("hard_silu", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "mish"),
    *("relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softplus"),
    *("softsign", "squareplus", "tanh", "tanh_shrink", "threshold"),
)
_known: list[Callable[..., Any]] = [
    getattr(keras.activations, name) for name in _OF_KERAS
]


def known(function: Function) -> Function:
    """Vouch for an activation: each output number depends on one input number.

    Args:
      function: activation from a tensor to one of the same shape.

    Returns:
      The function, unchanged.
    """
    _known.append(function)
    return function


def is_known(function: object) -> bool:
    """Return whether somebody vouches for this very function.

    Args:
      function: a layer's activation.
    """
    return any(function is other for other in _known)
