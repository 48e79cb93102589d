"""A released generator's functions: examples of latents, and of a seed.

They are traced into a SavedModel, and there need TensorFlow alone.
"""

import dataclasses
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.release import latents
from dpgan_tf.release import typed_graph


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """What a generator makes, and from what; as of `export.export_generator`.

    Attributes:
      generator: a built model from latents, and labels if there are classes,
        to images or probabilities.
      latent_dim: length of a latent vector.
      num_classes: number of the generator's classes, 0 if it takes no labels.
      first_label: number of the first class in labels.
      class_shares: float64 [num_classes], or None for equal ones.
      largest_count: largest count of a row, 0 if it makes images.
      blocks: sizes of the blocks of a row's columns; empty for counts.
      schema: schema of typed columns, or None.
      guide: function from images to logits [n, num_classes], or None; it sees
        them as they are made.
      pixels: range of pixels that images are brought to.
    """

    generator: keras.Model
    latent_dim: int
    num_classes: int
    first_label: int
    class_shares: np.ndarray | None
    largest_count: int
    blocks: Sequence[int]
    schema: schemas.Schema | None
    guide: Callable[[tf.Tensor], tf.Tensor] | None
    pixels: pixel_range.PixelRange

    def examples(self, *inputs: tf.Tensor) -> tf.Tensor:
        """Return images as they are made, or probabilities of rows.

        Args:
          *inputs: latents, and labels from 0 on if there are classes.
        """
        # A Keras model takes one input alone, and several as a list.
        given = inputs[0] if len(inputs) == 1 else list(inputs)
        return self.generator(given, training=False)

    def seen(self, images: tf.Tensor) -> tf.Tensor:
        """Return the labels of the classes that the guide sees, int64 [n].

        Args:
          images: float32 [n, height, width, channels], as they are made.
        """
        return tf.argmax(self.guide(images), axis=1) + self.first_label


def generate(made: Made) -> tf.types.experimental.GenericFunction:
    """Return the function from latents, and labels, to examples.

    Its arguments have names, so that a TFSMLayer of Keras can give them.

    Args:
      made: what the generator makes.
    """
    name = "probabilities" if made.largest_count else "images"

    def outputs(*inputs):
        examples = made.examples(*inputs)
        found = {name: made.pixels.restored(examples)}
        if made.guide:
            found["labels"] = made.seen(examples)
        return found

    def of_latents(latent):
        return outputs(latent)

    def of_both(latent, label):
        return outputs(latent, label - made.first_label)

    specs = [tf.TensorSpec([None, made.latent_dim], tf.float32, name="latent")]
    if not made.num_classes:
        return tf.function(of_latents, input_signature=specs)
    specs.append(tf.TensorSpec([None], tf.int64, name="label"))
    return tf.function(of_both, input_signature=specs)


def sample_varied(made: Made) -> tf.types.experimental.GenericFunction:
    """Return the function from number, seed and variety to so many examples.

    Args:
      made: what the generator makes.
    """

    def first_of_blocks(num, seed, variety):
        """Generate whole blocks and keep the first `num` examples."""
        num_blocks = -(-num // latents.BLOCK_SIZE)
        blocks = tf.map_fn(
            lambda block: _block(made, seed, block, variety),
            tf.range(tf.cast(num_blocks, tf.int64)),
            fn_output_signature=_specs(made),
            parallel_iterations=1,
        )
        found = {
            name: tf.reshape(value, [-1, *value.shape[2:]])[:num]
            for name, value in blocks.items()
        }
        if made.schema is None:
            return found
        return typed_graph.columns(made.schema, found)

    return tf.function(
        first_of_blocks,
        input_signature=[
            tf.TensorSpec([], tf.int32, name="num"),
            tf.TensorSpec([], tf.int64, name="seed"),
            tf.TensorSpec([], tf.float32, name="variety"),
        ],
    )


def sample(
    varied: tf.types.experimental.GenericFunction,
) -> tf.types.experimental.GenericFunction:
    """Return the function from a number and a seed to so many examples.

    Args:
      varied: result of `sample_varied`, which it calls at variety 1.
    """
    return tf.function(
        lambda num, seed: varied(num, seed, tf.constant(1.0)),
        input_signature=[
            tf.TensorSpec([], tf.int32, name="num"),
            tf.TensorSpec([], tf.int64, name="seed"),
        ],
    )


def _specs(made: Made) -> dict[str, tf.TensorSpec]:
    """Return the form of what `_block` returns."""
    if made.schema is not None:
        return typed_graph.specs(made.schema, latents.BLOCK_SIZE)
    shape = [latents.BLOCK_SIZE, *made.generator.output_shape[1:]]
    if made.largest_count:
        specs = {"records": tf.TensorSpec(shape, tf.uint8)}
    else:
        specs = {"images": tf.TensorSpec(shape, tf.float32)}
    if made.num_classes:
        specs["labels"] = tf.TensorSpec([latents.BLOCK_SIZE], tf.int64)
    return specs


def _block(made: Made, seed, block, variety) -> dict[str, tf.Tensor]:
    """Return one block of a seed's examples."""
    latent = latents.block_latents(seed, block, latent_dim=made.latent_dim)
    inputs = [variety * latent]
    if made.num_classes:
        labels = latents.block_labels(
            block, num_classes=made.num_classes, shares=made.class_shares
        )
        inputs.append(labels)
    examples = made.examples(*inputs)
    if made.largest_count:
        return _rows(made, examples, seed, block)
    images = made.pixels.restored(examples)
    if not made.num_classes:
        return {"images": images}
    labels = made.seen(examples) if made.guide else labels + made.first_label
    return {"images": images, "labels": labels}


def _rows(made: Made, probabilities, seed, block) -> dict[str, tf.Tensor]:
    rows = latents.block_rows(
        probabilities,
        seed,
        block,
        blocks=made.blocks,
        largest=made.largest_count,
    )
    if made.schema is None:
        return {"records": rows}
    num_places = len(decoding.ordered(made.schema))
    places = latents.block_places(seed, block, num=num_places)
    return typed_graph.picked(made.schema, rows, places)
