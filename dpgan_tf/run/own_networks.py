"""Networks of one's own in a run: into its recipe, and their checks.

A recipe holds their architectures and no weights: every network of a run
begins with new weights from the recipe's seed, as the built-in ones do. So a
run with own networks is resumed, moved and released like any other, by
`train --run_dir` alone, too.
"""

import dataclasses
import pathlib
import tempfile
from collections.abc import Callable
from typing import TypeAlias

import keras
import numpy as np

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import learning
from dpgan_tf.data import records
from dpgan_tf.models import architecture
from dpgan_tf.privacy import engines
from dpgan_tf.release import export
from dpgan_tf.run import assembly
from dpgan_tf.run import feasibility

Network: TypeAlias = keras.Model | Callable[[], keras.Model]
"""A model, or a function without arguments that builds one."""

_NUM_TRIED = 16
_LARGEST_LATENT = 100.0
"""A generator whose end has no bound shows it for latents of this length."""

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
    settings |= {name: _as_text(name, one) for name, one in given.items()}
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


def require_fit(recipe: recipes.Recipe, form: records.Form) -> None:
    """Refuse networks that do not fit the records, before anything is charged.

    Args:
      recipe: the run's recipe.
      form: form of an example.

    Raises:
      UserError: naming both shapes, the labels or the range of values.
      PrivacyError: if records may meet in the critic.
    """
    own = recipe.networks
    if not isinstance(own, learning.OwnNetworks):
        return
    feasibility.require_declared_classes(recipe, form)
    if own.critic is not None:
        _require_critic_fits(recipe, form, architecture.build(own.critic))
    if own.generator is not None:
        architecture.require_of_keras(own.generator)
        _require_generator_fits(recipe, form, architecture.build(own.generator))


def _require_critic_fits(recipe, form, critic) -> None:
    engines.choose(recipe.steps.engine, critic)
    _require_shape("critic", "takes", critic.inputs[0], form)
    inputs = [np.zeros((_NUM_TRIED, *form.shape), np.float32)]
    inputs += _labels(recipe, form)
    _require_runs("critic", critic, inputs)


def _require_generator_fits(recipe, form, generator) -> None:
    _require_shape("generator", "makes", generator.outputs[0], form)
    latents = np.random.default_rng(0).normal(
        size=(_NUM_TRIED, recipe.networks.latent_dim)
    )
    least, range_ = (0, "[0, 1]") if form.is_table else (-1, "[-1, 1]")
    for factor in (1.0, _LARGEST_LATENT):
        rows = (factor * latents).astype(np.float32)
        inputs = [rows, *_labels(recipe, form)]
        made = _require_runs("generator", generator, inputs)
        if not (np.min(made) >= least and np.max(made) <= 1):
            raise errors.UserError(
                f"the generator makes numbers from {np.min(made):.3g} to "
                f"{np.max(made):.3g}; expected {range_}: end it with "
                + ("sigmoid." if form.is_table else "tanh.")
            )
    _require_exportable(recipe, form, generator)


def _require_shape(name, verb, tensor, form) -> None:
    if tuple(tensor.shape[1:]) != tuple(form.shape):
        raise errors.UserError(
            f"the {name} {verb} examples of {tuple(tensor.shape[1:])}, and the "
            f"data set has {tuple(form.shape)}; build it for these."
        )


def _labels(recipe, form) -> list[np.ndarray]:
    """Return each class, the last one first, if the networks take labels."""
    if not recipe.networks.conditional:
        return []
    classes = np.arange(form.num_classes)[::-1]
    return [np.resize(classes, _NUM_TRIED).astype(np.int64)]


def _require_runs(name, network, inputs) -> np.ndarray:
    try:
        return network(inputs if len(inputs) > 1 else inputs[0]).numpy()
    except Exception as error:  # A network may do anything.
        raise errors.UserError(
            f"the {name} fails on {len(inputs[0])} examples "
            f"({errors.first_line(error)}); with classes, it must take each "
            "label of the data set."
        ) from error


def _require_exportable(recipe, form, generator) -> None:
    """Try what the process that writes the release will do."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            export.export_generator(
                generator,
                pathlib.Path(folder) / "generator",
                latent_dim=recipe.networks.latent_dim,
                num_classes=assembly.num_classes(recipe, form),
                largest_count=form.largest,
            )
        except errors.UserError as error:
            _, _, why = str(error).partition(": its graph contains the ")
            raise errors.UserError(
                "the generator could not be released, since a release has "
                f"arithmetic only ({why or error}); build it of layers of "
                "Keras and their common activations."
            ) from error
