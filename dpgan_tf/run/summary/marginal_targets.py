"""What noisy marginals say together: the target that a generator is fitted to.

Everything here follows from marginals that are private already, and costs no
more privacy.
"""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from dpgan_tf.privacy.summary import pair_marginals

_LEAST_CREDIBLE = 0.1
"""Least part of a pair's noisy dependence that is believed."""

_UNMEASURED_WEIGHT = 0.1
"""Weight of independence where nothing was measured; a measured pair has 1 or
more. Ours, by trials on UCI Adult (runs/LOG.md)."""

_LEAST_SIZE = 0.5
"""Least number of records over the declared one that noise may suggest."""

_LEAST_MEAN = 1e-6


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Marginals:
    """Noisy marginals of blocks of columns; private, hence free to look at.

    Attributes:
      means: noisy means of all columns, float64 [columns].
      pairs: numbers of the blocks of each measured pair, float64 [m, 2].
      values: their noisy marginals, row by row, float64 [cells of all pairs].
      deviations: of the noise in means, and in marginals of pairs, float64 [2].
    """

    means: np.ndarray
    pairs: np.ndarray
    values: np.ndarray
    deviations: np.ndarray

    def tables(
        self, blocks: Sequence[int]
    ) -> dict[tuple[int, int], np.ndarray]:
        """Return each pair's marginal, float64 [cells of a, cells of b].

        Args:
          blocks: sizes of the blocks, in order.

        Raises:
          ValueError: if there are other marginals than the pairs need.
        """
        pairs = [(a, b) for a, b in self.pairs.astype(np.int64).tolist()]
        if len({*pairs} & {*candidates(blocks, ())}) < len(pairs):
            raise ValueError("the pairs are not those of the schema's columns")
        sizes = [blocks[a] * blocks[b] for a, b in pairs]
        if sum(sizes) != len(self.values) or sum(blocks) != len(self.means):
            raise ValueError("the marginals are not those of the pairs")
        parts = np.split(self.values, np.cumsum(sizes)[:-1]) if pairs else []
        return {
            (a, b): part.reshape(blocks[a], blocks[b])
            for (a, b), part in zip(pairs, parts, strict=True)
        }


def size(marginals: Marginals, blocks: Sequence[int]) -> float:
    """Return the number of records, over the declared one, as blocks tell it.

    Every record is in one column of each block of several. A few more or fewer
    records than were declared would otherwise look like missing shares.

    Args:
      marginals: what was measured.
      blocks: sizes of the blocks, in order.

    Returns:
      The precision-weighted mean of their totals; 1 if no block tells it.
    """
    columns = pair_marginals.ends(blocks)
    of_means, of_pairs = marginals.deviations**-2.0
    found = [
        (of_means / len(means), means.sum())
        for means in (marginals.means[each] for each in columns)
        if len(means) > 1
    ] + [
        (of_pairs / table.size, table.sum())
        for table in marginals.tables(blocks).values()
        if min(table.shape) > 1
    ]
    if not found:
        return 1.0
    weights, totals = np.transpose(found)
    return float(np.clip(weights @ totals / weights.sum(), _LEAST_SIZE, 2.0))


def of_one(marginals: Marginals, blocks: Sequence[int]) -> Marginals:
    """Return marginals whose blocks have a total near 1.

    Args:
      marginals: what was measured.
      blocks: sizes of the blocks, in order.
    """
    whole = size(marginals, blocks)
    return Marginals(
        means=marginals.means / whole,
        pairs=marginals.pairs,
        values=marginals.values / whole,
        deviations=marginals.deviations / whole,
    )


def means(marginals: Marginals, blocks: Sequence[int]) -> np.ndarray:
    """Return means that blocks can have, from all that was measured.

    A block's means are measured by themselves, and by each pair's marginal; all
    are averaged by their precision. Noise makes some negative: those of a block
    are projected to the nearest ones that are not, and have the sum 1.

    Args:
      marginals: what was measured.
      blocks: sizes of the blocks, in order.

    Returns:
      float64 [columns], in (0, 1).
    """
    marginals = of_one(marginals, blocks)
    of_means, of_pairs = marginals.deviations**-2.0
    columns = pair_marginals.ends(blocks)
    totals = [of_means * marginals.means[each] for each in columns]
    precisions = [of_means] * len(blocks)
    for pair, table in marginals.tables(blocks).items():
        for place, other in ((0, 1), (1, 0)):
            # A block of one does not say who is in none of its cells.
            if blocks[pair[other]] > 1:
                precision = of_pairs / blocks[pair[other]]
                totals[pair[place]] += precision * table.sum(axis=other)
                precisions[pair[place]] += precision
    found = [
        _possible(total / precision)
        for total, precision in zip(totals, precisions, strict=True)
    ]
    return np.concatenate(found)


def _possible(noisy: np.ndarray) -> np.ndarray:
    """Return the nearest shares, with a sum of 1 if there are several."""
    if len(noisy) > 1:
        descending = np.sort(noisy)[::-1]
        shifts = (np.cumsum(descending) - 1) / np.arange(1, len(noisy) + 1)
        noisy = noisy - shifts[np.flatnonzero(descending > shifts)[-1]]
    return np.clip(noisy, _LEAST_MEAN, 1 - _LEAST_MEAN)


def target(
    marginals: Marginals, blocks: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return what mean products of columns should be, and their weights.

    A pair's marginal is drawn towards independence by as much as it does not
    stand out from its noise (empirical Bayes, one variance for all cells of a
    pair). A pair that was not measured is thought independent, with a small
    weight. Products within a block have no weight.

    Args:
      marginals: what was measured.
      blocks: sizes of the blocks, in order.

    Returns:
      Target and weights, symmetric float64 [columns, columns], with means on
      the diagonal.
    """
    mean = means(marginals, blocks)
    marginals = of_one(marginals, blocks)
    wanted = np.outer(mean, mean)
    weights = np.full_like(wanted, _UNMEASURED_WEIGHT)
    columns = pair_marginals.ends(blocks)
    for each in columns:
        weights[each, each] = 0.0
    variance = marginals.deviations[1] ** 2
    for (a, b), table in marginals.tables(blocks).items():
        at = columns[a], columns[b]
        excess = table - wanted[at]
        credible = max(
            _LEAST_CREDIBLE, 1 - variance / max(np.mean(excess**2), 1e-300)
        )
        wanted[at] += credible * excess
        weights[at] = 1 / credible
        wanted[at[::-1]], weights[at[::-1]] = wanted[at].T, weights[at].T
    np.fill_diagonal(wanted, mean)
    np.fill_diagonal(weights, 2 * variance / marginals.deviations[0] ** 2)
    return wanted, weights


def candidates(
    blocks: Sequence[int], chosen: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the pairs of blocks that were not chosen yet.

    Args:
      blocks: sizes of the blocks, in order.
      chosen: the pairs that were.
    """
    every = itertools.combinations(range(len(blocks)), 2)
    return [pair for pair in every if pair not in set(chosen)]
