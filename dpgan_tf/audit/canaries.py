"""Canaries: made records that move one coordinate each, as far as allowed.

A canary is a row of counts with a single one, in a column of its own. The
witness's gradient of it lies in that column alone, in every variable, and is
far longer than the bound: clipped, it is one of m orthonormal directions. A
secret coin puts each canary in the data, or leaves it out, for the whole audit
(Steinke, Nasr, Jagielski 2023). Coins, samples and noise of different columns
are independent, and so are the canaries' scores.

Spoiled canaries have a gradient that is not a number. They must count as zero:
whether one is in the data must not show at all.
"""

import dataclasses

import numpy as np

from dpgan_tf.data import records

_COUNTS = records.Scale(1, 0.0)
"""A count of one is the number one."""


@dataclasses.dataclass(frozen=True, eq=False)
class Canaries:
    """m canaries, and which of them are in the data.

    Attributes:
      is_in: bool [m], the coins. Secret while the scores are computed.
      is_spoiled: bool [m].
    """

    is_in: np.ndarray = dataclasses.field(repr=False)
    is_spoiled: np.ndarray = dataclasses.field(repr=False)

    def __len__(self) -> int:
        return len(self.is_in)

    @property
    def numbers(self) -> np.ndarray:
        """Numbers of the canaries that are in the data, int64 [n]."""
        return np.flatnonzero(self.is_in)

    def records(self) -> records.PrivateRecords:
        """Return the made records that a run would be given.

        Returns:
          Rows of counts, uint8 [n, m], one for each canary in the data.
        """
        rows = np.zeros([len(self.numbers), len(self)], np.uint8)
        rows[np.arange(len(rows)), self.numbers] = 1
        return records.PrivateRecords(rows, scale=_COUNTS)


def toss(
    num: int, *, num_spoiled: int, generator: np.random.Generator
) -> Canaries:
    """Toss a fair coin for each canary.

    Args:
      num: number of canaries that are not spoiled.
      num_spoiled: number of spoiled canaries.
      generator: source of the coins.
    """
    total = num + num_spoiled
    return Canaries(
        is_in=generator.integers(0, 2, total).astype(bool),
        is_spoiled=np.arange(total) >= num,
    )
