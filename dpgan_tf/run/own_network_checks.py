"""Checks of own networks against the records, before anything is charged.

They run on blank records and on latents; no private record is used.
"""

import pathlib
import tempfile

import keras
import numpy as np

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import learning
from dpgan_tf.config.parts import summaries
from dpgan_tf.data import records
from dpgan_tf.models import architecture
from dpgan_tf.privacy import engines
from dpgan_tf.release import export
from dpgan_tf.run import assembly
from dpgan_tf.run import feasibility

_NUM_TRIED = 16
_LARGEST_LATENT = 100.0
"""A generator whose end has no bound shows it for latents of this length."""


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
    if (text := own.critic_architecture) is not None:
        _require_critic_fits(recipe, form, architecture.build(text))
    if (text := own.generator_architecture) is not None:
        architecture.require_of_keras(text)
        _require_generator_fits(recipe, form, architecture.build(text))


def _require_critic_fits(recipe, form, critic) -> None:
    engines.choose(recipe.steps.engine, critic)
    _require_shape("critic", "takes", critic.inputs[0], form)
    inputs = [np.zeros((_NUM_TRIED, *form.shape), np.float32)]
    inputs += _labels(recipe, form)
    _require_runs("critic", critic, inputs)


def _require_generator_fits(recipe, form, generator) -> None:
    _require_shape("generator", "makes", generator.outputs[0], form)
    if form.blocks:
        raise errors.UserError(
            "a generator of one's own is not for tables with a schema, whose "
            "columns are softmaxes; leave it out."
        )
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
    if isinstance(recipe.summary, summaries.Marginals):
        _require_sigmoid(generator)
    _require_exportable(recipe, form, generator)


def _require_sigmoid(generator) -> None:
    """Require the bias that a summary of rows moves."""
    last = generator.layers[-1]
    is_dense = isinstance(last, keras.layers.Dense) and last.use_bias
    if not is_dense or last.activation is not keras.activations.sigmoid:
        raise errors.UserError(
            "the generator ends with another layer than "
            'keras.layers.Dense(columns, activation="sigmoid"), whose bias a '
            "summary of rows sets; end it with that, or take summary=none."
        )


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
                blocks=form.blocks,
            )
        except errors.UserError as error:
            _, _, why = str(error).partition(": its graph contains the ")
            raise errors.UserError(
                "the generator could not be released, since a release has "
                f"arithmetic only ({why or error}); build it of layers of "
                "Keras and their common activations."
            ) from error
