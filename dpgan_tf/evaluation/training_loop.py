"""Trains the evaluation's classifiers with Adam, in random order."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf import progress
from dpgan_tf.data import records

BATCH_SIZE = 128


def fit(
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    title: str,
    num_epochs: int,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule,
    seed: int,
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray] = (
        lambda images, generator: images
    ),
    after_epoch: Callable[[], None] = lambda: None,
) -> None:
    """Minimise the cross-entropy.

    Args:
      model: model from images in [-1, 1] to logits, changed in place.
      images: uint8 [n, height, width, channels].
      labels: int64 [n].
      title: title of the progress bar.
      num_epochs: number of passes over the images.
      learning_rate: learning rate alpha of Adam.
      seed: seed of the order, and of the draws of `change`.
      change: augmentation of a batch, float32 in [-1, 1].
      after_epoch: function called after each epoch.
    """
    step = make_step(model, keras.optimizers.Adam(learning_rate))
    size = min(BATCH_SIZE, len(images))
    num_batches = batches_in_epoch(len(images))
    generator = np.random.default_rng(seed)
    with progress.bar(
        title, total=num_epochs * num_batches, unit="step"
    ) as bar:
        for _ in range(num_epochs):
            order = generator.permutation(len(images))
            for i in range(num_batches):
                chosen = order[i * size : (i + 1) * size]
                batch = change(records.scale(images[chosen]), generator)
                step(batch, labels[chosen])
                bar.update()
            after_epoch()


def batches_in_epoch(num_images: int) -> int:
    """Return the number of batches in an epoch of `fit`.

    Args:
      num_images: number n of images.
    """
    return max(1, num_images // BATCH_SIZE)


def make_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer
) -> Callable[[Any, Any], None]:
    """Return a step that lowers the cross-entropy of a batch.

    Args:
      model: model from its inputs to logits, changed by each step.
      optimizer: optimizer that is not built yet.

    Returns:
      A function of inputs and int64 labels [b].
    """
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels, model(inputs, training=True)
            )
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)

    return step


def accuracy(
    model: keras.Model, images: np.ndarray, labels: np.ndarray
) -> float:
    """Return the accuracy of a model.

    Args:
      model: model from images in [-1, 1] to logits.
      images: uint8 [n, height, width, channels].
      labels: int64 [n].
    """
    logits = model.predict_on_batch
    rows = range(0, len(images), 1000)
    named = [
        logits(records.scale(images[i : i + 1000])).argmax(axis=1) for i in rows
    ]
    return float(np.mean(np.concatenate(named) == labels))
