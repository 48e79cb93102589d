"""Fits a generator to a summary: a warm start without records."""

import hashlib
from collections.abc import Callable

import keras
import tensorflow as tf

from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import dataset_options
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.run import assembly
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run import fitting
from dpgan_tf.run.callbacks import progress_bars


def once(
    files: run_files.RunFiles,
    generator: keras.Model,
    make: Callable[[], None],
) -> None:
    """Change the generator's weights, or restore those that were kept.

    They are kept with a hash of the summary: what was fitted to another one
    would not be charged.

    Args:
      files: the run's files, which keep the weights.
      generator: changed in place.
      make: what changes it.

    Raises:
      LedgerError: if the kept weights were fitted to another summary.
    """
    digest = hashlib.sha256(files.summary.read_bytes()).hexdigest()
    folder = files.checkpoints("summary")
    fitted_to = tf.Variable(digest)
    weights = {f"w{i}": v.value for i, v in enumerate(generator.variables)}
    state = {"fitted_to": fitted_to, **weights}
    try:
        found = checkpoint_files.restore(state, folder)
    except checkpoint_files.NoWholeCheckpointError as error:
        progress.note(f"fitting to the summary again: {error}")
        found = None
    if found is None:
        make()
        checkpoint_files.save(state, folder, number=1, keep=1)
    elif fitted_to.numpy().decode() != digest:
        raise privacy_errors.LedgerError(
            f"{folder}: was fitted to another summary; restore the whole run "
            "directory from one backup, or start a new one."
        )


def take_steps(
    recipe: recipes.Recipe,
    model: keras.Model,
    *,
    num_steps: int,
    batch_size: int,
    rate: float | keras.optimizers.schedules.LearningRateSchedule,
    title: str = "fit to the summary",
) -> None:
    """Take the steps of a fit.

    Args:
      recipe: recipe of the run, which decides the latents.
      model: model that trains its `generator` by latents alone.
      num_steps: number of steps.
      batch_size: number of latents in a step.
      rate: learning rate of Adam.
      title: title of the progress bar.
    """
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        jit_compile=recipe.steps.jit_compile,
    )
    bar = progress_bars.ProgressBar(title=title, num_steps=num_steps)
    latents = _latents(
        recipe,
        range(num_steps),
        [batch_size, model.generator.inputs[0].shape[-1]],
    )
    fitting.fit(model, latents, num_steps, [bar])


class Rounds:
    """Steps of one fit, taken in several rounds."""

    def __init__(
        self,
        recipe: recipes.Recipe,
        model: keras.Model,
        *,
        batch_size: int,
        rate: float,
        num_steps: int,
        title: str,
    ) -> None:
        """Prepare steps.

        Args:
          recipe: recipe of the run, which decides the latents.
          model: model that trains its `generator` by latents alone.
          batch_size: number of latents in a step.
          rate: learning rate of Adam.
          num_steps: number of steps in all rounds.
          title: title of the progress bar.
        """
        self._recipe = recipe
        self._model = model
        self._shape = [batch_size, model.generator.inputs[0].shape[-1]]
        self._num_taken = 0
        self._bar = progress.bar(title, total=num_steps, unit="step")
        model.compile(
            optimizer=keras.optimizers.Adam(rate),
            jit_compile=recipe.steps.jit_compile,
        )

    def take_steps(self, num_steps: int) -> None:
        """Take the steps of a round.

        Args:
          num_steps: number of steps.
        """
        end = self._num_taken + num_steps
        latents = _latents(
            self._recipe, range(self._num_taken, end), self._shape
        )
        fitting.fit(self._model, latents, num_steps, [])
        self._num_taken = end
        self._bar.update(num_steps)
        if end == self._bar.total:
            self._bar.close()


def _latents(
    recipe: recipes.Recipe, steps: range, shape: list[int]
) -> tf.data.Dataset:
    seed = assembly.initial_seed(recipe)
    numbers = tf.data.Dataset.range(steps.start, steps.stop)
    return numbers.with_options(dataset_options.untuned()).map(
        lambda step: tf.random.stateless_normal(
            shape,
            tf.stack([tf.cast(seed, tf.int64), step]),
        )
    )
