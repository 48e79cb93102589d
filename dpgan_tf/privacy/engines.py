"""The two ways to compute the clipped sum of gradients, and their choice.

Both give the same numbers; tests hold them to 1e-5 of each other.

  vectorized  per-example gradients, by `tf.vectorized_map`
  ghost       norms and sums without per-example gradients
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from dpgan_tf.privacy import critic_layers
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import full_precision
from dpgan_tf.privacy import isolation
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy import vectorized
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import layers


@dataclasses.dataclass(frozen=True)
class Engine:
    """A way to differentiate each record's loss separately.

    Attributes:
      name: "ghost" or "vectorized".
      why: reason for the choice, to show.
      differentiate: function from (loss_fn, critic, records) to the losses [b]
        and the gradients.
      joint_pass: whether one joint pass of the critic is faster than one pass
        for each of its uses.
    """

    name: str
    why: str
    differentiate: Callable[
        [Callable[[Any], tf.Tensor], keras.Model, Any],
        tuple[tf.Tensor, per_example.PerExampleGradients],
    ]
    joint_pass: bool


def choose(name: str, critic: keras.Model) -> Engine:
    """Return the engine of that name, or the faster one that fits.

    Args:
      name: "auto", "ghost" or "vectorized".
      critic: D.

    Raises:
      PrivacyError: if the critic may not learn from records (see `isolation`);
        naming the layer, if the ghost engine is asked for and does not know it.
      ValueError: for an unknown name.
    """
    if name not in ("auto", "ghost", "vectorized"):
        raise ValueError(f"engine={name!r}; expected auto, ghost, vectorized.")
    critic_layers.require_known(critic)
    isolation.require_full_precision(critic)
    isolation.require_isolated(critic)
    if name == "vectorized":
        return _vectorized("asked for")
    unsupported = ", ".join(layers.unsupported(critic))
    if not unsupported:
        why = "asked for" if name == "ghost" else "knows all critic layers"
        return Engine(
            "ghost", why, _exact(ghost.differentiate), joint_pass=False
        )
    if name == "auto":
        return _vectorized(f"ghost does not know {unsupported}")
    raise errors.PrivacyError(
        f"engine=ghost does not know critic layer {unsupported}; use "
        "engine=vectorized, or engine=auto."
    )


def _vectorized(why: str) -> Engine:
    return Engine(
        "vectorized", why, _exact(vectorized.differentiate), joint_pass=True
    )


def _exact(differentiate: Callable) -> Callable:
    """Return an engine's function that refuses fewer bits than float32."""

    def checked(loss_fn, critic, records):
        isolation.require_full_precision(critic)
        return differentiate(full_precision.required(loss_fn), critic, records)

    return checked
