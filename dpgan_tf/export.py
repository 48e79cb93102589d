"""Write the generator, and nothing else, as a SavedModel for TensorFlow alone.

The critic saw private records: it, the optimizers and every statistic of
training stay behind. What is written is the generator's inference graph and
its weights, by an allow-list rather than by leaving things out.
"""

import os
import pathlib
import shutil
import tempfile

import keras
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import graph_safety
from dpgan_tf import latents


def export_generator(
    generator: keras.Model, directory: str | os.PathLike, *, latent_dim: int
) -> None:
    """Write a generator with the signatures `serving_default` and `sample`.

    `serving_default(latent)` maps float32 [n, latent_dim] to images.
    `sample(num, seed)` maps an int32 and an int64 scalar to `num` images, the
    same ones each time. Images are float32 [n, height, width, channels] in
    [-1, 1], under the key "images". Batch normalisation uses its averages.

    The files are written beside `directory` and moved there when complete; a
    SavedModel that is already there is replaced.

    Args:
      generator: a built model from latents to images.
      directory: where to write; its parents are made.
      latent_dim: length of a latent vector.

    Raises:
      UserError: if `directory` exists and is not a SavedModel.
    """
    target = pathlib.Path(directory)
    _require_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = pathlib.Path(
        tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)
    )
    try:
        written = temporary / "written"
        module = _GeneratorModule(generator, latent_dim=latent_dim)
        tf.saved_model.save(module, str(written), module.signatures())
        if target.exists():
            target.rename(temporary / "replaced")
        written.rename(target)
    finally:
        shutil.rmtree(temporary)


class _GeneratorModule(tf.Module):
    """The generator's weights and the two functions that use them."""

    def __init__(self, generator: keras.Model, *, latent_dim: int):
        super().__init__()
        # Only what is an attribute here is saved; a Keras model would bring
        # its configuration and, when compiled, its optimizer.
        self.weights = [weight.value for weight in generator.weights]
        self.generate = tf.function(
            lambda latent: {"images": generator(latent, training=False)},
            input_signature=[
                tf.TensorSpec([None, latent_dim], tf.float32, name="latent")
            ],
        )
        self.sample = tf.function(
            lambda num, seed: {
                "images": _sample(generator, num, seed, latent_dim=latent_dim)
            },
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


def _sample(generator, num, seed, *, latent_dim):
    """Generate whole blocks and keep the first `num` images."""
    image_shape = list(generator.output_shape[1:])
    num_blocks = -(-num // latents.BLOCK_SIZE)
    blocks = tf.map_fn(
        lambda block: generator(
            latents.block_latents(seed, block, latent_dim=latent_dim),
            training=False,
        ),
        tf.range(tf.cast(num_blocks, tf.int64)),
        fn_output_signature=tf.TensorSpec(
            [latents.BLOCK_SIZE, *image_shape], tf.float32
        ),
        parallel_iterations=1,
    )
    return tf.reshape(blocks, [-1, *image_shape])[:num]


def _require_replaceable(target: pathlib.Path) -> None:
    if target.exists() and not (target / graph_safety.GRAPH_FILE).is_file():
        raise errors.UserError(
            f"{target}: exists and is not a generator; move it away or choose "
            "another directory."
        )
