"""Canaries: made records that move one coordinate each, as far as allowed.

A canary is a row of counts with a single one, in a column of its own. The
witness's gradient of it lies in that column alone, in every variable, and is
far longer than the bound: clipped, it is one of m orthonormal directions. A
secret coin puts each canary in the data, or leaves it out, for the whole audit
(Steinke, Nasr, Jagielski 2023). Coins, samples and noise of different columns
are independent, and so are the canaries' scores.

Where a person with up to L records is the unit of privacy, so is a canary: it
has one record or several, all alike, which count as their mean.

Spoiled canaries have a gradient that is not a number. They must count as zero:
whether one is in the data must not show at all.
"""

import dataclasses

import numpy as np

from dpgan_tf.data import records

_COUNTS = records.Scale(1, 0.0)
"""A count of one is the number one."""
_MOST_RECORDS = 4
"""Most records of a canary, however many a unit may have."""


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

    def owners(self, *, most_records_per_unit: int) -> np.ndarray:
        """Return the number of the canary that each record is of, int64 [r].

        Args:
          most_records_per_unit: number L of a unit's records at most.
        """
        most = min(most_records_per_unit, _MOST_RECORDS)
        return np.repeat(self.numbers, 1 + self.numbers % most)

    def units(self, *, most_records_per_unit: int) -> np.ndarray | None:
        """Return the unit of each record, int64 [r]; None if each is one.

        Args:
          most_records_per_unit: number L of a unit's records at most.
        """
        if most_records_per_unit == 1:
            return None
        owners = self.owners(most_records_per_unit=most_records_per_unit)
        return np.searchsorted(self.numbers, owners)

    def records(
        self, *, most_records_per_unit: int = 1
    ) -> records.PrivateRecords:
        """Return the made records that a run would be given.

        Args:
          most_records_per_unit: number L of a unit's records at most.

        Returns:
          Rows of counts, uint8 [r, m], those of each canary in the data.
        """
        size = {"most_records_per_unit": most_records_per_unit}
        owners = self.owners(**size)
        rows = np.zeros([len(owners), len(self)], np.uint8)
        rows[np.arange(len(rows)), owners] = 1
        return records.PrivateRecords(
            rows, scale=_COUNTS, units=self.units(**size)
        )


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
