"""Poisson samples of many units, by the gaps between those that are drawn.

Each of n units is in a sample independently with probability q. One uniform a
unit would cost O(n) in every step. The number of units between two drawn ones
is geometric, P[gap >= j] = s^j with s = 1 - q, and a gap is a single draw: a
sample costs O(q n).

A gap is the number of j in 1, ..., G with U < s^j. It ends at G, where nothing
was found yet and another draw goes on: a geometric gap has no memory. U has 128
bits, and is compared with s^j itself, never with a rounded one. Only if all 128
bits are those of s^j is the answer not known, and taken as no: for a draw this
has a probability below G 2^-128 < 2^-112, far below that of guessing the key.
"""

import dataclasses
import math
from typing import Self

import numpy as np

from dpgan_tf.privacy import keystream

STEPS = 2**52
"""A probability is a whole number of steps of 2**-52."""

_WORD = 64
_WORDS = 3
"""Words of a draw: 128 bits of U, and a random id."""

_ID_BITS = 52
_LONGEST = 2**16
_GUARD = 128
"""Bits beyond a word, in which powers of s are rounded down."""

_DEVIATIONS = 8
"""Standard deviations above the mean of draws that are tried at first."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Gaps:
    """The law of gaps.

    Attributes:
      steps: probability q of a unit, in steps of 2**-52: 1 to `STEPS`.
      powers: the first 64 bits of s^G, ..., s^1, which rise: uint64 [G].
    """

    steps: int
    powers: np.ndarray

    @classmethod
    def of(cls, steps: int) -> Self:
        """Return the law for a probability.

        Args:
          steps: the probability, in steps of 2**-52.

        Raises:
          ValueError: if it is not positive, or above 1.
        """
        if not 0 < steps <= STEPS:
            raise ValueError(f"steps={steps}; expected 1 to 2**52.")
        longest = min(-(-STEPS // steps), _LONGEST)
        return cls(steps=steps, powers=_powers(steps, longest))

    def sample(
        self, num_units: int, *, key: np.ndarray, step: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw a sample of a step from its ChaCha20 stream.

        A unit's draw does not depend on how many units come behind it.

        Args:
          num_units: number n of units, at least 1.
          key: int64 [4], secret.
          step: number of the step.

        Returns:
          Numbers of the drawn units, rising, int64 [b]; and a random id of each
          that is uniform below 2**52, int64 [b].
        """
        num_draws = self._first_guess(num_units)
        while True:
            words = keystream.chacha20(_WORDS * num_draws, key=key, step=step)
            words = words.reshape(num_draws, _WORDS)
            gaps = self.lengths(words[:, 0], words[:, 1])
            is_drawn = gaps < len(self.powers)
            ends = np.cumsum(gaps + is_drawn)
            if ends[-1] >= num_units:
                break
            num_draws *= 2
        is_drawn &= ends <= num_units
        ids = words[is_drawn, 2] >> np.uint64(_WORD - _ID_BITS)
        return ends[is_drawn] - 1, ids.astype(np.int64)

    def lengths(self, high: np.ndarray, low: np.ndarray) -> np.ndarray:
        """Return how many of s^1, ..., s^G are above each U.

        Args:
          high: first 64 bits of U, uint64 [k].
          low: its next 64 bits, uint64 [k].

        Returns:
          int64 [k], 0 to G.
        """
        longest = len(self.powers)
        places = np.searchsorted(self.powers, high, side="right")
        lengths = longest - places
        is_close = self.powers[places - 1] == high
        is_close &= places > 0
        for i in np.flatnonzero(is_close):
            lengths[i] += self._is_below(
                (int(high[i]) << _WORD) + int(low[i]), int(lengths[i]) + 1
            )
        return lengths

    def _is_below(self, bits: int, exponent: int) -> bool:
        """Return whether 128 bits of U are below those of a power of s."""
        power = (STEPS - self.steps) ** exponent << 2 * _WORD
        return bits < power // STEPS**exponent

    def _first_guess(self, num_units: int) -> int:
        """Return a number of draws that nearly always reaches all units."""
        length = -math.expm1(len(self.powers) * self._log_rest()) * STEPS
        mean = num_units * self.steps / length
        return math.ceil(mean + _DEVIATIONS * math.sqrt(mean) + _DEVIATIONS)

    def _log_rest(self) -> float:
        """Return the logarithm of s; nearly minus infinity for q = 1."""
        return math.log1p(-min(self.steps / STEPS, 1 - 2**-_ID_BITS))


def _powers(steps: int, longest: int) -> np.ndarray:
    """Return the first 64 bits of s^longest, ..., s^1, each rounded down.

    A power that is rounded down j times is too small by less than j steps of
    2**-192. Where so little could change its first bits, they are computed from
    the power itself.
    """
    found = np.empty(longest, np.uint64)
    power = 1 << (_WORD + _GUARD)
    for j in range(1, longest + 1):
        power = power * (STEPS - steps) // STEPS
        bits = power >> _GUARD
        if (power + j) >> _GUARD != bits:
            bits = ((STEPS - steps) ** j << _WORD) // STEPS**j
        found[longest - j] = bits
    return found
