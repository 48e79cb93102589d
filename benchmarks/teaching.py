"""What samples teach a fixed small classifier: quality beside speed.

It is the same whatever package made the samples, and reads nothing but the
release and the data set's test images.
"""

import keras
import numpy as np
from keras import layers

NUM_SAMPLES = 20_000
_NUM_EPOCHS = 5
_BATCH_SIZE = 128
_SEED = 0


def accuracy(
    samples: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    *,
    num_classes: int,
) -> float:
    """Train a convolutional network on samples, and try it on real images.

    Args:
      samples: images, uint8 [n, height, width, channels], and labels [n].
      test: real images and labels, likewise.
      num_classes: number of classes.

    Returns:
      The share of real images that it names rightly.
    """
    keras.utils.set_random_seed(_SEED)
    model = _build(samples[0].shape[1:], num_classes)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(*samples, batch_size=_BATCH_SIZE, epochs=_NUM_EPOCHS, verbose=0)
    named = model.predict(test[0], batch_size=1_000, verbose=0).argmax(axis=1)
    return float(np.mean(named == test[1]))


def _build(image_shape, num_classes):
    """Return a network from uint8 images to logits, in float32."""
    return keras.Sequential(
        [
            keras.Input(tuple(image_shape)),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5, seed=_SEED),
            layers.Dense(128, activation="relu"),
            layers.Dense(num_classes),
        ]
    )
