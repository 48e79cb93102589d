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
