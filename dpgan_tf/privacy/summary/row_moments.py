"""Private moments of rows: the mean of each column, and of pairs of columns.

The mean comes first. With it, which is public from then on, rows are centred
and scaled, so that rare columns count, and products of pairs of columns follow:

    y_j = (x_j - m_j) v_j^(-1/4),   v_j = max(m_j (1 - m_j), FLOOR)
    f(x) = ( y_i y_j )_{i < j},     |f(x)|^2 = ( (sum y^2)^2 - sum y^4 ) / 2

Rows with many codes are long, and the clip leaves them a weight w(x) < 1: their
codes would seem to depend on each other less than they do. So the mean of w x,
b_j m_j, is released as well, and the mean of y_i y_j is divided by
sqrt(b_i b_j). Which is post-processing: the clip itself stays as it is.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import summary

FLOOR = 4e-3
"""The least variance that a column is scaled by."""

_LEAST_KEPT = 0.1
"""Least mean weight of a column that is believed."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """What a summary of rows shows; private, hence free to be looked at.

    Attributes:
      mean: float64 [columns], in (0, 1).
      pairs: float64 [columns, columns], mean products of pairs of columns that
        are centred and scaled, with noise, zero on the diagonal; None if the
        summary has none.
    """

    mean: np.ndarray
    pairs: np.ndarray | None = None

    @property
    def scale(self) -> np.ndarray:
        """What a centred column is multiplied by, float64 [columns]."""
        return column_scale(self.mean)


@dataclasses.dataclass(frozen=True)
class RowStatistic(summary.Statistic):
    """The row itself, f(x) = x.

    Attributes:
      largest: count that becomes 1.
    """

    largest: int

    def norms(self, records: np.ndarray) -> np.ndarray:
        """As `summary.Statistic.norms`, of uint8 [c, columns]."""
        return np.linalg.norm(self._rows(records), axis=1)

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [columns]."""
        return weights @ self._rows(records)

    def _rows(self, records: np.ndarray) -> np.ndarray:
        return records.astype(np.float64) / self.largest


@dataclasses.dataclass(frozen=True, eq=False)
class PairStatistic(summary.Statistic):
    """Products of all pairs of columns, centred and scaled.

    Attributes:
      largest: count that becomes 1.
      mean: public by now, float64 [columns].
    """

    largest: int
    mean: np.ndarray

    def norms(self, records: np.ndarray) -> np.ndarray:
        """As `summary.Statistic.norms`, of uint8 [c, columns]."""
        squares = self._rows(records) ** 2
        # The difference may round to less than it is: relative to the first.
        first, second = squares.sum(axis=1) ** 2, (squares**2).sum(axis=1)
        return np.sqrt((first * (1 + 1e-9) - second) / 2)

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [pairs]."""
        rows = self._rows(records)
        products = (rows * weights[:, None]).T @ rows
        return products[np.triu_indices(len(self.mean), 1)]

    def _rows(self, records: np.ndarray) -> np.ndarray:
        rows = records.astype(np.float64) / self.largest
        return (rows - self.mean) * column_scale(self.mean)


@dataclasses.dataclass(frozen=True, eq=False)
class KeptStatistic(summary.Statistic):
    """The row times the weight that the clip of its pairs leaves it.

    Attributes:
      pairs: the statistic that is clipped.
      clip_norm: its bound.
    """

    pairs: PairStatistic
    clip_norm: float

    def norms(self, records: np.ndarray) -> np.ndarray:
        """As `summary.Statistic.norms`, of uint8 [c, columns]."""
        return np.linalg.norm(self._rows(records), axis=1)

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [columns]."""
        return weights @ self._rows(records)

    def _rows(self, records: np.ndarray) -> np.ndarray:
        kept = self.clip_norm / np.maximum(
            self.pairs.norms(records), self.clip_norm
        )
        rows = records.astype(np.float64) / self.pairs.largest
        return kept[:, None] * rows


def take(
    mechanism: summary.SummaryMechanism,
    rows: np.ndarray,
    *,
    largest: int,
    row_clip_norm: float,
    pair_clip_norm: float | None,
    key: tf.Tensor,
) -> Moments:
    """Release the means, and the pairs if they are asked for.

    Args:
      mechanism: for one release, or three with pairs; nothing released yet.
      rows: all private rows, uint8 [n, columns].
      largest: the largest count, which becomes 1.
      row_clip_norm: bound on the norm of a row, public.
      pair_clip_norm: bound on the norm of a row's pairs, public; None for a
        summary without them.
      key: int64 [4], secret and fresh.
    """
    noisy = mechanism.privatize(
        RowStatistic(largest), rows, clip_norm=row_clip_norm, key=key
    )
    mean = possible_means(noisy)
    if pair_clip_norm is None:
        return Moments(mean=mean)
    statistic = PairStatistic(largest, mean)
    kept = mechanism.privatize(
        KeptStatistic(statistic, pair_clip_norm),
        rows,
        clip_norm=row_clip_norm,
        key=key,
    )
    products = mechanism.privatize(
        statistic, rows, clip_norm=pair_clip_norm, key=key
    )
    pairs = np.zeros([len(mean), len(mean)])
    pairs[np.triu_indices(len(mean), 1)] = products
    weights = kept_weights(
        mean, kept, deviation=mechanism.deviation(1, clip_norm=row_clip_norm)
    )
    pairs /= np.sqrt(np.outer(weights, weights))
    return Moments(mean=mean, pairs=pairs + pairs.T)


def kept_weights(
    mean: np.ndarray, kept: np.ndarray, *, deviation: float
) -> np.ndarray:
    """Return the mean weight b_j of the rows that have a column.

    A column that is rare beside the noise has the weight of all of them, and
    where all are, nothing is thought to be lost.

    Args:
      mean: of the columns, in (0, 1).
      kept: noisy means of w x, float64 [columns].
      deviation: of their noise.

    Returns:
      float64 [columns], in [`_LEAST_KEPT`, 1].
    """
    doubt = 10 * deviation
    of_sum = doubt * np.sqrt(len(mean))
    common = (kept.sum() + of_sum) / (mean.sum() + of_sum)
    common = float(np.clip(common, _LEAST_KEPT, 1.0))
    return np.clip((kept + doubt * common) / (mean + doubt), _LEAST_KEPT, 1.0)


def column_scale(mean: np.ndarray) -> np.ndarray:
    """Return what a centred column is multiplied by, v^(-1/4).

    Args:
      mean: of the columns, in [0, 1].
    """
    return np.maximum(mean * (1 - mean), FLOOR) ** -0.25


def possible_means(noisy: np.ndarray) -> np.ndarray:
    """Return means in (0, 1) whose sum is that of the noisy ones.

    Noise makes many rare columns negative; to raise those alone would add
    codes to every row. All are lowered by one number until the sum is right
    ("norm-sub", Wang et al. 2020).

    Args:
      noisy: float64 [columns].
    """
    least = 1e-6
    total = max(noisy.sum(), least * len(noisy))
    descending = np.sort(noisy)[::-1]
    counts = np.arange(1, len(noisy) + 1)
    shifts = (np.cumsum(descending) - total) / counts
    positive = np.nonzero(descending > shifts)[0]
    shift = shifts[positive[-1]] if len(positive) else 0.0
    return np.clip(noisy - shift, least, 1 - least)
