"""The private summary of a run: charged, taken once, kept, and fitted to."""

import io

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf import assembly
from dpgan_tf import callbacks
from dpgan_tf import config as configs
from dpgan_tf import fitting
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.data import records
from dpgan_tf.models import moment_matching
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import keys
from dpgan_tf.privacy import ledger as ledgers
from dpgan_tf.privacy import moments as moments_lib
from dpgan_tf.privacy import summary


def take(
    config: configs.Config,
    files: run_files.RunFiles,
    budget: assembly.Budget,
    private: records.PrivateRecords,
    ledger: ledgers.Ledger,
) -> moments_lib.Moments | None:
    """Take the summary, or read it if it was taken before.

    It is entered into the ledger before its noise is drawn, and can be drawn
    once only.

    Args:
      config: bounds of the statistics.
      files: of the run.
      budget: noise of the summary.
      private: all private records.
      ledger: of the run, open.

    Returns:
      The moments; None if the run has no summary.

    Raises:
      LedgerError: if it was charged and then lost, or never charged.
    """
    if not budget.summary_noise_multipliers:
        return None
    if ledger.has_summary != files.summary.exists():
        lost = "was charged, and is lost" if ledger.has_summary else "is alien"
        raise privacy_errors.LedgerError(
            f"{files.summary}: the summary {lost}; restore the file and the "
            "ledger from one backup, or start a new run directory."
        )
    if ledger.has_summary:
        return read(files)
    key = keys.from_entropy()
    if config.noise_seed is not None:
        key = keys.from_seed(config.noise_seed, attempt=0, purpose="summary")
    ledger.begin_summary(ledgers.key_commitment(key.secret))
    progress.note("private summary of all records")
    moments = moments_lib.take(
        summary.SummaryMechanism(
            budget.summary_noise_multipliers,
            num_examples=config.num_private_examples,
        ),
        private.examples,
        largest=private.scale.largest,
        row_clip_norm=config.summary_row_clip_norm,
        pair_clip_norm=(
            config.summary_pair_clip_norm if config.summary == "pairs" else None
        ),
        key=tf.constant(key.as_integers(), tf.int64),
    )
    _write(files, moments)
    return moments


def read(files: run_files.RunFiles) -> moments_lib.Moments:
    """Return the summary that was taken.

    Args:
      files: of the run.
    """
    with np.load(files.summary, allow_pickle=False) as arrays:
        return moments_lib.Moments(
            mean=arrays["mean"],
            pairs=arrays["pairs"] if "pairs" in arrays else None,
        )


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


def _write(files: run_files.RunFiles, moments: moments_lib.Moments) -> None:
    arrays = {"mean": moments.mean}
    if moments.pairs is not None:
        arrays["pairs"] = moments.pairs
    content = io.BytesIO()
    np.savez(content, **arrays)
    durable.create(files.summary, content.getvalue(), mode=0o600)
