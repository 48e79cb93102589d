"""A summary of the records: sums that are released once, before any step.

    s = ( sum_i clip(f(x_i), C) + N(0, (sigma C)^2 I) ) / n

Or it is a choice: the number of a candidate, by the exponential mechanism.

The sum runs over all records, without sampling; n is their declared number.
Where a person with several records is the unit of privacy, it runs over
persons, n is their number, and a person counts as the mean of its records' f,
all with one factor: |mean_i f_i| <= mean_i |f_i|.
Several statistics f may be released, a later one chosen by what an earlier
one showed; together they cost what one release of a Gaussian mechanism does.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import noise
from dpgan_tf.privacy import ranges
from dpgan_tf.privacy.ledger import header
from dpgan_tf.privacy.summary import exponential

_NUM_WORDS = 2**14
"""Random words that a choice draws at once; a candidate takes some three."""

_MOST_RELEASES = 2**32
"""Bound of the number of releases: step j + i 2^32 has the i-th words of j."""

_CHUNK_SIZE = 1024
# A record in or out shifts the rounding of all chunks. In whatever order a
# product of matrices adds, a partial sum of j terms is j C long at most: a sum
# of 1,024 is off by 2^-53 C 1024^2 / 2, and what the total loses is kept. That
# is n 2^-43 C for two data sets, less than this for four million records;
# rounding of norms is far below it. A chunk of whole units has less than twice
# as many chunks: less than this for two million units.
_SLACK = 1 + 2.0**-21


class Labelled:
    """Examples and labels that are indexed together, like one array."""

    def __init__(self, examples: Any, labels: np.ndarray) -> None:
        """Join them.

        Args:
          examples: [n, ...]; an array, or what gives one when it is indexed.
          labels: int64 [n].
        """
        self.examples = examples
        self.labels = labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, key: Any) -> "Labelled":
        return Labelled(self.examples[key], self.labels[key])


class Statistic(Protocol):
    """A vector f(x) of one record x, which no other record changes."""

    def prepared(self, records: Any) -> Any:
        """Return what norms and sums of records share, computed once.

        Args:
          records: c of them, in whatever form `privatize` was given.

        Returns:
          An object of length c that a mask can index; here, the records.
        """
        return records

    def norms(self, records: Any) -> np.ndarray:
        """Return |f(x)| of each record, float64 [c].

        Args:
          records: c of them, prepared.
        """

    def weighted_sum(self, records: Any, weights: np.ndarray) -> np.ndarray:
        """Return the sum of w f(x), float64 [size of f].

        Args:
          records: c of them, prepared.
          weights: float64 [c].
        """


class Candidates(Protocol):
    """What may be chosen, and its scores.

    Attributes:
      statistic: f of a record, whose sum, clipped to 1, is all that scores see.
        Its norm need not be Euclidean.
    """

    @property
    def statistic(self) -> Statistic:
        """The statistic f."""

    def scores(self, total: np.ndarray) -> np.ndarray:
        """Return the scores, float64 [candidates].

        A unit with |f| <= 1, in or out, moves each of them by at most 1.

        Args:
          total: clipped sum of f.
        """


class SummaryMechanism:
    """Clips per unit, sums, adds noise once, divides; a few times at most.

    Adjacency: add or remove one unit.
    """

    def __init__(
        self,
        noise_multipliers: Sequence[float],
        *,
        num_examples: int,
        noise_sampler: str = header.CHACHA20,
        units: np.ndarray | None = None,
    ) -> None:
        """Make a mechanism that nothing was released by yet.

        Args:
          noise_multipliers: sigma of each release, noise over bound.
          num_examples: n, declared; what a sum is divided by.
          noise_sampler: one of `header.NOISE_SAMPLERS`.
          units: number of each record's unit, int64 [number of records]; None
            if every record is a unit.

        Raises:
          PrivacyError: for what no privacy claim could be made of.
        """
        self._noise_multipliers = tuple(map(float, noise_multipliers))
        self._num_examples = num_examples
        self._noise_sampler = noise_sampler
        self._units = units
        self._num_released = 0
        if not self._noise_multipliers or num_examples < 1:
            raise errors.PrivacyError(
                f"{len(self._noise_multipliers)} releases of {num_examples} "
                "records; expected at least one of each."
            )
        for value in self._noise_multipliers:
            ranges.require_positive("noise_multiplier", value)
        keystream.require(noise_sampler)

    @property
    def effective_noise_multiplier(self) -> float:
        """What all releases together are charged as."""
        return combined(self._noise_multipliers)

    @property
    def num_released(self) -> int:
        """How many releases were made: the number of the next one."""
        return self._num_released

    def deviation(self, number: int, *, clip_norm: float) -> float:
        """Return the standard deviation of the noise in a released mean.

        Args:
          number: of the release, from 0.
          clip_norm: C of it.
        """
        sigma = self._noise_multipliers[number]
        return sigma * clip_norm / self._num_examples

    def privatize(
        self,
        statistic: Statistic,
        records: Any,
        *,
        clip_norm: float,
        key: tf.Tensor,
    ) -> np.ndarray:
        """Return the noisy mean of a statistic; one of the releases.

        Args:
          statistic: f.
          records: all private ones; an array, or what has a length and can
            be indexed by slices and masks like one.
          clip_norm: C, public: a constant, or what earlier releases say.
          key: int64 [4], secret; the same for all releases of one mechanism,
            and never used for anything else.

        Returns:
          float64 [size of f].

        Raises:
          BudgetError: if all releases were made.
          PrivacyError: for a bound that is none, or records without a unit.
        """
        ranges.require_positive("clip_norm", clip_norm)
        number = self._begin()
        total = _clipped_sum(statistic, records, clip_norm, units=self._units)
        [noisy] = noise.add_gaussian(
            [tf.constant(total, tf.float64)],
            tf.constant(
                [self._noise_multipliers[number] * clip_norm], tf.float64
            ),
            sampler=self._noise_sampler,
            key=key,
            step=tf.constant(number, tf.int64),
        )
        return noisy.numpy() / self._num_examples

    def choose(
        self, candidates: Candidates, records: Any, *, key: tf.Tensor
    ) -> int:
        """Return the number of a candidate with a large score; a release.

        Args:
          candidates: what may be chosen.
          records: all private ones, as for `privatize`.
          key: int64 [4], secret; as for `privatize`.

        Raises:
          BudgetError: if all releases were made.
          PrivacyError: for scores that are not finite, or records without a
            unit.
        """
        number = self._begin()
        total = _clipped_sum(
            candidates.statistic, records, 1.0, units=self._units
        )
        return exponential.choose(
            candidates.scores(total),
            noise_multiplier=self._noise_multipliers[number],
            words=self._words(number, key),
        )

    def _begin(self) -> int:
        """Return the number of the next release, which is spent now."""
        if self._num_released >= len(self._noise_multipliers):
            raise errors.BudgetError(
                f"all {self._num_released} releases of this summary were made."
            )
        self._num_released += 1
        return self._num_released - 1

    def _words(self, number: int, key: tf.Tensor) -> Iterator[int]:
        """Yield the secret random bits of a release, as many as it takes."""
        for step in itertools.count(number, _MOST_RELEASES):
            drawn = keystream.bits(
                [_NUM_WORDS],
                sampler=self._noise_sampler,
                key=key,
                step=tf.constant(step, tf.int64),
            )
            yield from drawn.numpy().tolist()


def combined(noise_multipliers: Sequence[float]) -> float:
    """Return s with 1 / s^2 = sum of 1 / s_j^2.

    Args:
      noise_multipliers: s_j of Gaussian mechanisms over the same records.
    """
    return 1 / math.hypot(*(1 / value for value in noise_multipliers))


def _chunks(
    records: Any, units: np.ndarray | None
) -> Iterator[tuple[Any, np.ndarray | None]]:
    """Yield records in chunks, with the first places of units in each.

    Without units every record is one, and the places are None.
    """
    if units is None:
        for start in range(0, len(records), _CHUNK_SIZE):
            yield records[start : start + _CHUNK_SIZE], None
        return
    if len(units) != len(records):
        raise errors.PrivacyError(
            f"{len(records)} records with {len(units)} units; expected a unit "
            "for each."
        )
    order = np.argsort(units, kind="stable")
    firsts = np.flatnonzero(np.diff(units[order], prepend=-1))
    ends = np.append(firsts[1:], len(order))
    begin = 0
    while begin < len(firsts):
        start = firsts[begin]
        most = np.searchsorted(ends, start + _CHUNK_SIZE, side="right")
        end = max(begin + 1, int(most))
        yield records[order[start : ends[end - 1]]], firsts[begin:end] - start
        begin = end


def _clipped_sum(
    statistic: Statistic,
    records: Any,
    clip_norm: float,
    *,
    units: np.ndarray | None = None,
) -> np.ndarray:
    total = statistic.weighted_sum(
        statistic.prepared(records[:0]), np.zeros([0])
    )
    lost = np.zeros_like(total)
    for some, firsts in _chunks(records, units):
        chunk = statistic.prepared(some)
        norms = statistic.norms(chunk) * _SLACK
        # What has no norm has no bound either, and does not count.
        counts = np.isfinite(norms)
        weights = _weights(
            np.where(counts, norms, 0), counts, firsts, clip_norm
        )
        if not counts.all():
            chunk, weights = chunk[counts], weights[counts]
        total, missing = _add(total, statistic.weighted_sum(chunk, weights))
        lost += missing
    return total + lost


def _weights(
    norms: np.ndarray,
    counts: np.ndarray,
    firsts: np.ndarray | None,
    clip_norm: float,
) -> np.ndarray:
    """Return what each record is multiplied by: alike in a unit."""
    if firsts is None:
        return clip_norm / np.maximum(norms, clip_norm)
    sizes = np.diff(firsts, append=len(norms))
    nums = np.maximum(1, np.add.reduceat(counts, firsts, dtype=np.int64))
    totals = np.add.reduceat(norms, firsts)
    return np.repeat(clip_norm / np.maximum(totals, nums * clip_norm), sizes)


def _add(total: np.ndarray, part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rounded sum, and exactly what it lacks (Knuth's TwoSum)."""
    rounded = total + part
    added = rounded - total
    return rounded, (total - (rounded - added)) + (part - added)
