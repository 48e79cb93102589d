"""Shares of rows up to each cell of a fine grid, with little noise in each.

Sums of many noisy cells would add their noise. So the mechanism is given
B h instead of the histogram h, where B B is the matrix of ones on and below
the diagonal, that of all sums h_0 + ... + h_j; B times what is released are
the sums, and the length of the noise grows as the logarithm of the cells
(Fichtenberger, Henzinger, Upadhyay 2022):

    B_ij = b_(i-j),   b_0 = 1,   b_k = b_(k-1) (2 k - 1) / (2 k)

A row in cell j of a column adds the column j of B: no column of B is longer
than the first.
"""

import dataclasses
import functools

import numpy as np

from dpgan_tf.privacy.summary import summary


def root(size: int) -> np.ndarray:
    """Return the matrix B, float64 [size, size].

    Args:
      size: number of cells.
    """
    k = np.arange(1, size)
    firsts = np.cumprod(np.append(1.0, (2 * k - 1) / (2 * k)))
    places = np.subtract.outer(np.arange(size), np.arange(size))
    return np.where(places >= 0, firsts[np.abs(places)], 0.0)


@dataclasses.dataclass(frozen=True)
class PrefixSums(summary.Statistic):
    """The columns of B of the cells that a row is in, one for each column.

    Attributes:
      grids: places of each column's cells in a row, from and to. A row that is
        in none of them adds nothing there; of several, the first counts.
    """

    grids: tuple[tuple[int, int], ...]

    @property
    def clip_norm(self) -> float:
        """The norm of a row in the first cell of each grid, the largest."""
        firsts = np.zeros([1, len(self.grids)], np.int64)
        return float(self.norms(firsts)[0])

    def prepared(self, records: np.ndarray) -> np.ndarray:
        """Return the cells of rows, int64 [c, grids]; one too many for none.

        Args:
          records: uint8 0 or 1 [c, columns].
        """
        found = np.empty([len(records), len(self.grids)], np.int64)
        for number, (start, stop) in enumerate(self.grids):
            cells = records[:, start:stop] != 0
            found[:, number] = np.where(
                cells.any(axis=1), cells.argmax(axis=1), stop - start
            )
        return found

    def norms(self, records: np.ndarray) -> np.ndarray:
        """As `summary.Statistic.norms`, of cells int64 [c, grids]."""
        squares = np.zeros([len(records)])
        for number, table in enumerate(self._tables):
            squares += np.square(table).sum(axis=1)[records[:, number]]
        return np.sqrt(squares)

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [cells of all grids]."""
        return np.concatenate(
            [
                weights @ table[records[:, number]]
                for number, table in enumerate(self._tables)
            ]
        )

    def shares(self, released: np.ndarray) -> list[np.ndarray]:
        """Return the shares of rows up to each cell, float64 [cells] a grid.

        Args:
          released: mean of this statistic, with noise, float64 [cells of all
            grids].
        """
        sizes = [stop - start for start, stop in self.grids]
        parts = np.split(released, np.cumsum(sizes)[:-1])
        return [root(len(part)) @ part for part in parts]

    @property
    def growth(self) -> float:
        """Largest deviation in `shares` over that of the mean's noise."""
        sizes = [stop - start for start, stop in self.grids]
        return max(float(np.linalg.norm(root(size)[-1])) for size in sizes)

    @functools.cached_property
    def _tables(self) -> list[np.ndarray]:
        """What a row in each cell adds, float64 [cells + 1, cells] a grid.

        The last adds nothing.
        """
        return [
            np.pad(root(stop - start).T, ((0, 1), (0, 0)))
            for start, stop in self.grids
        ]
