"""Marginals of pairs of blocks of a table, and which of them to measure.

A row x has at most one 1 in each block. The marginal of blocks a and b is the
sum of outer products f(x) = x_a x_b^T, which has at most one 1, too.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from dpgan_tf.privacy.summary import summary

CLIP_NORM = 1.0
"""Bound of a row's part in a marginal, which no valid row exceeds."""


def ends(blocks: Sequence[int]) -> list[slice]:
    """Return the columns of each block.

    Args:
      blocks: sizes of the blocks, in order.
    """
    stops = np.cumsum(blocks).tolist()
    return [
        slice(stop - size, stop)
        for stop, size in zip(stops, blocks, strict=True)
    ]


@dataclasses.dataclass(frozen=True)
class Marginal(summary.Statistic):
    """The marginal of two blocks; |f| = |x_a| |x_b|.

    Attributes:
      first: the first block's columns, from and to.
      second: the second block's columns.
    """

    first: tuple[int, int]
    second: tuple[int, int]

    def norms(self, records: np.ndarray) -> np.ndarray:
        """As `summary.Statistic.norms`, of uint8 [c, columns]."""
        first, second = self._parts(records)
        return np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [cells of both]."""
        first, second = self._parts(records)
        return ((first * weights[:, None]).T @ second).ravel()

    def _parts(self, records: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (
            records[:, slice(*self.first)].astype(np.float64),
            records[:, slice(*self.second)].astype(np.float64),
        )


@dataclasses.dataclass(frozen=True)
class AllMarginals(summary.Statistic):
    """The marginals of all pairs of blocks, x x^T, for scores alone.

    Attributes:
      blocks: sizes of the blocks, in order.
    """

    blocks: tuple[int, ...]

    def norms(self, records: np.ndarray) -> np.ndarray:
        """Return the largest sum of |f| in any marginal, float64 [c].

        Clipped to 1, a row moves the l1 norm of each marginal by at most 1.

        Args:
          records: uint8 [c, columns].
        """
        starts = np.cumsum((0, *self.blocks[:-1]))
        ones = np.add.reduceat(records.astype(np.float64), starts, axis=1)
        return ones.max(axis=1) ** 2

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [columns, columns]."""
        rows = records.astype(np.float64)
        return (rows * weights[:, None]).T @ rows


@dataclasses.dataclass(frozen=True, eq=False)
class Candidates(summary.Candidates):
    """Pairs of blocks, by how far a generator is from their marginals.

        score(a, b) = | sum_i f(x_i) - n p |_1 - penalty

    A row in or out moves it by at most 1 (McKenna et al. 2022, AIM, lemma 1).

    Attributes:
      blocks: sizes of the blocks, in order.
      pairs: the candidates, numbers of their blocks.
      expected: n p, counts that the generator expects, float64 [columns,
        columns]; private already.
      penalties: public, float64 [candidates].
    """

    blocks: tuple[int, ...]
    pairs: Sequence[tuple[int, int]]
    expected: np.ndarray
    penalties: np.ndarray

    @property
    def statistic(self) -> AllMarginals:
        """As `summary.Candidates.statistic`."""
        return AllMarginals(self.blocks)

    def scores(self, total: np.ndarray) -> np.ndarray:
        """As `summary.Candidates.scores`, of float64 [columns, columns]."""
        columns = ends(self.blocks)
        errors = np.abs(total - self.expected)
        found = [errors[columns[a], columns[b]].sum() for a, b in self.pairs]
        return np.array(found) - self.penalties


def marginal(blocks: Sequence[int], pair: tuple[int, int]) -> Marginal:
    """Return the statistic of a pair.

    Args:
      blocks: sizes of the blocks, in order.
      pair: numbers of its blocks.
    """
    first, second = (ends(blocks)[number] for number in pair)
    return Marginal((first.start, first.stop), (second.start, second.stop))
