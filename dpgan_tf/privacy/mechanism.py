"""The grouped Gaussian mechanism: the only way from records to an update.

    g_j = (1 / m) ( sum_i clip(g_ij, c_j) + N(0, (sigma c_j)^2 I) ),  j = 1..k

The sum runs over a Poisson sample; m is its expected size, a public constant.
One record moves every group, group j by at most c_j; where a person with up to
L records is the unit of privacy, so does one person, who counts as the mean of
these records (see `clipping`). The k groups are therefore one release of a
Gaussian mechanism with noise multiplier sigma / sqrt(k): in units of their
noise, the groups' sensitivities 1 / sigma add up in squares.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from dpgan_tf.privacy import batches
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import noise
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy import ranges
from dpgan_tf.privacy import replicas
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.ledger import header

GradientFn = Callable[
    [tf.Tensor, tf.Tensor, tf.Tensor],
    tuple[tf.Tensor, per_example.PerExampleGradients],
]


class PrivateStatistics(NamedTuple):
    """A step's statistics of its records. No noise: for the curator only.

    Attributes:
      num_records: float64 [], size of the Poisson sample.
      clipped_fraction: float64 [k], share of records that were shortened.
      mean_norm: float64 [k], mean norm before clipping.
      mean_loss: float64 [], sum of the finite losses over the sample's size.
    """

    num_records: tf.Tensor
    clipped_fraction: tf.Tensor
    mean_norm: tf.Tensor
    mean_loss: tf.Tensor


@dataclasses.dataclass(frozen=True, kw_only=True)
class GroupedGaussianMechanism:
    """Clips per unit and group, sums, adds noise once, divides.

    Adjacency: add or remove one unit. Sampling: Poisson.

    Attributes:
      noise_multiplier: sigma, the noise over the bound within one group.
      num_groups: number k of groups.
      sampling_probability: probability q of each unit in each step.
      expected_batch_size: divisor m of the noisy sum, in units.
      most_records_per_unit: number L of a unit's slots in a batch; with 1 a
        record is a unit.
      noise_sampler: one of `header.NOISE_SAMPLERS`, which the ledger names.
    """

    noise_multiplier: float
    num_groups: int
    sampling_probability: float
    expected_batch_size: float
    most_records_per_unit: int = 1
    noise_sampler: str = header.CHACHA20

    def __post_init__(self) -> None:
        """Refuse numbers for which no privacy claim could be made."""
        ranges.require_positive("noise_multiplier", self.noise_multiplier)
        ranges.require_count("num_groups", self.num_groups)
        ranges.require_probability(
            "sampling_probability", self.sampling_probability
        )
        ranges.require_positive("expected_batch_size", self.expected_batch_size)
        keystream.require(self.noise_sampler)
        ranges.require_count(
            "most_records_per_unit", self.most_records_per_unit
        )

    @property
    def parameters(self) -> dict[str, float | str]:
        """All that is charged, by the names in a ledger's header."""
        charged = dataclasses.asdict(self) | {
            "effective_noise_multiplier": self.effective_noise_multiplier
        }
        if self.most_records_per_unit == 1:
            del charged["most_records_per_unit"]
        return charged

    @property
    def effective_noise_multiplier(self) -> float:
        """The multiplier sigma / sqrt(k) of the joint release."""
        return noise_multipliers.effective(
            self.noise_multiplier, self.num_groups
        )

    def privatize(
        self,
        gradient_fn: GradientFn,
        batch: batches.PrivateBatch,
        *,
        variables: Sequence[Any],
        groups: grouping.Groups,
        key: tf.Tensor,
        step: tf.Tensor,
    ) -> tuple[list[tf.Tensor], PrivateStatistics]:
        """Return the critic's gradient, private in the records of `batch`.

        Args:
          gradient_fn: function from a chunk of examples [c, ...], their labels
            [c] and their random ids [c] to each record's loss [c] and
            gradients. A record's gradient must follow from the record, its id
            and public values alone, and the function must not change any
            state: how often it is called is private.
          batch: a Poisson sample drawn with `sampling_probability`.
          variables: the V variables to differentiate with respect to.
          groups: k groups of the V variables, made from public data.
          key: int64 [4], secret, fresh for every attempt.
          step: int64 [], never repeated under one key.

        Returns:
          The noisy mean gradient of each variable, float32; and statistics
          that are not private.
        """
        self._require_groups(groups)
        self._require_whole_units(batch)
        of_unit = {"most_records_per_unit": self.most_records_per_unit}
        total, loss = replicas.total(
            _sum_over_chunks(
                gradient_fn,
                replicas.own_share(batch, **of_unit),
                variables=variables,
                groups=groups,
                **of_unit,
            )
        )
        deviations = self.noise_multiplier * tf.linalg.matvec(
            tf.cast(groups.membership, tf.float64),
            tf.cast(groups.clip_norms, tf.float64),
        )
        noisy = noise.add_gaussian(
            total.gradients,
            deviations,
            sampler=self.noise_sampler,
            key=key,
            step=step,
        )
        means = [
            tf.cast(value / self.expected_batch_size, tf.float32)
            for value in noisy
        ]
        return means, _statistics(total, loss)

    def _require_groups(self, groups: grouping.Groups) -> None:
        found = groups.clip_norms.shape[0], groups.membership.shape[1]
        if found != (self.num_groups, self.num_groups):
            raise errors.PrivacyError(
                f"{found[1]} groups with {found[0]} bounds; the mechanism "
                f"charges for num_groups={self.num_groups}."
            )

    def _require_whole_units(self, batch: batches.PrivateBatch) -> None:
        size = batch.mask.shape[1]
        if size is not None and size % self.most_records_per_unit:
            raise errors.PrivacyError(
                f"chunks of {size} records; expected a multiple of "
                f"most_records_per_unit={self.most_records_per_unit}."
            )


def _sum_over_chunks(
    gradient_fn: GradientFn,
    batch: batches.PrivateBatch,
    *,
    variables: Sequence[Any],
    groups: grouping.Groups,
    most_records_per_unit: int,
) -> tuple[clipping.ClippedSum, tf.Tensor]:
    """Clip and sum chunk by chunk, with one chunk's gradients in memory.

    Also returns the sum of the finite losses, which is for the curator only.
    """

    def add(total, chunk):
        examples, labels, mask, random_ids = chunk
        losses, gradients = gradient_fn(examples, labels, random_ids)
        partial = clipping.clip_and_sum(
            gradients,
            mask,
            groups=groups,
            most_records_per_unit=most_records_per_unit,
        )
        finite = tf.where(mask & tf.math.is_finite(losses), losses, 0.0)
        loss = tf.reduce_sum(tf.cast(finite, tf.float64))
        return tf.nest.map_structure(tf.add, total, (partial, loss))

    empty = clipping.empty_sum(
        [variable.shape for variable in variables],
        num_groups=groups.clip_norms.shape[0],
    )
    start = (empty, tf.zeros([], tf.float64))
    return tf.foldl(add, batch, initializer=start, parallel_iterations=1)


def _statistics(
    total: clipping.ClippedSum, loss: tf.Tensor
) -> PrivateStatistics:
    divisor = tf.maximum(total.num_records, 1.0)
    return PrivateStatistics(
        num_records=total.num_records,
        clipped_fraction=total.num_clipped / divisor,
        mean_norm=total.sum_of_norms / divisor,
        mean_loss=loss / divisor,
    )
