"""Critics, and records whose gradients nearly cancel."""

import numpy as np
from keras import layers

from dpgan_tf.models import activations

SHAPE = (6, 6, 2)


def dense_critic():
    return [
        layers.Flatten(),
        layers.Dense(24, activation="tanh"),
        layers.Dense(24, activation="softplus"),
        layers.Dense(1),
    ]


def convolutional_critic():
    return [
        layers.Conv2D(6, 3, 2, padding="same"),
        layers.Activation(activations.leaky_relu),
        layers.Conv2D(8, 3, padding="same", activation="tanh"),
        layers.Flatten(),
        layers.Dense(1, use_bias=False),
    ]


CRITICS = {"dense": dense_critic, "convolutional": convolutional_critic}


def chunk_of_twins(num, noise):
    """Records that are nearly one and the same fake."""
    rng = np.random.default_rng(0)
    fake = rng.uniform(-1, 1, SHAPE).astype(np.float32)
    image = (fake + noise * rng.normal(size=SHAPE)).astype(np.float32)
    return (
        np.tile(image, (num, 1, 1, 1)),
        np.tile(fake, (num, 1, 1, 1, 1)),
        np.full((num, 1), 0.5, np.float32),
    )
