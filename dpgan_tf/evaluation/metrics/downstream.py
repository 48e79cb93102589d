"""Accuracy on real images of classifiers trained on labelled samples."""

import warnings

import keras
import numpy as np
from keras import layers
from sklearn import exceptions
from sklearn import linear_model
from sklearn import neural_network

from dpgan_tf.data import records
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import training_loop

_NUM_EPOCHS = 10
_LEARNING_RATE = 1e-3
_NUM_HELD_OUT = 5000
_NUM_ROUNDS = 100


class _Downstream(metrics.Metric):
    """Train on synthetic images, test on real ones.

    The classifiers: a small CNN (two 3 x 3 convolutions of 32 and 64,
    max-pooling, dropout .5, dense 128; Adam 1e-3, the best of 10 epochs on
    held-out synthetic images), a perceptron with 100 hidden units, and logistic
    regression of pixels. The test set chooses nothing.
    """

    name = "downstream"
    needs = frozenset({metrics.CLASSIFIER, metrics.LABELS, metrics.TEST_SET})
    compared_with = metrics.REAL_TEST
    order = 4
    columns = {
        "downstream_cnn": "CNN",
        "downstream_mlp": "MLP",
        "downstream_logistic": "logistic",
    }
    larger_is_better = {
        "downstream_cnn": True,
        "downstream_mlp": True,
        "downstream_logistic": True,
    }
    sentences = {
        "downstream_cnn": "Share of real test images that a convolutional "
        "network names rightly after it has seen these images alone.",
        "downstream_mlp": "The same of a perceptron with a hidden layer.",
        "downstream_logistic": "The same of a logistic regression of pixels.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        num_classes = train.probabilities.shape[1]
        samples.require(2 * num_classes, why="training a classifier")
        num_held_out = min(_NUM_HELD_OUT // samples.times, len(samples) // 5)
        order = np.random.default_rng(seed).permutation(len(samples))
        held_out, kept = order[:num_held_out], order[num_held_out:]
        kept = np.tile(kept, samples.times)
        synthetic = samples.images[kept], samples.labels[kept]
        return {
            "downstream_cnn": _cnn_accuracy(
                synthetic,
                (samples.images[held_out], samples.labels[held_out]),
                test,
                num_classes=num_classes,
                seed=seed,
            ),
            "downstream_mlp": _accuracy(
                neural_network.MLPClassifier(
                    # Held-out copies would be images it was trained on.
                    early_stopping=samples.times == 1
                    and _can_hold_out(synthetic[1]),
                    n_iter_no_change=3,
                    random_state=seed,
                ),
                synthetic,
                test,
            ),
            "downstream_logistic": _accuracy(
                linear_model.LogisticRegression(max_iter=_NUM_ROUNDS),
                synthetic,
                test,
            ),
        }


def _can_hold_out(labels):
    """Return whether a tenth can be held out with every class in it."""
    counts = np.unique(labels, return_counts=True)[1]
    return counts.min() > 1 and len(labels) // 10 >= len(counts)


def _cnn_accuracy(synthetic, held_out, test, *, num_classes, seed):
    model = build_cnn(test.images.shape[1:], num_classes=num_classes, seed=seed)
    best = {"accuracy": -1.0, "weights": model.get_weights()}

    def keep_best():
        found = training_loop.accuracy(model, *held_out)
        if found > best["accuracy"]:
            best.update(accuracy=found, weights=model.get_weights())

    training_loop.fit(
        model,
        *synthetic,
        title="downstream CNN",
        num_epochs=_NUM_EPOCHS,
        learning_rate=_LEARNING_RATE,
        seed=seed,
        after_epoch=keep_best,
    )
    model.set_weights(best["weights"])
    return training_loop.accuracy(model, test.images, test.labels)


def build_cnn(
    image_shape: tuple[int, ...], *, num_classes: int, seed: int
) -> keras.Model:
    """Build the CNN that is trained on samples.

    Args:
      image_shape: (height, width, channels).
      num_classes: number of classes.
      seed: seed of the initial weights and of dropout.

    Returns:
      A Keras model from images [n, h, w, c] to logits [n, num_classes].
    """
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input(tuple(image_shape)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5, seed=seed),
            layers.Dense(128, activation="relu"),
            layers.Dense(num_classes),
        ],
        name="downstream_cnn",
    )


def _accuracy(model, synthetic, test):
    images, labels = synthetic
    if len(np.unique(labels)) == 1:  # There is nothing to learn.
        return float(np.mean(test.labels == labels[0]))
    with warnings.catch_warnings():
        # The protocol is a fixed number of rounds, converged or not.
        warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
        model.fit(_as_rows(images), labels)
    return float(model.score(_as_rows(test.images), test.labels))


def _as_rows(images):
    return records.scale(images).reshape(len(images), -1)


METRIC = _Downstream()
