"""The stage before the private one: training on public records."""

import keras

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.privacy import durable
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run import fitting
from dpgan_tf.run import gans
from dpgan_tf.run.callbacks import checkpointing
from dpgan_tf.run.callbacks import ledger_guard
from dpgan_tf.run.callbacks import progress_bars
from dpgan_tf.run.callbacks import tensorboard_logs


def train(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    form: records.Form,
    public: records.PublicRecords | None,
    critic: keras.Model,
    generator: keras.Model,
    *,
    num_generator_steps: int,
    pixels: pixel_range.PixelRange = pixel_range.WHOLE,
    ledger: ledgers.Ledger | None = None,
) -> None:
    """Train both networks on public records (Algorithm 3, line 1).

    Args:
      recipe: the run's recipe.
      files: the run's files.
      form: form of an example.
      public: public records D_pub; None if there is no warm start.
      critic: critic D, changed in place.
      generator: generator G, changed in place to its average.
      num_generator_steps: number t_warm of generator steps.
      pixels: range of pixels of what the exported generator makes.
      ledger: the run's ledger, if some of the public records follow from it.
    """
    model = gans.build_warm_start(recipe, form, critic, generator)
    num_steps = num_generator_steps * recipe.warm_start.num_critic_steps
    checkpoints = checkpointing.Checkpoints(
        files.checkpoints("warm_start"),
        every=recipe.steps.checkpoint_every
        * recipe.warm_start.num_critic_steps,
        ledger=ledger,
    )
    first = _restore(checkpoints, model)
    if public is not None and first < num_steps:
        batches = pipelines.public_batches(
            public,
            batch_size=recipe.steps.generator_batch_size,
            seed=assembly.initial_seed(recipe),
            steps_per_round=recipe.warm_start.num_critic_steps,
            first_step=first,
        )
        fitting.fit(
            model,
            pipelines.prefetched(batches),
            (num_steps - first) // recipe.warm_start.num_critic_steps,
            [checkpoints, *_watchers(recipe, files, first, num_steps, pixels)],
        )
    generator.set_weights(model.averaged_generator.get_weights())
    if num_generator_steps and not has_generator(files):
        durable.remove(files.warm_start_generator)
        export.export_generator(
            generator,
            files.warm_start_generator,
            latent_dim=recipe.networks.latent_dim,
            num_classes=assembly.num_classes(recipe, form),
            largest_count=form.largest,
            blocks=form.blocks,
            pixels=pixels,
        )


def _restore(checkpoints: checkpointing.Checkpoints, model) -> int:
    """Return the first step to take: public steps can be repeated."""
    try:
        return checkpoints.restore(model)
    except checkpoint_files.NoWholeCheckpointError as error:
        progress.note(f"the warm start begins again: {error}")
        return 0


def has_generator(files: run_files.RunFiles) -> bool:
    """Return whether the warm start's generator exists and is complete.

    Args:
      files: the run's files.
    """
    if not files.warm_start_generator.exists():
        return False
    try:
        sampling.load_generator(files.warm_start_generator)
    except errors.UserError as error:
        progress.note(f"written again: {error}")
        return False
    return True


def _watchers(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    first: int,
    last: int,
    pixels: pixel_range.PixelRange,
) -> list[ledger_guard.Closing]:
    """Return callbacks that show the steps."""
    bar = progress_bars.ProgressBar(
        title="warm start",
        num_steps=last,
        first_step=first,
        steps_per_round=recipe.warm_start.num_critic_steps,
    )
    logs = tensorboard_logs.TensorBoardLogs(
        files.logs / "warm_start",
        every=fitting.LOG_EVERY,
        picture_every=fitting.PICTURE_EVERY,
        pixels=pixels,
    )
    return [bar, logs]
