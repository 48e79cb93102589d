"""The networks of the dp-GAN authors' code, for images of any size.

28 x 28 images use the published MNIST generator; others use the residual one,
which is published for 48 x 48 (CelebA) and 64 x 64 pixels (LSUN).
"""

import math

import keras
from keras import layers

from dpgan_tf.models import activations
from dpgan_tf.models import resize_convolution

SIDES = (8, 256)
"""The smallest and the largest height and width."""

_SMALLEST_MAP = 6
"""Height and width are halved until neither is larger than this."""


def num_halvings(image_shape: tuple[int, int, int]) -> int:
    """Return how often the networks halve or double height and width.

    Args:
      image_shape: (height, width, channels).

    Returns:
      3 for 28 x 28 (to 4 x 4) and 48 x 48 (6 x 6), 4 for 64 x 64 (4 x 4), as
      published.

    Raises:
      ValueError: if a side is outside `SIDES`.
    """
    smallest, largest = SIDES
    height, width, _ = image_shape
    if min(height, width) < smallest or max(height, width) > largest:
        raise ValueError(
            f"image_shape={tuple(image_shape)}; expected sides of {smallest} "
            f"to {largest} pixels."
        )
    longer, number = max(height, width), 0
    while longer > _SMALLEST_MAP:
        longer, number = -(-longer // 2), number + 1
    return number


def build_critic(
    image_shape: tuple[int, int, int],
    *,
    width: int,
    num_convolutions: int | None = None,
    num_classes: int = 0,
) -> keras.Model:
    """Build the critic D: strided convolutions, no normalization.

    The published MNIST network for width 64: 7 variables, 1,030,144
    parameters. The published ones for 48 x 48 (width 128) and 64 x 64 images
    (width 64, four convolutions) have 4,124,928 and 4,314,752.

    Args:
      image_shape: (height, width, channels) of an image.
      width: number of channels of the first convolution; each next convolution
        doubles it.
      num_convolutions: number of convolutions, each of which halves height and
        width; None for `num_halvings` of the shape.
      num_classes: number of classes that enter the score by a projection
        (Miyato and Koyama, 2018); 0 for a critic without labels.

    Returns:
      A Keras model from images [n, h, w, c], or from images and labels [n], to
      scores [n, 1].
    """
    if num_convolutions is None:
        num_convolutions = num_halvings(image_shape)
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


def critic_shapes(
    image_shape: tuple[int, int, int], *, width: int, num_classes: int = 0
) -> list[tuple[int, ...]]:
    """Return the shapes of the variables that `build_critic` makes.

    They are enough to price a run; nothing is built.

    Args:
      image_shape: (height, width, channels) of an image.
      width: number of channels of the first convolution.
      num_classes: number of classes that enter the score; 0 for none.

    Raises:
      ValueError: if a side is outside `SIDES`.
    """
    shapes: list[tuple[int, ...]] = []
    rows, columns, channels = image_shape
    for i in range(num_halvings(image_shape)):
        filters = width * 2**i
        shapes += [(5, 5, channels, filters), (filters,)]
        rows, columns, channels = -(-rows // 2), -(-columns // 2), filters
    size = rows * columns * channels
    directions = [(num_classes, size)] if num_classes else []
    return [*shapes, *directions, (size, 1)]


def build_generator(
    image_shape: tuple[int, int, int],
    *,
    latent_dim: int,
    width: int,
    num_classes: int = 0,
    form: str = "published",
) -> keras.Model:
    """Build the generator G.

    The published networks: 1,562,369 parameters for 28 x 28 x 1 and width 64,
    22.06 million for 48 x 48 x 3 and width 128, 21.06 million for 64 x 64 x 3
    and width 64.

    Args:
      image_shape: (height, width, channels).
      latent_dim: length of the latent vector z.
      width: number of channels of the last hidden layer; earlier layers have a
        multiple.
      num_classes: number of classes, whose one-hot label is joined to the
        latent vector; 0 for a generator without labels.
      form: "published", or "resized" for one network in every size.

    Returns:
      A Keras model from latents [n, latent_dim], or from latents and labels
      [n], to images [n, h, w, c] in [-1, 1].

    Raises:
      ValueError: if a side is outside `SIDES`.
    """
    latent = keras.Input((latent_dim,), name="latent")
    inputs, hidden = latent, latent
    if num_classes:
        label = keras.Input((), name="label", dtype="int64")
        inputs = [latent, label]
        one_hot = keras.ops.one_hot(label, num_classes)
        hidden = layers.Concatenate()([latent, one_hot])
    if form == "resized":
        body = _resized
    elif tuple(image_shape[:2]) == (28, 28):
        body = _transposed
    else:
        body = _residual
    return keras.Model(
        inputs, body(hidden, image_shape, width), name="generator"
    )


def _transposed(hidden, image_shape, width):
    """Apply a dense layer, then transposed convolutions that double the sides.

    As published for 28 x 28 pixels: batch normalization after the dense layer
    only, 8 x 8 cropped to 7 x 7, no activation after the first convolution.
    """
    hidden, maps = _smallest_map(hidden, image_shape, width)
    for i, (filters, sides) in enumerate(maps, 1):
        if i == len(maps):
            hidden = layers.ReLU()(hidden)
        hidden = _upsample(filters, f"up_{i}")(hidden)
        hidden = _crop_end(hidden, sides)
    return layers.Activation("tanh")(hidden)


def _resized(hidden, image_shape, width):
    """Apply a dense layer, then resize convolutions, all of them normalized."""
    hidden, maps = _smallest_map(hidden, image_shape, width)
    for i, (filters, sides) in enumerate(maps[:-1], 1):
        hidden = resize_convolution.ResizeConvolution(
            filters, 3, name=f"up_{i}"
        )(hidden)
        hidden = _crop_end(hidden, sides)
        hidden = layers.BatchNormalization(name=f"norm_{i}")(hidden)
        hidden = layers.ReLU()(hidden)
    filters, sides = maps[-1]
    hidden = resize_convolution.ResizeConvolution(filters, 5, name="image")(
        hidden
    )
    return layers.Activation("tanh")(_crop_end(hidden, sides))


def _smallest_map(hidden, image_shape, width):
    """Apply a dense layer for a map of at most 6 x 6 pixels.

    Returns:
      The map, normalized and activated, and channels and sides of the maps that
      follow, each of twice the sides.
    """
    num = num_halvings(image_shape)
    filters = [width * 2**i for i in reversed(range(num))] + [image_shape[2]]
    sides = [
        [-(-side // 2**i) for side in image_shape[:2]]
        for i in reversed(range(num + 1))
    ]
    shape = (*sides[0], filters[0])
    hidden = layers.Dense(math.prod(shape), name="project")(hidden)
    hidden = layers.BatchNormalization(name="project_norm")(hidden)
    hidden = layers.ReLU()(hidden)
    maps = list(zip(filters[1:], sides[1:], strict=True))
    return layers.Reshape(shape)(hidden), maps


def _crop_end(hidden, sides):
    """Crop what is beyond wanted sides, below and on the right."""
    beyond = [
        have - wanted
        for have, wanted in zip(hidden.shape[1:3], sides, strict=True)
    ]
    if not any(beyond):
        return hidden
    return layers.Cropping2D(tuple((0, extra) for extra in beyond))(hidden)


def _upsample(filters, name):
    return layers.Conv2DTranspose(filters, 5, 2, padding="same", name=name)


def _residual(hidden, image_shape, width):
    """Apply a dense layer, then residual blocks that double the sides."""
    num_blocks = num_halvings(image_shape)
    height, breadth = (-(-side // 2**num_blocks) for side in image_shape[:2])
    channels = width * 2 ** (num_blocks - 1)
    hidden = layers.Dense(height * breadth * channels, name="project")(hidden)
    hidden = layers.Reshape((height, breadth, channels))(hidden)
    for i in range(num_blocks):
        filters = width * 2 ** (num_blocks - 1 - i)
        hidden = _up_block(hidden, filters, f"up_{i + 1}")
    hidden = _crop(hidden, image_shape)
    hidden = layers.BatchNormalization(name="last_norm")(hidden)
    hidden = layers.ReLU()(hidden)
    hidden = layers.Conv2D(image_shape[2], 3, padding="same", name="image")(
        hidden
    )
    return layers.Activation("tanh")(hidden)


def _up_block(block_input, filters, name):
    """Apply a residual up-block (dp-GAN, the authors' code)."""
    shortcut = layers.UpSampling2D(2, name=f"{name}_shortcut_up")(block_input)
    shortcut = layers.Conv2D(filters, 1, name=f"{name}_shortcut")(shortcut)
    hidden = block_input
    for layer in (
        layers.BatchNormalization(name=f"{name}_norm_1"),
        layers.ReLU(),
        layers.UpSampling2D(2, name=f"{name}_up"),
        layers.Conv2D(
            filters, 5, padding="same", use_bias=False, name=f"{name}_conv_1"
        ),
        layers.BatchNormalization(name=f"{name}_norm_2"),
        layers.ReLU(),
        layers.Conv2D(filters, 5, padding="same", name=f"{name}_conv_2"),
    ):
        hidden = layer(hidden)
    return layers.Add(name=f"{name}_sum")([shortcut, hidden])


def _crop(hidden, image_shape):
    """Crop sides that are not a multiple, by half of the excess at each end."""
    sides = zip(hidden.shape[1:3], image_shape[:2], strict=True)
    beyond = [have - wanted for have, wanted in sides]
    if not any(beyond):
        return hidden
    cropping = tuple((extra // 2, extra - extra // 2) for extra in beyond)
    return layers.Cropping2D(cropping)(hidden)
