"""Fits a generator to a summary: a warm start without records."""

import hashlib
import os
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import dataset_options
from dpgan_tf.models import feature_matching
from dpgan_tf.models import guide as guides
from dpgan_tf.models import moment_matching
from dpgan_tf.models import summary_loss
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.run import assembly
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run import fitting
from dpgan_tf.run.callbacks import progress_bars
from dpgan_tf.run.summary import class_summary
from dpgan_tf.run.summary import private_summary

_GUIDE_WEIGHT = 0.01
"""Of the guide beside the distance of moments."""


def fit(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    generator: keras.Model,
    moments: row_moments.Moments,
) -> None:
    """Fit the generator to the summary: the warm start without public records.

    Args:
      recipe: how long.
      files: of the run, which keep the fitted weights.
      generator: changed in place.
      moments: what its rows shall have.
    """

    def make():
        calibrate(recipe, generator, moments)
        if moments.pairs is None or not recipe.summary.fit_steps:
            return
        model = moment_matching.MomentMatching(
            generator,
            mean=moments.mean,
            scale=moments.scale,
            pairs=moments.pairs,
        )
        _take_steps(recipe, model, rate=recipe.summary.fit_learning_rate)
        calibrate(recipe, generator, moments)

    _once(files, generator, make)


def fit_features(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    generator: keras.Model,
    taken: class_summary.ClassSummary,
) -> None:
    """Fit a generator of labelled images to the moments of their features.

    Args:
      recipe: how long, which may be not at all.
      files: of the run, which keep the fitted weights.
      generator: changed in place.
      taken: the summary, with features and a guide.
    """
    if not recipe.summary.fit_steps:
        return
    loss = loss_of(taken, guide_weight=_GUIDE_WEIGHT, feature_weight=1.0)

    def make():
        model = feature_matching.FeatureMatching(
            generator, loss=loss, num_classes=len(taken.features.means)
        )
        decayed = keras.optimizers.schedules.CosineDecay(
            recipe.summary.fit_learning_rate, recipe.summary.fit_steps
        )
        _take_steps(recipe, model, rate=decayed)

    _once(files, generator, make)


def loss_of(
    taken: private_summary.Summary | None,
    *,
    guide_weight: float,
    feature_weight: float,
) -> summary_loss.SummaryLoss | None:
    """Return what a summary asks of fakes; None if it has no features.

    Args:
      taken: the summary, if the run takes one.
      guide_weight: as for `SummaryLoss`.
      feature_weight: as for `SummaryLoss`.
    """
    if not isinstance(taken, class_summary.ClassSummary):
        return None
    if taken.features is None:
        return None
    return summary_loss.SummaryLoss(
        guide=guides.Guide(taken.guide),
        projection=taken.projection,
        moments=taken.features,
        guide_weight=guide_weight,
        feature_weight=feature_weight,
    )


def _once(
    files: run_files.RunFiles,
    generator: keras.Model,
    make: Callable[[], None],
) -> None:
    """Change the generator's weights, or restore those that were kept.

    They are kept with a hash of the summary: what was fitted to another one
    would not be charged.
    """
    digest = hashlib.sha256(files.summary.read_bytes()).hexdigest()
    folder = files.checkpoints("summary")
    fitted_to = tf.Variable(digest)
    state = {
        "fitted_to": fitted_to,
        **{f"w{i}": v.value for i, v in enumerate(generator.variables)},
    }
    if _restore(state, folder):
        if fitted_to.numpy().decode() != digest:
            raise privacy_errors.LedgerError(
                f"{folder}: was fitted to another summary; restore "
                "the whole run directory from one backup, or start a new one."
            )
        return
    make()
    checkpoint_files.save(state, folder, number=1, keep=1)


def _restore(
    state: Mapping[str, tf.Variable], folder: str | os.PathLike
) -> bool:
    """Return whether there were weights; damaged ones are made again."""
    try:
        return checkpoint_files.restore(state, folder) is not None
    except checkpoint_files.NoWholeCheckpointError as error:
        progress.note(f"fitting to the summary again: {error}")
        return False


def _take_steps(recipe, model, *, rate) -> None:
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        jit_compile=recipe.steps.jit_compile,
    )
    bar = progress_bars.ProgressBar(
        title="fit to the summary", num_steps=recipe.summary.fit_steps
    )
    drawn = _latents(recipe, model.generator.inputs[0].shape[-1])
    fitting.fit(model, drawn, recipe.summary.fit_steps, [bar])


def calibrate(
    recipe: recipes.Recipe,
    generator: keras.Model,
    moments: row_moments.Moments,
) -> None:
    """Give the generator's rows the means of the summary.

    Args:
      recipe: whose seed the latents are drawn from.
      generator: changed in place.
      moments: what its rows shall have.
    """
    moment_matching.calibrate(
        generator, moments.mean, seed=assembly.initial_seed(recipe)
    )


def _latents(recipe: recipes.Recipe, latent_dim: int) -> tf.data.Dataset:
    seed = assembly.initial_seed(recipe)
    steps = tf.data.Dataset.range(recipe.summary.fit_steps)
    return steps.with_options(dataset_options.untuned()).map(
        lambda step: tf.random.stateless_normal(
            [recipe.summary.fit_batch_size, latent_dim],
            tf.stack([tf.cast(seed, tf.int64), step]),
        )
    )
