"""The two kinds of batches, as two types that cannot be confused."""

from typing import NamedTuple

import tensorflow as tf


class PrivateBatch(NamedTuple):
    """One Poisson sample of private records, in chunks of a fixed size.

    Attributes:
      examples: float32 [num_chunks, chunk_size, ...] in the range that the
        networks see; what the mask excludes is padding.
      labels: int64 [num_chunks, chunk_size], 0 where there are none.
      mask: bool [num_chunks, chunk_size], True where there is a record.
      random_ids: int64 [num_chunks, chunk_size], uniform, secret, fresh
        for every record and step. A record's fakes and mixing weights are
        chosen by it, never by the record's place in the batch or the data set:
        their distribution is the same without another record.

    Where a unit of privacy has up to L records, each unit of the sample has L
    consecutive slots, all in one chunk: `chunk_size` is a multiple of L. The
    random ids of its records are those of the unit times L, plus less than L.
    """

    examples: tf.Tensor
    labels: tf.Tensor
    mask: tf.Tensor
    random_ids: tf.Tensor


class PublicBatch(NamedTuple):
    """Records that need no protection.

    Attributes:
      examples: float32 [batch_size, ...] in the range that the networks see.
      labels: int64 [batch_size], 0 where there are none.
    """

    examples: tf.Tensor
    labels: tf.Tensor


def require_public(batch: object) -> None:
    """Raise unless `batch` was made from public records.

    Args:
      batch: the object that a caller offers as public data.

    Raises:
      TypeError: if it is not a `PublicBatch`.
    """
    if not isinstance(batch, PublicBatch):
        raise TypeError(
            f"got {type(batch).__name__}; bounds and groups may be estimated "
            "from a PublicBatch only."
        )


def whole_units(chunk_size: int, *, most_records_per_unit: int) -> int:
    """Return the largest size of a chunk of whole units, one at least.

    Args:
      chunk_size: wanted number of records in a chunk.
      most_records_per_unit: number L of a unit's slots.
    """
    num_units = max(1, chunk_size // most_records_per_unit)
    return num_units * most_records_per_unit
