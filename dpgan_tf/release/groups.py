"""Samples of a group of rows: those of all samples that belong to it.

They come in the order of the seed, have the distribution of the group, and
cost no privacy. Rare groups take many samples, so that there is a bound.
"""

from collections.abc import Iterator

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import conditions
from dpgan_tf.release import sampling

_MOST_TRIES = 1_000
"""Number of samples that are tried for each one that is wanted."""

_FIRST_TRIES = 100_000
"""Number of samples that are tried at least."""


def samples(
    generator: sampling.ExportedGenerator,
    schema: schemas.Schema,
    where: str,
    *,
    num_samples: int,
    seed: int,
    variety: float = 1.0,
) -> Iterator[sampling.Samples]:
    """Yield the first of a seed's samples that fulfil a condition.

    Args:
      generator: a generator that was loaded with the schema.
      schema: the schema of its rows.
      where: the condition, as of `conditions.parse`; empty for all samples.
      num_samples: number of samples that are wanted.
      seed: int64; one seed gives the same samples each time.
      variety: factor of the latents of images; rows of a group have none.

    Returns:
      Batches of samples, some of them empty.

    Raises:
      UserError: if the condition does not fit the schema, before the first
        batch; or if too few of very many samples fulfil it.
    """
    if not where:
        return generator.samples(num_samples, seed, variety=variety)
    condition = conditions.parse(where, schema)
    return _chosen(generator, condition, num_samples, seed)


def _chosen(generator, condition, num_samples, seed):
    most = max(_MOST_TRIES * num_samples, _FIRST_TRIES)
    num_found = num_tried = 0
    for batch in generator.samples(most, seed):
        chosen = np.flatnonzero(condition.holds(batch))
        chosen = chosen[: num_samples - num_found]
        num_found, num_tried = num_found + len(chosen), num_tried + len(batch)
        yield sampling.Samples(
            examples=batch.examples[chosen], places=batch.places[chosen]
        )
        if num_found == num_samples:
            return
    raise errors.UserError(
        f"where={condition.text}: {num_found:,} of {num_tried:,} samples are "
        f"like that ({num_found / num_tried:.2g} of all), and {num_samples:,} "
        "were asked for; ask for fewer, or for a larger group."
    )
