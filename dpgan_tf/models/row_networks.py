"""Perceptrons for rows of a table: a critic and a generator."""

import math

import keras
from keras import layers

from dpgan_tf.models import activations

FIRST_PROBABILITY = 0.01
"""Every column's probability in a new generator: most codes are rare."""


def build_table_critic(num_columns: int, *, width: int) -> keras.Model:
    """Build a critic of rows: a perceptron with two hidden layers.

    Args:
      num_columns: number of a row's columns.
      width: number of units of both hidden layers.

    Returns:
      A Keras model from rows [n, num_columns] in [0, 1] to scores [n, 1].
    """
    row = keras.Input((num_columns,), name="row")
    hidden = row
    for i in range(2):
        hidden = layers.Dense(width, name=f"dense_{i + 1}")(hidden)
        hidden = layers.Activation(activations.leaky_relu)(hidden)
    score = layers.Dense(1, use_bias=False, name="score")(hidden)
    return keras.Model(row, score, name="critic")


def table_critic_shapes(
    num_columns: int, *, width: int
) -> list[tuple[int, ...]]:
    """Return the shapes of the variables that `build_table_critic` makes.

    Args:
      num_columns: number of a row's columns.
      width: number of units of both hidden layers.
    """
    return [
        *[(num_columns, width), (width,)],
        *[(width, width), (width,)],
        (width, 1),
    ]


def build_table_generator(
    num_columns: int, *, latent_dim: int, width: int
) -> keras.Model:
    """Build a generator of rows: a perceptron with two hidden layers.

    There are no batch statistics and no autoencoder: only the adversarial steps
    have ever seen a record.

    Args:
      num_columns: number of a row's columns.
      latent_dim: length of the latent vector z.
      width: number of units of both hidden layers.

    Returns:
      A Keras model from latents [n, latent_dim] to probabilities [n,
      num_columns], at first near `FIRST_PROBABILITY` in every column.
    """
    latent = keras.Input((latent_dim,), name="latent")
    hidden = latent
    for i in range(2):
        hidden = layers.Dense(width, activation="relu", name=f"dense_{i + 1}")(
            hidden
        )
    logit = math.log(FIRST_PROBABILITY / (1 - FIRST_PROBABILITY))
    probabilities = layers.Dense(
        num_columns,
        activation="sigmoid",
        bias_initializer=keras.initializers.Constant(logit),
        name="probabilities",
    )(hidden)
    return keras.Model(latent, probabilities, name="generator")
