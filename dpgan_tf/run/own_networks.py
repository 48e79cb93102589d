"""Networks of one's own, put into a run's recipe.

A recipe holds their architectures and no weights: every network of a run
begins with new weights from the recipe's seed, as the built-in ones do. So a
run with own networks is resumed, moved and released like any other, by
`train --run_dir` alone, too.
"""

import dataclasses
from collections.abc import Callable
from typing import TypeAlias

import keras
import numpy as np

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import learning
from dpgan_tf.models import architecture
from dpgan_tf.privacy import engines

Network: TypeAlias = keras.Model | Callable[[], keras.Model]
"""A model, or a function without arguments that builds one."""

_NUM_TRIED = 16
_SAME = 1e-4


def put_into(
    recipe: recipes.Recipe,
    *,
    critic: Network | None = None,
    generator: Network | None = None,
) -> recipes.Recipe:
    """Return a recipe with networks of one's own, and what follows from them.

    The recipe is conditional if they take labels, and its latent vectors are as
    long as the generator takes them.

    Args:
      recipe: the recipe to start from.
      critic: critic D from images [n, h, w, c] or rows [n, columns], and labels
        [n] if it knows classes, to scores [n, 1]; None for that of the recipe.
      generator: generator G from latents [n, latent_dim], and labels [n] if it
        knows classes, to images or rows; None for that of the recipe.

    Raises:
      UserError: if they are no such networks, or cannot be built from text.
      PrivacyError: if records may meet in the critic.
    """
    if critic is None and generator is None:
        return recipe
    given = dict[str, keras.Model]()
    if critic is not None:
        given["critic"] = _called("critic", critic)
        engines.choose(recipe.steps.engine, given["critic"])
    if generator is not None:
        given["generator"] = _called("generator", generator)
        _require_generator(given["generator"])
    settings = dataclasses.asdict(recipe.networks)
    settings |= {
        f"{name}_architecture": _as_text(name, one)
        for name, one in given.items()
    }
    settings["conditional"] = _take_labels(given)
    if "generator" in given:
        settings["latent_dim"] = given["generator"].inputs[0].shape[-1]
    return dataclasses.replace(
        recipe, networks=learning.OwnNetworks(**settings)
    )


def _called(name: str, network: Network) -> keras.Model:
    made = network
    if callable(network) and not isinstance(network, keras.Model):
        made = network()
    if not isinstance(made, keras.Model):
        raise errors.UserError(
            f"{name}={made!r}; expected a keras.Model, or a function without "
            "arguments that returns one."
        )
    graph = getattr(made, "_functional", None) or made
    if isinstance(getattr(graph, "_inputs_struct", {}), dict):
        raise errors.UserError(
            f"{name} {made.name!r} is a subclass of keras.Model, or has no "
            "inputs yet, or a dict of them; build it with keras.Sequential or "
            "keras.Model(inputs, outputs) from keras.Input(shape)."
        )
    return made


def _require_generator(generator: keras.Model) -> None:
    """Refuse other inputs and outputs than a generator's."""
    latent, *labels = generator.inputs
    fits = (
        len(latent.shape) == 2
        and latent.shape[1] is not None
        and latent.dtype == "float32"
        and len(labels) < 2
        and all(x.shape == (None,) and "int" in x.dtype for x in labels)
        and len(generator.outputs) == 1
        and generator.outputs[0].dtype == "float32"
    )
    if not fits:
        shown = ", ".join(
            f"{x.dtype} {x.shape}"
            for x in (*generator.inputs, *generator.outputs)
        )
        raise errors.UserError(
            f"generator {generator.name!r} has inputs and outputs {shown}; "
            "expected latents, float32 (None, latent_dim), after them labels, "
            "int64 (None,), if it knows classes, and one float32 output."
        )


def _take_labels(given: dict[str, keras.Model]) -> bool:
    found = {name: len(one.inputs) > 1 for name, one in given.items()}
    if len(set(found.values())) > 1:
        labelled = next(name for name, has in found.items() if has)
        raise errors.UserError(
            f"the {labelled} takes labels and the other network does not; "
            "build both with labels, or both without."
        )
    return any(found.values())


def _as_text(name: str, network: keras.Model) -> str:
    """Return an architecture that builds this very network."""
    text = architecture.to_text(network)
    if name == "generator":
        architecture.require_of_keras(text)
    again = architecture.build(text)
    inputs = [_example(x) for x in network.inputs]
    inputs = inputs if len(inputs) > 1 else inputs[0]
    try:
        again.set_weights(network.get_weights())
        difference = np.abs(again(inputs) - network(inputs)).max(initial=0)
    except ValueError:
        difference = np.inf
    if not difference < _SAME:
        raise errors.UserError(
            f"{name} {network.name!r}: built again from its architecture it is "
            "another network; share no layer between inner models, and write "
            "every setting of your own layers into get_config."
        )
    return text


def _example(tensor: keras.KerasTensor) -> np.ndarray:
    shape = (_NUM_TRIED, *tensor.shape[1:])
    if "int" in tensor.dtype:
        return np.zeros(shape, tensor.dtype)
    return np.random.default_rng(0).normal(size=shape).astype(tensor.dtype)
