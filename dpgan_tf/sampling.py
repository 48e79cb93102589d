"""Sample from an exported generator, in batches, with constant memory."""

import os
import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import graph_safety
from dpgan_tf import latents

MAX_SEED = 2**63 - 1


class ExportedGenerator:
    """A generator that was read from a SavedModel.

    Attributes:
      latent_dim: length of a latent vector.
      image_shape: (height, width, channels) of an image.
    """

    def __init__(self, saved_model):
        self._saved_model = saved_model  # Owns the variables of its functions.
        self._generate = saved_model.signatures["serving_default"]
        _, inputs = self._generate.structured_input_signature
        self.latent_dim = int(inputs["latent"].shape[1])
        images = self._generate.structured_outputs["images"]
        self.image_shape = tuple(images.shape[1:].as_list())

    def samples(self, num_samples: int, seed: int) -> Iterator[np.ndarray]:
        """Yield the images that `sample(num_samples, seed)` would return.

        Args:
          num_samples: number of images in all.
          seed: int64; one seed gives the same images each time.

        Yields:
          float32 [b, height, width, channels] in [-1, 1], where b is
          `latents.BLOCK_SIZE` for all batches but the last.
        """
        for start in range(0, num_samples, latents.BLOCK_SIZE):
            latent = latents.block_latents(
                seed, start // latents.BLOCK_SIZE, latent_dim=self.latent_dim
            )
            images = self._generate(latent=latent)["images"]
            yield images[: num_samples - start].numpy()


def load_generator(directory: str | os.PathLike) -> ExportedGenerator:
    """Read a generator that `export.export_generator` wrote.

    Args:
      directory: folder of the SavedModel.

    Returns:
      The generator.

    Raises:
      UserError: if there is none, it is damaged, or it could do more than
        compute images.
    """
    graph_safety.check(directory)
    try:
        return ExportedGenerator(tf.saved_model.load(str(directory)))
    except (
        AttributeError,
        KeyError,
        OSError,
        ValueError,
        tf.errors.OpError,
    ) as error:
        raise errors.UserError(
            f"{directory}: not a complete generator; copy the release again."
        ) from error


def generator_directory(release_dir: str | os.PathLike) -> pathlib.Path:
    """Return where a release keeps its generator."""
    return pathlib.Path(release_dir) / "generator" / "1"
