"""WRONG ON PURPOSE: arithmetic that was published, or is easily written.

An audit must convict each of these. Nothing that trains or releases may import
this module. Every case claims what its author would have claimed.
"""

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from dpgan_tf.audit import cases
from dpgan_tf.audit import witness
from dpgan_tf.data import records
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy.accounting import plans

_BATCH_SIZE = 64.0
_DELTA = 1e-5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Broken:
    """Something that is broken.

    Attributes:
      name: its name, for a table and for a flag.
      what: what is wrong with it.
      case: what its author would claim, and what runs.
    """

    name: str
    what: str
    case: cases.Case


def sound(**changes) -> cases.Case:
    """Return a small case with nothing wrong: the others differ in one thing.

    Args:
      **changes: fields of its mechanism.
    """
    settings = {
        "noise_multiplier": 1.7,
        "num_groups": 4,
        "sampling_probability": 0.05,
        "expected_batch_size": _BATCH_SIZE,
    }
    made = mechanisms.GroupedGaussianMechanism(**settings | changes)
    return _claimed(made, num_steps=100)


def every() -> list[Broken]:
    """Return all that an audit must convict."""
    return [
        Broken(
            name="noise_over_root_of_batch",
            what="noise of sigma C / sqrt(B) on the sum (dp-GAN's code)",
            case=_running(_noise_times(1 / math.sqrt(_BATCH_SIZE))),
        ),
        Broken(
            name="groups_as_one",
            what="k groups priced as one (dp-GAN, Theorem 4.1)",
            case=dataclasses.replace(
                sound(),
                plan=dataclasses.replace(
                    sound().plan,
                    effective_noise_multiplier=sound().mechanism.noise_multiplier,
                ),
            ),
        ),
        Broken(
            name="shuffled_batches",
            what="an epoch's shuffled batches priced as Poisson samples",
            case=dataclasses.replace(
                _claimed(sound(noise_multiplier=0.8).mechanism, num_steps=20),
                make_batches=shuffled_batches,
            ),
        ),
        Broken(
            name="records_counted_too_high",
            what="q from 1.2 times as many records as there are",
            case=_running(
                dataclasses.replace(
                    sound().mechanism, sampling_probability=0.05 * 1.2
                )
            ),
        ),
        Broken(
            name="silent_replica",
            what="two replicas each add half of the variance, one of them not",
            case=_running(_noise_times(1 / math.sqrt(2))),
        ),
        Broken(
            name="not_a_number_unclipped",
            what="NaN > C is false: what is not a number passes unclipped",
            case=dataclasses.replace(sound(), kind=Unguarded),
        ),
    ]


def _claimed(
    mechanism: mechanisms.GroupedGaussianMechanism, *, num_steps: int
) -> cases.Case:
    return cases.Case(
        plan=plans.NoisePlan(
            sampling_probability=mechanism.sampling_probability,
            effective_noise_multiplier=mechanism.effective_noise_multiplier,
            num_steps=num_steps,
        ),
        delta=_DELTA,
        accountant="pld",
        mechanism=mechanism,
    )


def _running(mechanism: mechanisms.GroupedGaussianMechanism) -> cases.Case:
    """Return the sound claim, with another mechanism that runs."""
    return dataclasses.replace(sound(), mechanism=mechanism)


def _noise_times(factor: float) -> mechanisms.GroupedGaussianMechanism:
    right = sound().mechanism
    return dataclasses.replace(
        right, noise_multiplier=factor * right.noise_multiplier
    )


class Unguarded(witness.Witness):
    """A witness whose clipping takes NaN for a short norm."""

    def make_gradient_fn(self, **purpose):
        """See `DPGAN.make_gradient_fn`."""
        gradient_fn = super().make_gradient_fn(**purpose)

        def unguarded(*chunk):
            losses, gradients = gradient_fn(*chunk)
            return losses, _Unguarded(gradients)

        return unguarded


class _Unguarded:
    """Gradients of records whose norm is 0 where it is not a number."""

    def __init__(self, gradients: per_example.PerExampleGradients) -> None:
        self._gradients = gradients

    def squared_norms(self) -> tf.Tensor:
        return _zero_for_nan(self._gradients.squared_norms())

    def weighted_sum(
        self,
        rule: per_example.Rule,
        *,
        bounds: tf.Tensor,
        together: int = 1,
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        squares, sums = self._gradients.weighted_sum(
            lambda squares, rows: rule(_zero_for_nan(squares), rows),
            bounds=bounds,
            together=together,
        )
        return _zero_for_nan(squares), sums


def _zero_for_nan(values: tf.Tensor) -> tf.Tensor:
    return tf.where(tf.math.is_nan(values), tf.zeros_like(values), values)


def shuffled_batches(
    private: records.PrivateRecords,
    *,
    sampling_probability: float,
    chunk_size: int,
    key: np.ndarray,
    steps_per_round: int,
    sampler: str,
    most_records_per_unit: int,
) -> tf.data.Dataset:
    """Deal all records of an epoch among its batches, as loaders do.

    Args:
      private: n records.
      sampling_probability: one over the number of an epoch's batches.
      chunk_size: ignored: a batch is one chunk.
      key: seed of the order.
      steps_per_round: number of consecutive steps in an element.
      sampler: ignored: nothing is sampled.
      most_records_per_unit: ignored: a record is a unit.
    """
    del chunk_size, sampler, most_records_per_unit
    generator = np.random.default_rng(np.abs(key))
    num_batches = round(1 / sampling_probability)
    scaled = private.examples / np.float32(private.scale.divisor)

    def deal() -> Iterator[tuple[batches.PrivateBatch, ...]]:
        while True:
            order = generator.permutation(len(private))
            dealt = [
                _in_one_chunk(scaled[chosen])
                for chosen in np.array_split(order, num_batches)
            ]
            for first in range(0, num_batches, steps_per_round):
                yield tuple(dealt[first : first + steps_per_round])

    form = batches.PrivateBatch(
        examples=tf.TensorSpec([1, None, scaled.shape[1]], tf.float32),
        labels=tf.TensorSpec([1, None], tf.int64),
        mask=tf.TensorSpec([1, None], tf.bool),
        random_ids=tf.TensorSpec([1, None], tf.int64),
    )
    return tf.data.Dataset.from_generator(
        deal, output_signature=(form,) * steps_per_round
    )


def _in_one_chunk(rows: np.ndarray) -> batches.PrivateBatch:
    zeros = np.zeros([1, len(rows)], np.int64)
    return batches.PrivateBatch(
        examples=rows[None],
        labels=zeros,
        mask=np.ones([1, len(rows)], bool),
        random_ids=zeros,
    )
