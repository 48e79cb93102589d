"""Sample from an exported generator, in batches, with constant memory."""

import dataclasses
import os
import pathlib
from collections.abc import Iterator, Mapping

import numpy as np
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.claim import variety as varieties
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import graph_safety
from dpgan_tf.release import latents

MAX_SEED = 2**63 - 1


@dataclasses.dataclass(frozen=True, eq=False)
class Samples:
    """Generated examples, and their labels if the generator has classes.

    Attributes:
      examples: images, float32 [b, height, width, channels] in [-1, 1], or
        rows, uint8 [b, columns].
      labels: int64 [b], with the numbers of their owner, or None.
      places: float64 [b, k], places of a schema's numbers in their cells, see
        `decoding.decode`; None where no schema was given.
    """

    examples: np.ndarray
    labels: np.ndarray | None = None
    places: np.ndarray | None = None

    def __len__(self) -> int:
        """Return b."""
        return len(self.examples)


class ExportedGenerator:
    """A generator that was read from a SavedModel.

    Attributes:
      latent_dim: length of a latent vector.
      example_shape: (height, width, channels) of an image, (columns,) of a
        row.
      num_classes: number of classes, 0 if it takes no labels.
      first_label: number of the first class in labels.
      largest_count: largest count of a row, 0 if it makes images.
      blocks: sizes of the blocks of a row's columns; empty if it has none.
    """

    def __init__(self, saved_model, schema: schemas.Schema | None = None):
        self._saved_model = saved_model  # Owns the variables of its functions.
        self._generate = saved_model.signatures["serving_default"]
        _, inputs = self._generate.structured_input_signature
        self.latent_dim = int(inputs["latent"].shape[1])
        self._is_varied = varieties.SIGNATURE in saved_model.signatures
        self.num_classes = int(saved_model.num_classes.numpy())
        self.first_label = _number(saved_model, "first_label")
        self.largest_count = _number(saved_model, "largest_count")
        self.class_shares = _array(saved_model, "class_shares")
        blocks = _array(saved_model, "blocks")
        self.blocks = () if blocks is None else tuple(blocks.tolist())
        self._schema = schema
        self._output = "probabilities" if self.largest_count else "images"
        output = self._generate.structured_outputs[self._output]
        self.example_shape = tuple(output.shape[1:].as_list())

    def require(self, variety: float) -> None:
        """Refuse a variety that this generator does not have.

        Args:
          variety: factor of the latents.

        Raises:
          UserError: if it is out of range; or not 1 with rows, or in an older
            release without this knob.
        """
        varieties.require(variety, is_table=self.largest_count > 0)
        if variety != 1 and not self._is_varied:
            raise errors.UserError(
                f"variety={variety:g}: this release has no such knob (no "
                f"signature {varieties.SIGNATURE}); leave it out."
            )

    def samples(
        self,
        num_samples: int,
        seed: int,
        *,
        first_sample: int = 0,
        variety: float = 1.0,
    ) -> Iterator[Samples]:
        """Yield the samples that `sample(num_samples, seed)` would return.

        Args:
          num_samples: total number of examples.
          seed: int64; one seed gives the same examples each time.
          first_sample: number of the first sample, a multiple of
            `latents.BLOCK_SIZE`.
          variety: factor of the latents, as of `require`.

        Yields:
          Batches of `latents.BLOCK_SIZE`; the last may be smaller.

        Raises:
          ValueError: if it would begin within a block.
          UserError: for a variety that it does not have.
        """
        self.require(variety)
        if first_sample % latents.BLOCK_SIZE:
            raise ValueError(
                f"first_sample={first_sample}; expected a multiple of "
                f"{latents.BLOCK_SIZE}."
            )
        for start in range(first_sample, num_samples, latents.BLOCK_SIZE):
            block = start // latents.BLOCK_SIZE
            inputs = self.block_inputs(seed, block, variety=variety)
            made = self._generate(**inputs)
            found = {"examples": made[self._output]}
            if self.largest_count:
                found["examples"] = latents.block_rows(
                    found["examples"],
                    seed,
                    block,
                    blocks=self.blocks,
                    largest=self.largest_count,
                )
            if self._schema is not None:
                num_places = len(decoding.ordered(self._schema))
                found["places"] = latents.block_places(
                    seed, block, num=num_places
                )
            if self.num_classes:
                # The class that a guide sees, or the one it was made for.
                found["labels"] = made.get("labels", inputs["label"])
            left = num_samples - start
            yield Samples(**{k: v[:left].numpy() for k, v in found.items()})

    def block_inputs(
        self, seed: int, block: int, *, variety: float = 1.0
    ) -> dict[str, tf.Tensor]:
        """Return the generator's inputs for the samples of one block.

        Args:
          seed: int64.
          block: number of the block, from 0.
          variety: factor of the latents.

        Returns:
          "latent", float32 [b, latent_dim], and if there are classes "label",
          int64 [b].
        """
        latent = latents.block_latents(seed, block, latent_dim=self.latent_dim)
        inputs = {"latent": tf.constant(variety, tf.float32) * latent}
        if self.num_classes:
            labels = latents.block_labels(
                block, num_classes=self.num_classes, shares=self.class_shares
            )
            inputs["label"] = labels + self.first_label
        return inputs

    def generate(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Return images, or the probabilities of rows.

        Images are float32 [n, height, width, channels] in [-1, 1];
        probabilities are float32 [n, columns].

        Args:
          inputs: "latent", float32 [n, latent_dim], and if there are classes
            "label", int64 [n].
        """
        return self._generate(**inputs)[self._output]

    def all_samples(
        self, num_samples: int, seed: int, *, variety: float = 1.0
    ) -> Samples:
        """Return the examples of `samples` as one batch.

        Args:
          num_samples: number of examples.
          seed: int64; one seed gives the same examples each time.
          variety: factor of the latents, as of `require`.
        """
        batches = list(self.samples(num_samples, seed, variety=variety))
        parts = {
            name: [vars(batch)[name] for batch in batches]
            for name, value in vars(batches[0]).items()
            if value is not None
        }
        return Samples(
            **{name: np.concatenate(several) for name, several in parts.items()}
        )


def _number(saved_model, name: str) -> int:
    """Return a number that the model stores; 0 if an older one does not."""
    stored = getattr(saved_model, name, None)
    return 0 if stored is None else int(stored.numpy())


def _array(saved_model, name: str) -> np.ndarray | None:
    """Return an array that the model stores; None if it is empty or missing."""
    stored = getattr(saved_model, name, None)
    return stored.numpy() if stored is not None and stored.shape[0] else None


def load_generator(
    directory: str | os.PathLike,
    *,
    schema: schemas.Schema | None = None,
    remedy: str = graph_safety.COPY_AGAIN,
) -> ExportedGenerator:
    """Read a generator that `export.export_generator` wrote.

    Args:
      directory: folder of the SavedModel.
      schema: schema of its rows, if its samples shall have places for typed
        values.
      remedy: advice for the message, if it is damaged.

    Returns:
      The generator.

    Raises:
      UserError: if there is none, it is damaged, or it could do more than
        compute examples.
    """
    graph_safety.check(directory, remedy=remedy)
    try:
        with paths.literal(directory) as name:
            made = ExportedGenerator(tf.saved_model.load(name), schema)
    except (
        AssertionError,
        AttributeError,
        LookupError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
        tf.errors.OpError,
    ) as error:
        raise errors.UserError(
            f"{directory}: not a complete generator; {remedy}."
        ) from error
    if schema is not None and made.blocks != schema.blocks:
        raise errors.UserError(
            f"{directory}: makes other rows than the schema beside it declares;"
            f" {remedy}."
        )
    return made


def generator_directory(release_dir: str | os.PathLike) -> pathlib.Path:
    """Return the folder of a release's generator."""
    return pathlib.Path(release_dir) / "generator" / "1"
