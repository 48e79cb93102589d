"""Logs of a run for TensorBoard."""

import os
from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hparams_api

from dpgan_tf import images as image_files
from dpgan_tf.models import losses
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.run import budgets
from dpgan_tf.run.callbacks import event_files
from dpgan_tf.run.callbacks import ledger_guard

_NUM_SAMPLES = 100


class TensorBoardLogs(ledger_guard.Closing):
    """Scalars, histograms and sample grids, under the private folder.

    Names that begin with `private/` were computed from private records without
    noise. Names that begin with `budget/` were not.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        *,
        every: int,
        picture_every: int,
        pixels: pixel_range.PixelRange = pixel_range.WHOLE,
        budget: budgets.Budget | None = None,
        ledger: ledgers.Ledger | None = None,
        hparams: Mapping[str, object] | None = None,
    ) -> None:
        """Log into a directory.

        Args:
          directory: folder of the event files.
          every: number of steps between two sets of scalars.
          picture_every: number of steps between two grids and histograms.
          pixels: range of pixels of the samples.
          budget: budget with the price of steps, for a private stage.
          ledger: ledger of what has been charged, for a private stage.
          hparams: the configuration, for the HParams page.
        """
        super().__init__()
        self._writer = event_files.EventWriter(directory)
        if hparams is not None:
            with self._writer.as_default():
                hparams_api.hparams(
                    {
                        name: str(value) if value is None else value
                        for name, value in hparams.items()
                    }
                )
        self._every, self._picture_every = every, picture_every
        self._pixels = pixels
        self._budget, self._ledger = budget, ledger

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Write what is due at this step."""
        step = int(self.model.steps.numpy())
        before = step - self.model.num_critic_steps
        with self._writer.as_default(step=step):
            if step // self._every > before // self._every:
                self._write_scalars(logs or {})
            if step // self._picture_every > before // self._picture_every:
                self._write_pictures()

    def close(self, *, is_clean: bool) -> None:
        """Write out buffered logs."""
        self._writer.close()

    def _write_scalars(self, logs) -> None:
        folder = "public" if self._ledger is None else "private"
        for name, value in logs.items():
            for i, part in enumerate(np.ravel(value)):
                suffix = f"_{i}" if np.size(value) > 1 else ""
                tf.summary.scalar(f"{folder}/{name}{suffix}", part)
        if self._budget is not None:
            charged = self._ledger.charged_steps
            tf.summary.scalar(
                "budget/epsilon", self._budget.epsilon_after(charged)
            )
            tf.summary.scalar(
                "budget/delta_at_target_epsilon",
                self._budget.delta_after(charged),
            )

    def _write_pictures(self) -> None:
        latents = np.random.default_rng(0).normal(
            size=(_NUM_SAMPLES, self.model.latent_dim)
        )
        labels = None
        if self.model.num_classes:
            labels = np.arange(_NUM_SAMPLES) % self.model.num_classes
        samples = self.model.averaged_generator(
            losses.with_labels(latents.astype("float32"), labels),
            training=False,
        )
        if self.model.largest_count:
            # A row of probabilities for each sample, white where certain.
            picture = np.rint(255 * samples.numpy()[..., None])
            picture = picture.astype(np.uint8)
        else:
            shown = self._pixels.restored(samples).numpy()
            picture = image_files.make_grid(shown, columns=10)
        tf.summary.image("samples", picture[None])
        for network in (self.model.critic, self.model.generator):
            for weight in network.trainable_variables:
                tf.summary.histogram(weight.path, weight.value)
