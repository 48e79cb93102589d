"""Scores of the generator during training, for TensorBoard and reports."""

import os

import numpy as np
import tensorflow as tf

from dpgan_tf import images as image_files
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import plugins
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.models import losses
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.release import latents
from dpgan_tf.run.callbacks import event_files
from dpgan_tf.run.callbacks import ledger_guard

METRICS = ("inception", "diversity")
"""Metrics that are cheap enough to be computed regularly."""

_NUM_BLOCKS = 16


class ScoreCurve(ledger_guard.Closing):
    """Scores two thousand samples at regular steps.

    The numbers come from a classifier of the private records: they are logged
    under `private/score`, and no part of training may depend on them.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        *,
        scorer: scorers.Scorer,
        every: int,
        pixels: pixel_range.PixelRange = pixel_range.WHOLE,
    ) -> None:
        """Log into a directory.

        Args:
          directory: folder of the event files.
          scorer: the data set's scorer, with `METRICS`.
          every: number of steps between two scores.
          pixels: range of pixels of the samples.
        """
        super().__init__()
        self._writer = event_files.EventWriter(directory)
        self._scorer = scorer
        self._every = every
        self._pixels = pixels

    def on_train_begin(self, logs=None) -> None:
        """Score at the start of training."""
        self._write(int(self.model.steps.numpy()))

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Score when it is due."""
        step = int(self.model.steps.numpy())
        before = step - self.model.num_critic_steps
        if step // self._every > before // self._every:
            self._write(step)

    def close(self, *, is_clean: bool) -> None:
        """Write out buffered scores."""
        self._writer.close()

    def _write(self, step: int) -> None:
        samples = self._samples()
        with self._writer.as_default(step=step):
            for metric in self._scorer.metrics:
                found, _ = plugins.attempt(
                    metric,
                    lambda metric: metric.run(
                        samples,
                        train=self._scorer.train,
                        test=None,
                        seed=scorers.SEED,
                    ),
                )
                for name in metric.columns:
                    if found.get(name) is not None:
                        tf.summary.scalar(f"private/score/{name}", found[name])

    def _samples(self) -> image_set.ImageSet:
        num_classes = self.model.num_classes
        images, labels = [], []
        for block in range(_NUM_BLOCKS):
            latent = latents.block_latents(
                scorers.SEED, block, latent_dim=self.model.latent_dim
            )
            label = None
            if num_classes:
                label = latents.block_labels(block, num_classes=num_classes)
                labels.append(label.numpy())
            made = self.model.averaged_generator(
                losses.with_labels(latent, label),
                training=False,
            )
            shown = self._pixels.restored(made).numpy()
            images.append(image_files.to_uint8(shown))
        return self._scorer.as_set(
            np.concatenate(images),
            np.concatenate(labels) if labels else None,
            title="training",
        )
