"""Fits a generator of rows to their summary: a warm start without records."""

import keras
import tensorflow as tf

from dpgan_tf import assembly
from dpgan_tf import callbacks
from dpgan_tf import config as configs
from dpgan_tf import fitting
from dpgan_tf import run_files
from dpgan_tf.models import moment_matching
from dpgan_tf.privacy import moments as moments_lib


def fit(
    config: configs.Config,
    files: run_files.RunFiles,
    generator: keras.Model,
    moments: moments_lib.Moments,
) -> None:
    """Fit the generator to the summary: the warm start without public records.

    Args:
      config: how long.
      files: of the run, which keep the fitted weights.
      generator: changed in place.
      moments: what its rows shall have.
    """
    checkpoint = tf.train.Checkpoint(
        **{f"w{i}": v.value for i, v in enumerate(generator.variables)}
    )
    manager = tf.train.CheckpointManager(
        checkpoint, str(files.checkpoints("summary")), max_to_keep=1
    )
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint).assert_consumed()
        return
    calibrate(config, generator, moments)
    if moments.pairs is not None and config.summary_fit_steps:
        model = moment_matching.MomentMatching(
            generator,
            mean=moments.mean,
            scale=moments.scale,
            pairs=moments.pairs,
        )
        model.compile(
            optimizer=keras.optimizers.Adam(config.summary_learning_rate),
            jit_compile=config.jit_compile,
        )
        bar = callbacks.StepBar(
            title="fit to the summary", num_steps=config.summary_fit_steps
        )
        latents = _latents(config, generator.inputs[0].shape[-1])
        fitting.fit(model, latents, config.summary_fit_steps, [bar])
        calibrate(config, generator, moments)
    manager.save()


def calibrate(
    config: configs.Config,
    generator: keras.Model,
    moments: moments_lib.Moments,
) -> None:
    """Give the generator's rows the means of the summary.

    Args:
      config: whose seed the latents are drawn from.
      generator: changed in place.
      moments: what its rows shall have.
    """
    moment_matching.calibrate(
        generator, moments.mean, seed=assembly.initial_seed(config)
    )


def _latents(config: configs.Config, latent_dim: int) -> tf.data.Dataset:
    seed = assembly.initial_seed(config)
    return tf.data.Dataset.range(config.summary_fit_steps).map(
        lambda step: tf.random.stateless_normal(
            [config.summary_batch_size, latent_dim],
            tf.stack([tf.cast(seed, tf.int64), step]),
        )
    )
