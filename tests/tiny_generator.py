"""A generator with batch normalization that is built quickly."""

import keras
import numpy as np
from keras import layers

LATENT_DIM = 3
IMAGE_SHAPE = (4, 4, 1)


def build(seed: int = 0) -> keras.Model:
    """Return a generator whose averages differ from any batch's."""
    generator = np.random.default_rng(seed)
    model = keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            layers.Dense(16),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Reshape(IMAGE_SHAPE),
            layers.Conv2DTranspose(1, 3, padding="same"),
            layers.Activation("tanh"),
        ]
    )
    # Positive values are valid averages of a variance.
    model.set_weights(
        [
            generator.uniform(0.1, 1, weight.shape).astype(np.float32)
            for weight in model.weights
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    model.optimizer.build(model.trainable_variables)
    return model


def build_labelled(num_classes: int = 4) -> keras.Model:
    """Return a generator whose images are as bright as their labels say.

    Labels 0 to 3 of four are pixels of -.75, -.25, .25 and .75.
    """
    latent, label = keras.Input((LATENT_DIM,)), keras.Input((), dtype="int64")
    shade = layers.Embedding(
        num_classes,
        16,
        embeddings_initializer=lambda shape, dtype: np.repeat(
            np.linspace(-0.75, 0.75, num_classes), 16
        ).reshape(shape),
    )(label)
    images = layers.Reshape(IMAGE_SHAPE)(shade + 0 * latent[:, :1])
    return keras.Model([latent, label], images)


def build_rows() -> keras.Model:
    """Return a generator of rows of two columns: always, and never."""
    latent = keras.Input((LATENT_DIM,))
    always = keras.ops.sigmoid(0 * latent[:, :1] + 100)
    return keras.Model(latent, keras.ops.concatenate([always, 1 - always], 1))
