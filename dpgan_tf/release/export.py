"""Write the generator, and nothing else, as a SavedModel for TensorFlow alone.

The critic saw private records: it, the optimizers and all statistics of
training are not exported. An allow-list selects what is written: the
generator's inference graph and its weights.
"""

import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import fingerprint_pb2

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.claim import variety as varieties
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy import durable
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.release import graph_safety
from dpgan_tf.release import signatures


def export_generator(
    generator: keras.Model,
    directory: str | os.PathLike,
    *,
    latent_dim: int,
    num_classes: int = 0,
    first_label: int = 0,
    class_shares: np.ndarray | None = None,
    largest_count: int = 0,
    blocks: Sequence[int] = (),
    schema: schemas.Schema | None = None,
    guide: Callable[[tf.Tensor], tf.Tensor] | None = None,
    pixels: pixel_range.PixelRange = pixel_range.WHOLE,
) -> None:
    """Write a generator with its signatures.

    `serving_default(latent)` maps float32 [n, latent_dim] to images.
    `sample(num, seed)` maps an int32 and an int64 scalar to `num` images, the
    same ones each time. `sample_varied(num, seed, variety)` multiplies their
    latents by a float32 scalar first; rows do not have it. Images are float32
    [n, height, width, channels] in [-1, 1], under the key "images". Batch
    normalization uses its averages. With classes, `serving_default` also takes
    int64 labels [n] as `label`, and samples have the labels of their images
    under the key "labels", as many of each class as its share says. With a
    guide, all signatures return as "labels" the classes that the guide sees in
    the images, not those they were made for.
    Labels have the numbers of their owner, from `first_label` on. A generator
    of rows gives "probabilities", float32 [n, columns], for a latent, and
    `sample` draws "records" from them, uint8 [num, columns]: counts, or one
    cell of each block. With a schema it gives values instead, a tensor [num]
    for each of the schema's columns; see `typed_graph.columns`.

    The files are written next to `directory` and moved there when complete; an
    existing SavedModel is replaced.

    Args:
      generator: a built model from latents, and labels if there are classes,
        to images.
      directory: target folder; its parents are made.
      latent_dim: length of a latent vector.
      num_classes: number of the generator's classes, 0 if it takes no labels.
      first_label: number of the first class in labels; the generator itself
        counts from 0.
      class_shares: float64 [num_classes], shares of the classes in what
        `sample` makes; None for equal ones.
      largest_count: largest count of a row, 0 if it makes images.
      blocks: sizes of the blocks of a row's columns, as of `records.Form`; not
        needed with a schema.
      schema: schema whose cells a row's columns are; None for rows of counts.
      guide: function from images to logits [n, num_classes], as private as the
        generator; None if images have the labels that they were made for.
      pixels: range of pixels that images are brought to, after the guide has
        seen them.

    Raises:
      UserError: if `directory` exists and is not a SavedModel, or the graph
        contains operations that would be refused on loading: nothing is
        written then.
    """
    target = pathlib.Path(directory)
    _require_replaceable(target)
    made = signatures.Made(
        generator=generator,
        latent_dim=latent_dim,
        num_classes=num_classes,
        first_label=first_label,
        class_shares=class_shares,
        largest_count=largest_count,
        blocks=blocks if schema is None else schema.blocks,
        schema=schema,
        guide=guide,
        pixels=pixels,
    )
    durable.make_folder(target.parent)
    with durable.workspace(target.parent) as scratch:
        written = scratch / "written"
        written.mkdir()
        module = _GeneratorModule(made)
        with paths.literal(written) as name:
            tf.saved_model.save(module, name, module.signatures())
        _forget_the_moment(written)
        graph_safety.check(written)
        durable.replace_folder(written, target)


def _forget_the_moment(directory: pathlib.Path) -> None:
    """Remove the random part of a SavedModel's fingerprint."""
    path = directory / "fingerprint.pb"
    fingerprint = fingerprint_pb2.FingerprintDef.FromString(path.read_bytes())
    fingerprint.ClearField("uuid")
    path.write_bytes(fingerprint.SerializeToString(deterministic=True))


class _GeneratorModule(tf.Module):
    """The generator's weights and the two functions that use them."""

    def __init__(self, made: signatures.Made):
        super().__init__()
        # Needed when it is loaded; plain numbers would not be saved.
        self.num_classes = _stored(made.num_classes)
        self.largest_count = _stored(made.largest_count)
        self.first_label = _stored(made.first_label)
        self.blocks = _stored(made.blocks)
        shares = [] if made.class_shares is None else made.class_shares
        self.class_shares = _stored(shares, tf.float64)
        # Only attributes of this module are saved; a Keras model would add its
        # configuration and, when compiled, its optimizer.
        self.weights = [weight.value for weight in made.generator.weights]
        self.generate = signatures.generate(made)
        varied = signatures.sample_varied(made)
        self.sample = signatures.sample(varied)
        if not made.largest_count:
            self.sample_varied = varied

    def signatures(self) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Return the concrete function of each signature."""
        functions = {"serving_default": self.generate, "sample": self.sample}
        if hasattr(self, varieties.SIGNATURE):
            functions[varieties.SIGNATURE] = self.sample_varied
        return {
            name: function.get_concrete_function()
            for name, function in functions.items()
        }


def _stored(value: Any, dtype: tf.DType = tf.int64) -> tf.Variable:
    return tf.Variable(value, trainable=False, dtype=dtype)


def _require_replaceable(target: pathlib.Path) -> None:
    if target.exists() and not (target / graph_safety.GRAPH_FILE).is_file():
        raise errors.UserError(
            f"{target}: exists and is not a generator; move it away or choose "
            "another directory."
        )
