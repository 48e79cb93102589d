"""The classifier of the Inception score (dp-GAN, section 5.1).

It is trained on real training images, including private ones: its scores and
its cache are functions of private data without noise. Neither may be published
as part of a release.
"""

import hashlib
import json
import os
import pathlib
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.evaluation import classifier_cache
from dpgan_tf.evaluation import training_loop

NUM_EPOCHS = 3
"""Epochs, ours: enough for 99% on MNIST. The test set chooses nothing."""

_LEARNING_RATE = 1e-3
_MAX_SHIFT = 1
_SCORING_BATCH_SIZE = 1000
_RECIPE_VERSION = 1
_FEATURES = "features"
_LAST_SEED = 4


class ScoringClassifier:
    """A trained classifier that scores images.

    Attributes:
      num_classes: number of classes.
      test_accuracy: accuracy on the test images; NaN without a test set.
      fingerprint: hash of its data and recipe, 64 hexadecimal digits.
    """

    def __init__(
        self, model: keras.Model, *, test_accuracy: float, fingerprint: str
    ):
        self.num_classes = model.output_shape[-1]
        self.test_accuracy = test_accuracy
        self.fingerprint = fingerprint
        self.image_shape = tuple(model.input_shape[1:])
        last_hidden = model.get_layer(_FEATURES).output
        self.num_features = last_hidden.shape[-1]
        both = keras.Model(model.inputs, [last_hidden, model.outputs[0]])

        def look(images):
            features, logits = both(images, training=False)
            return features, tf.nn.softmax(logits)

        self._look = tf.function(
            look,
            input_signature=[
                tf.TensorSpec([None, *self.image_shape], tf.float32)
            ],
        )

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return the probability of every class, p(y | x).

        Args:
          images: uint8, or float32 in [-1, 1]; [n, height, width, channels].

        Returns:
          float32 [n, num_classes].
        """
        return self.look_at(images)[1]

    def look_at(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return features and class probabilities.

        Args:
          images: images as in `probabilities`.

        Returns:
          Inputs of the last layer, float32 [n, num_features], and
          probabilities, float32 [n, num_classes].
        """
        features = np.zeros([len(images), self.num_features], np.float32)
        probabilities = np.zeros([len(images), self.num_classes], np.float32)
        for start in range(0, len(images), _SCORING_BATCH_SIZE):
            rows = slice(start, start + _SCORING_BATCH_SIZE)
            found = self._look(records.scale(images[rows]))
            features[rows], probabilities[rows] = found
        return features, probabilities


def load_or_train(
    dataset: datasets.ImageDataset,
    *,
    cache_dir: str | os.PathLike,
    seed: int,
    num_epochs: int = NUM_EPOCHS,
) -> ScoringClassifier:
    """Return a data set's classifier, trained at the first call.

    Args:
      dataset: labelled training images and, if any, labelled test images.
      cache_dir: folder of trained classifiers.
      seed: seed of the initial weights, order, shifts and dropout.
      num_epochs: number of passes over the training images.

    Returns:
      The classifier with its accuracy on the test images.

    Raises:
      DatasetError: if the training images have no labels.
    """
    if dataset.train_labels is None:
        raise errors.DatasetError(
            f"{dataset.name}: has no labels; scores need a data set with them."
        )
    model = build(
        dataset.train_images.shape[1:],
        num_classes=_num_classes(dataset),
        seed=seed,
    )
    key = fingerprint(dataset, seed=seed, num_epochs=num_epochs)
    cache = pathlib.Path(cache_dir) / f"{dataset.name}-{key[:16]}.npz"
    accuracy = classifier_cache.read(cache, model)
    if accuracy is None:
        _train(
            model,
            dataset.train_images,
            dataset.train_labels,
            seed=seed,
            num_epochs=num_epochs,
        )
        accuracy = _test_accuracy(model, dataset, key)
        classifier_cache.write(cache, model, test_accuracy=accuracy)
    return ScoringClassifier(model, test_accuracy=accuracy, fingerprint=key)


def _num_classes(dataset):
    """Return the declared number of classes, else that of the labels.

    Labels may be read for this, since scores are not released.
    """
    parts = (dataset.train_labels, dataset.test_labels)
    named = [int(labels.max()) + 1 for labels in parts if labels is not None]
    return dataset.num_classes or max(named)


def build(
    image_shape: Sequence[int], *, num_classes: int, seed: int
) -> keras.Model:
    """Build the score classifier of the dp-GAN authors' code.

    Args:
      image_shape: (height, width, channels).
      num_classes: number of classes.
      seed: seed of the initial weights and of dropout.

    Returns:
      A Keras model from images [n, h, w, c] to logits [n, num_classes].
    """
    image = keras.Input(tuple(image_shape))
    hidden = build_features(image, seed=seed)
    last = _seeds(seed)[_LAST_SEED]
    logits = layers.Dense(
        num_classes, kernel_initializer=keras.initializers.GlorotUniform(last)
    )(hidden)
    return keras.Model(image, logits, name="score_classifier")


def build_features(image: keras.KerasTensor, *, seed: int) -> keras.KerasTensor:
    """Build the classifier up to its last layer.

    Args:
      image: the input, [n, h, w, c].
      seed: seed as in `build`.

    Returns:
      Inputs of the last layer, [n, 1024].
    """
    seeds = iter(_seeds(seed))

    def weights():
        return keras.initializers.GlorotUniform(seed=next(seeds))

    hidden = image
    for filters in (32, 64):
        hidden = layers.Conv2D(
            filters, 5, 2, padding="same", kernel_initializer=weights()
        )(hidden)
        hidden = layers.BatchNormalization(momentum=0.9)(hidden)
        hidden = layers.ReLU()(hidden)
    hidden = layers.Flatten()(hidden)
    hidden = layers.Dense(1024, kernel_initializer=weights())(hidden)
    hidden = layers.BatchNormalization(momentum=0.9)(hidden)
    hidden = layers.ReLU(name=_FEATURES)(hidden)
    return layers.Dropout(0.5, seed=next(seeds))(hidden)


def _seeds(seed):
    return np.random.SeedSequence(seed).generate_state(5).tolist()


def _train(model, images, labels, *, seed, num_epochs):
    """Minimise the cross-entropy with Adam and a cosine schedule."""
    num_steps = num_epochs * training_loop.batches_in_epoch(len(images))
    training_loop.fit(
        model,
        images,
        labels,
        title="scoring classifier",
        num_epochs=num_epochs,
        learning_rate=keras.optimizers.schedules.CosineDecay(
            _LEARNING_RATE, num_steps
        ),
        seed=seed,
        change=_shift,
    )


def _shift(images, generator):
    """Move a batch by up to one pixel each way, filling with black."""
    height, width = images.shape[1:3]
    margin = (
        (0, 0),
        (_MAX_SHIFT, _MAX_SHIFT),
        (_MAX_SHIFT, _MAX_SHIFT),
        (0, 0),
    )
    padded = np.pad(images, margin, constant_values=-1)
    down, right = generator.integers(0, 2 * _MAX_SHIFT + 1, 2)
    return padded[:, down : down + height, right : right + width]


def _test_accuracy(model, dataset, fingerprint):
    if dataset.test_labels is None:
        return float("nan")
    classifier = ScoringClassifier(
        model, test_accuracy=float("nan"), fingerprint=fingerprint
    )
    predicted = classifier.probabilities(dataset.test_images).argmax(axis=1)
    return float(np.mean(predicted == dataset.test_labels))


def fingerprint(
    dataset: datasets.ImageDataset, *, seed: int, num_epochs: int = NUM_EPOCHS
) -> str:
    """Return a hash of the data and the recipe behind the weights.

    Args:
      dataset: images in memory.
      seed: seed as in `load_or_train`.
      num_epochs: number of epochs as in `load_or_train`.

    Returns:
      64 hexadecimal digits.
    """
    recipe = {
        "version": _RECIPE_VERSION,
        "keras": keras.__version__,
        "num_epochs": num_epochs,
        "batch_size": training_loop.BATCH_SIZE,
        "learning_rate": _LEARNING_RATE,
        "max_shift": _MAX_SHIFT,
        "seed": seed,
    }
    labels = dataset.train_labels
    if labels is not None and labels.max() + 1 < dataset.num_classes:
        recipe["num_classes"] = dataset.num_classes
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode())
    for array in (
        dataset.train_images,
        dataset.train_labels,
        dataset.test_images,
        dataset.test_labels,
    ):
        if array is not None:
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
