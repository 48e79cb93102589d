"""Batches of records: Poisson samples of private ones, subsets of public ones.

Every batch is a pure function of a key and a step number; TensorFlow alone
computes which records are in it, and records that memory cannot hold are read
then. The accountant prices Poisson sampling (each record, each step,
independently, with probability q); shuffled or fixed-size batches can cost
several times the epsilon. So nothing here shuffles, truncates or skips a
private batch: its size is whatever the draw gives, and an empty batch counts.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dpgan_tf.data import dataset_options
from dpgan_tf.data import records
from dpgan_tf.data import unit_slots
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import poisson
from dpgan_tf.privacy.ledger import header

_PREFETCH = 2
_CHUNK_MULTIPLE = 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class Share:
    """The replicas of a step that a data set is for.

    Attributes:
      first: number of the first of them.
      num_here: number of them; they take consecutive elements.
      num_replicas: number of all replicas of the step, everywhere.
    """

    first: int = 0
    num_here: int = 1
    num_replicas: int = 1


EVERYTHING = Share()
"""The share of a single replica."""


def poisson_batches(
    private: records.PrivateRecords,
    *,
    sampling_probability: float,
    chunk_size: int,
    key: np.ndarray,
    steps_per_round: int,
    fixed_chunks: bool = False,
    share: Share = EVERYTHING,
    sampler: str = header.CHACHA20,
    most_records_per_unit: int = 1,
) -> tf.data.Dataset:
    """Draw a Poisson sample of the private units for every step.

    Args:
      private: records of n units, or n records, each of which is a unit.
      sampling_probability: probability q in (0, 1] of a unit's records.
      chunk_size: most records in a chunk, a multiple of L; this affects memory,
        not privacy.
      key: int64 [4], secret, from the operating system's entropy.
      steps_per_round: number of consecutive steps in an element.
      fixed_chunks: whether to fill every chunk up to `chunk_size`, for XLA.
      share: replicas that it is for. A unit with the random id i is for
        replica i mod R: together they have the sample of a single replica.
      sampler: one of `header.NOISE_SAMPLERS`; what the ledger names.
      most_records_per_unit: number L of a unit's slots in a chunk.

    Returns:
      An endless data set of tuples of `batches.PrivateBatch`, one for each
      step of a round; step t uses the key folded with t. A batch has as many
      chunks as its records need, at least one. `prefetched` reads it ahead.

    Raises:
      ValueError: if a value is out of range.
    """
    select = poisson.selector(
        private.num_units, probability=sampling_probability, sampler=sampler
    )
    if chunk_size <= 0 or chunk_size % most_records_per_unit:
        raise ValueError(
            f"chunk_size={chunk_size}; expected > 0, a multiple of "
            f"most_records_per_unit={most_records_per_unit}."
        )
    gather = _gatherer(private)
    labels, key = _to_tensors(private, key)
    spread = unit_slots.spreader(
        private, most_records_per_unit=most_records_per_unit
    )
    multiple = batches.whole_units(
        _CHUNK_MULTIPLE, most_records_per_unit=most_records_per_unit
    )

    def draw(step, replica):
        included, random_ids = select(key, step)
        is_mine = random_ids % share.num_replicas == replica
        slots = spread(included[is_mine], random_ids[is_mine])
        return unit_slots.in_chunks(
            slots,
            gather(slots.places),
            tf.gather(labels, slots.places),
            chunk_size=chunk_size,
            multiple=chunk_size if fixed_chunks else multiple,
        )

    return _rounds(draw, steps_per_round, share)


def public_batches(
    public: records.PublicRecords,
    *,
    batch_size: int,
    seed: int,
    steps_per_round: int,
    first_step: int = 0,
    share: Share = EVERYTHING,
) -> tf.data.Dataset:
    """Draw a uniform subset of the public records for every step.

    Args:
      public: n records.
      batch_size: number of distinct records in a batch, at most n.
      seed: at least 0; the same seed gives the same batches.
      steps_per_round: number of consecutive steps in an element.
      first_step: first step of the first element, where training continues.
      share: replicas that it is for; all have the same batches.

    Returns:
      An endless data set of tuples of `batches.PublicBatch`, one for each
      step of a round. `prefetched` reads it ahead.

    Raises:
      ValueError: if a value is out of range.
    """
    if not 0 < batch_size <= len(public):
        raise ValueError(
            f"batch_size={batch_size} with {len(public)} public records; "
            f"expected 1 to {len(public)}."
        )
    if seed < 0:
        raise ValueError(f"seed={seed}; expected >= 0.")
    gather = _gatherer(public)
    labels, key = _to_tensors(public, np.array([seed, 0, 0, 0]))
    num_records = len(public)

    def draw(step, replica):
        del replica
        uniforms = keystream.uniforms(
            num_records, sampler=header.PHILOX, key=key, step=first_step + step
        )
        chosen = tf.math.top_k(uniforms, k=batch_size, sorted=False).indices
        return batches.PublicBatch(
            examples=gather(chosen),
            labels=tf.gather(labels, chosen),
        )

    return _rounds(draw, steps_per_round, share)


def prefetched(
    dataset: tf.data.Dataset, *, share: Share = EVERYTHING
) -> tf.data.Dataset:
    """Return batches that are prefetched to the device that uses them.

    Args:
      dataset: data set of rounds; nothing may be applied to the result.
      share: replicas that it is for. Several have a strategy, which gives each
        its elements.
    """
    if share == EVERYTHING and tf.config.list_logical_devices("GPU"):
        return dataset.apply(
            tf.data.experimental.prefetch_to_device("/GPU:0", _PREFETCH)
        )
    return dataset.prefetch(_PREFETCH)


def _to_tensors(batch_source, key):
    """Put labels and key in host memory, for the data functions."""
    key = np.asarray(key)
    if key.shape != (keystream.KEY_WORDS,) or key.dtype != np.int64:
        raise ValueError(
            f"key is {key.dtype} {list(key.shape)}; expected int64 "
            f"[{keystream.KEY_WORDS}]."
        )
    labels = batch_source.labels
    if labels is None:
        labels = np.zeros([len(batch_source)], np.int64)
    with tf.device("CPU:0"):
        return tf.constant(labels), tf.constant(key)


def _gatherer(batch_source) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return a function from indices to examples as the networks see them.

    They are float32 [len(indices), ...], with a static shape where the number
    of indices is known.
    """
    examples, scale = batch_source.examples, batch_source.scale
    if isinstance(examples, np.ndarray):
        # A captured tensor is stored once and does not enter the graph, whose
        # constants may have at most 2 GiB.
        with tf.device("CPU:0"):
            held = tf.constant(examples)
        return lambda indices: _scaled(tf.gather(held, indices), scale)

    def read(indices):
        rows = tf.numpy_function(
            examples.__getitem__, [indices], examples.dtype, stateful=False
        )
        # NumPy's result has no static shape; give it the shape of an array's.
        return _scaled(
            tf.ensure_shape(rows, [indices.shape[0], *examples.shape[1:]]),
            scale,
        )

    return read


def _scaled(chosen, scale):
    if chosen.dtype == tf.uint8:
        return tf.cast(chosen, tf.float32) / scale.divisor + scale.low
    return chosen


def _rounds(
    draw: Callable[[tf.Tensor, tf.Tensor], tuple],
    steps_per_round: int,
    share: Share,
) -> tf.data.Dataset:
    """Map `draw` over steps 0, 1, ..., with several steps in each element."""
    if steps_per_round <= 0:
        raise ValueError(f"steps_per_round={steps_per_round}; expected > 0.")

    @tf.autograph.experimental.do_not_convert  # Conversion takes a second.
    def draw_round(number):
        first = number // share.num_here * steps_per_round
        replica = share.first + number % share.num_here
        return tuple(draw(first + i, replica) for i in range(steps_per_round))

    options = dataset_options.untuned()
    # Sharding or re-batching would change which records are sampled together.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    return tf.data.Dataset.counter().map(draw_round).with_options(options)
