"""Write the generator, and nothing else, as a SavedModel for TensorFlow alone.

The critic saw private records: it, the optimizers and all statistics of
training are not exported. An allow-list selects what is written: the
generator's inference graph and its weights.
"""

import os
import pathlib
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import fingerprint_pb2

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.privacy import durable
from dpgan_tf.release import graph_safety
from dpgan_tf.release import latents


def export_generator(
    generator: keras.Model,
    directory: str | os.PathLike,
    *,
    latent_dim: int,
    num_classes: int = 0,
    first_label: int = 0,
    class_shares: np.ndarray | None = None,
    largest_count: int = 0,
    guide: Callable[[tf.Tensor], tf.Tensor] | None = None,
) -> None:
    """Write a generator with the signatures `serving_default` and `sample`.

    `serving_default(latent)` maps float32 [n, latent_dim] to images.
    `sample(num, seed)` maps an int32 and an int64 scalar to `num` images, the
    same ones each time. Images are float32 [n, height, width, channels] in
    [-1, 1], under the key "images". Batch normalization uses its averages.
    With classes, `serving_default` also takes int64 labels [n] as `label`, and
    `sample` returns the labels of its images under the key "labels", as many of
    each class as its share says. With a guide, both signatures return as
    "labels" the classes that the guide sees in the images, not those they were
    made for.
    Labels have the numbers of their owner, from `first_label` on. A generator
    of rows gives "probabilities", float32 [n, columns], for a latent, and
    `sample` draws "records" from them, uint8 [num, columns].

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
      guide: function from images to logits [n, num_classes], as private as the
        generator; None if images have the labels that they were made for.

    Raises:
      UserError: if `directory` exists and is not a SavedModel, or the graph
        contains operations that would be refused on loading: nothing is
        written then.
    """
    target = pathlib.Path(directory)
    _require_replaceable(target)
    durable.make_folder(target.parent)
    with durable.workspace(target.parent) as scratch:
        written = scratch / "written"
        written.mkdir()
        module = _GeneratorModule(
            generator,
            latent_dim=latent_dim,
            num_classes=num_classes,
            first_label=first_label,
            class_shares=class_shares,
            largest_count=largest_count,
            guide=guide,
        )
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

    def __init__(
        self,
        generator: keras.Model,
        *,
        latent_dim: int,
        num_classes: int,
        first_label: int,
        class_shares: np.ndarray | None,
        largest_count: int,
        guide: Callable[[tf.Tensor], tf.Tensor] | None,
    ):
        super().__init__()
        # Needed when it is loaded; plain numbers would not be saved.
        self.num_classes = tf.Variable(
            num_classes, trainable=False, dtype=tf.int64
        )
        self.largest_count = tf.Variable(
            largest_count, trainable=False, dtype=tf.int64
        )
        self.first_label = tf.Variable(
            first_label, trainable=False, dtype=tf.int64
        )
        self.class_shares = tf.Variable(
            [] if class_shares is None else class_shares,
            trainable=False,
            dtype=tf.float64,
        )
        # Only attributes of this module are saved; a Keras model would add its
        # configuration and, when compiled, its optimizer.
        self.weights = [weight.value for weight in generator.weights]
        self.generate = _generate_function(
            generator,
            latent_dim=latent_dim,
            num_classes=num_classes,
            first_label=first_label,
            name="probabilities" if largest_count else "images",
            guide=guide,
        )
        self.sample = tf.function(
            lambda num, seed: _sample(
                generator,
                num,
                seed,
                latent_dim=latent_dim,
                num_classes=num_classes,
                first_label=first_label,
                shares=class_shares,
                largest_count=largest_count,
                guide=guide,
            ),
            input_signature=[
                tf.TensorSpec([], tf.int32, name="num"),
                tf.TensorSpec([], tf.int64, name="seed"),
            ],
        )

    def signatures(self) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Return the concrete function of each signature."""
        return {
            "serving_default": self.generate.get_concrete_function(),
            "sample": self.sample.get_concrete_function(),
        }


def _generate_function(
    generator, *, latent_dim, num_classes, first_label, name, guide
):
    """Return the function from latents, and labels, to examples.

    Its arguments have names, so that a TFSMLayer of Keras can give them.
    """

    def examples(*inputs):
        made = generator(_as_one(inputs), training=False)
        labels = {}
        if guide:
            labels["labels"] = _classes(guide, made) + first_label
        return {name: made} | labels

    def of_latents(latent):
        return examples(latent)

    def of_both(latent, label):
        return examples(latent, label - first_label)

    specs = [tf.TensorSpec([None, latent_dim], tf.float32, name="latent")]
    if not num_classes:
        return tf.function(of_latents, input_signature=specs)
    specs.append(tf.TensorSpec([None], tf.int64, name="label"))
    return tf.function(of_both, input_signature=specs)


def _sample(
    generator,
    num,
    seed,
    *,
    latent_dim,
    num_classes,
    first_label,
    shares,
    largest_count,
    guide,
):
    """Generate whole blocks and keep the first `num` examples."""
    shape = [latents.BLOCK_SIZE, *generator.output_shape[1:]]
    num_blocks = -(-num // latents.BLOCK_SIZE)
    if largest_count:
        specs = {"records": tf.TensorSpec(shape, tf.uint8)}
    else:
        specs = {"images": tf.TensorSpec(shape, tf.float32)}
    if num_classes:
        specs["labels"] = tf.TensorSpec([latents.BLOCK_SIZE], tf.int64)

    def make(block):
        inputs = (latents.block_latents(seed, block, latent_dim=latent_dim),)
        found = {}
        if num_classes:
            found["labels"] = latents.block_labels(
                block, num_classes=num_classes, shares=shares
            )
            inputs += (found["labels"],)
        made = generator(_as_one(inputs), training=False)
        if guide:
            found["labels"] = _classes(guide, made)
        if num_classes:
            found["labels"] += first_label
        if not largest_count:
            return {"images": made} | found
        counts = latents.block_counts(made, seed, block, largest=largest_count)
        return {"records": counts} | found

    blocks = tf.map_fn(
        make,
        tf.range(tf.cast(num_blocks, tf.int64)),
        fn_output_signature=specs,
        parallel_iterations=1,
    )
    return {
        name: tf.reshape(value, [-1, *value.shape[2:]])[:num]
        for name, value in blocks.items()
    }


def _classes(guide, images):
    return tf.argmax(guide(images), axis=1)


def _as_one(inputs):
    """Return the inputs in the form for a Keras model."""
    return inputs[0] if len(inputs) == 1 else list(inputs)


def _require_replaceable(target: pathlib.Path) -> None:
    if target.exists() and not (target / graph_safety.GRAPH_FILE).is_file():
        raise errors.UserError(
            f"{target}: exists and is not a generator; move it away or choose "
            "another directory."
        )
