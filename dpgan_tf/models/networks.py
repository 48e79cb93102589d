"""The 28 x 28 networks of the dp-GAN authors' code; perceptrons for tables."""

import math

import keras
from keras import layers

from dpgan_tf.models import activations

FIRST_PROBABILITY = 0.01
"""What a new generator of rows gives every column: most codes are rare."""


def build_critic(
    image_shape: tuple[int, int, int],
    *,
    width: int,
    num_convolutions: int = 3,
    num_classes: int = 0,
) -> keras.Model:
    """Build the critic D: strided convolutions, no normalisation.

    The published MNIST network for width 64: 7 variables, 1,030,144
    parameters. The published ones for 48 x 48 (width 128) and 64 x 64 images
    (width 64, four convolutions) have 4,124,928 and 4,314,752.

    Args:
      image_shape: (height, width, channels) of an image.
      width: channels of the first convolution, doubled by each next one.
      num_convolutions: how many; each halves height and width.
      num_classes: that the score takes into account by a projection (Miyato
        and Koyama, 2018); 0 for a critic without labels.

    Returns:
      A Keras model from images [n, h, w, c], or from images and labels [n], to
      scores [n, 1].
    """
    image = keras.Input(image_shape, name="image")
    hidden = image
    for i in range(num_convolutions):
        hidden = layers.Conv2D(
            width * 2**i, 5, 2, padding="same", name=f"conv_{i + 1}"
        )(hidden)
        hidden = layers.Activation(activations.leaky_relu)(hidden)
    hidden = layers.Flatten()(hidden)
    score = layers.Dense(1, use_bias=False, name="score")(hidden)
    if not num_classes:
        return keras.Model(image, score, name="critic")
    label = keras.Input((), name="label", dtype="int64")
    direction = layers.Embedding(
        num_classes,
        hidden.shape[-1],
        embeddings_initializer="glorot_uniform",
        name="project",
    )(label)
    projection = layers.Dot(axes=1, name="projection")([hidden, direction])
    return keras.Model(
        [image, label], layers.Add()([score, projection]), name="critic"
    )


def build_generator(
    image_shape: tuple[int, int, int],
    *,
    latent_dim: int,
    width: int,
    num_classes: int = 0,
) -> keras.Model:
    """Build the generator G: dense, then three transposed convolutions.

    The published MNIST network for width 64: 1,562,369 parameters, batch
    statistics after the dense layer only, 8 x 8 cropped to 7 x 7.

    Args:
      image_shape: (28, 28, channels).
      latent_dim: length of the latent vector z.
      width: channels of the last hidden layer, a quarter of the first's.
      num_classes: whose label stands beside the latent vector as one-hot; 0
        for a generator without labels.

    Returns:
      A Keras model from latents [n, latent_dim], or from latents and labels
      [n], to images [n, h, w, c] in [-1, 1].

    Raises:
      ValueError: if the images are not 28 x 28.
    """
    if tuple(image_shape[:2]) != (28, 28):
        raise ValueError(f"image_shape={image_shape}; expected 28 x 28 images.")
    latent = keras.Input((latent_dim,), name="latent")
    inputs, hidden = latent, latent
    if num_classes:
        label = keras.Input((), name="label", dtype="int64")
        inputs = [latent, label]
        one_hot = keras.ops.one_hot(label, num_classes)
        hidden = layers.Concatenate()([latent, one_hot])
    for layer in (
        layers.Dense(4 * 4 * 4 * width, name="project"),
        layers.BatchNormalization(name="project_norm"),
        layers.ReLU(),
        layers.Reshape((4, 4, 4 * width)),
        _upsample(2 * width, "up_1"),
        layers.Cropping2D(((0, 1), (0, 1))),
        _upsample(width, "up_2"),
        layers.ReLU(),
        _upsample(image_shape[2], "up_3"),
        layers.Activation("tanh"),
    ):
        hidden = layer(hidden)
    return keras.Model(inputs, hidden, name="generator")


def build_table_critic(num_columns: int, *, width: int) -> keras.Model:
    """Build a critic of rows: a perceptron with two hidden layers.

    Args:
      num_columns: of a row.
      width: units of both hidden layers.

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


def build_table_generator(
    num_columns: int, *, latent_dim: int, width: int
) -> keras.Model:
    """Build a generator of rows: a perceptron with two hidden layers.

    There are no batch statistics, and no autoencoder: nothing but the
    adversarial steps has ever seen a record.

    Args:
      num_columns: of a row.
      latent_dim: length of the latent vector z.
      width: units of both hidden layers.

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


def _upsample(filters: int, name: str) -> layers.Layer:
    return layers.Conv2DTranspose(filters, 5, 2, padding="same", name=name)
