"""The losses of one step for several records of one unit.

Each of K records enters a step's sample on its own, with probability q, so that
b of them do with a binomial probability w_b; together they move the sum by at
most b times the bound. The worst pair of outcomes is (Ganesh 2024, on mixtures
of Gaussians)

    P = sum over b of w_b N(b, s^2),    Q = N(0, s^2),

and its loss l(z) = log sum of w_b exp((2 b z - b^2) / 2 s^2) grows with z.
A delta at epsilon is P(l > epsilon) - e^epsilon Q(l > epsilon), and with P and
Q exchanged for the other direction. The library joins deltas on a grid to an
upper bound of the losses.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from dp_accounting.pld import pld_pmf
from dp_accounting.pld import privacy_loss_distribution
from scipy import special
from scipy import stats

_DEVIATIONS = 10.0
"""Outcomes further away, of probability 1e-23, count as fully revealing."""

_FIRST_GUESSES = 20_001
_NEWTON_STEPS = 3

_Numbers = npt.NDArray[np.float64]


class SampledGroup:
    """One step, with noise multiplier s, on K records of one unit."""

    def __init__(self, q: float, s: float, *, num_records: int) -> None:
        """Keep the numbers of the step.

        Args:
          q: sampling probability of each record.
          s: effective noise multiplier.
          num_records: number K of records.
        """
        self.s = s
        self.sizes = range(num_records + 1)
        self.weights = stats.binom.pmf(self.sizes, num_records, q)

    def pld(
        self, interval: float
    ) -> privacy_loss_distribution.PrivacyLossDistribution:
        """Return an upper bound of the losses of both directions.

        Args:
          interval: distance of losses on the grid.
        """
        far = _DEVIATIONS * self.s
        ends = np.array([-far, far, self.sizes[-1] + far])
        lowest, middle, highest = self.losses(ends) / interval
        return privacy_loss_distribution.PrivacyLossDistribution(
            _joined(self.remove_deltas, lowest, highest, interval),
            _joined(self.add_deltas, -middle, -lowest, interval),
        )

    def losses(self, z: _Numbers) -> _Numbers:
        """Return the loss of each outcome.

        Args:
          z: [m], outcomes over the bound.
        """
        total = np.full_like(z, -math.inf)
        for part in self._parts(z):
            total = np.logaddexp(total, part)
        return total

    def remove_deltas(self, epsilons: _Numbers) -> _Numbers:
        """Return delta of P against Q.

        Args:
          epsilons: [m], ascending.
        """
        z = self._outcomes(epsilons)
        # In this form no power of e overflows.
        paid = np.exp(epsilons + special.log_ndtr(-z / self.s))
        return np.clip(self._mixed(-z, sign=-1.0) - paid, 0.0, 1.0)

    def add_deltas(self, epsilons: _Numbers) -> _Numbers:
        """Return delta of Q against P.

        Args:
          epsilons: [m], ascending.
        """
        z = self._outcomes(-epsilons)
        with np.errstate(divide="ignore"):
            paid = np.exp(epsilons + np.log(self._mixed(z, sign=1.0)))
        return np.clip(special.ndtr(z / self.s) - paid, 0.0, 1.0)

    def _mixed(self, z: _Numbers, *, sign: float) -> _Numbers:
        """Return the probability under P below z, of the mirrored P for -1."""
        return sum(
            weight * special.ndtr((z - sign * size) / self.s)
            for size, weight in zip(self.sizes, self.weights, strict=True)
        )

    def _outcomes(self, losses: _Numbers) -> _Numbers:
        """Return the outcome with each loss, by Newton's method."""
        far = 1.2 * _DEVIATIONS * self.s
        guesses = np.linspace(-far, self.sizes[-1] + far, _FIRST_GUESSES)
        z = np.interp(losses, self.losses(guesses), guesses)
        for _ in range(_NEWTON_STEPS):
            found = self.losses(z)
            slopes = sum(
                size * np.exp(part - found)
                for size, part in enumerate(self._parts(z))
            ) / (self.s * self.s)
            z -= np.where(slopes > 0, (found - losses) / slopes, 0.0)
            z = np.clip(z, guesses[0], guesses[-1])
        return z

    def _parts(self, z: _Numbers) -> Iterator[_Numbers]:
        """Yield the logarithm of each summand of the ratio of densities."""
        with np.errstate(divide="ignore"):
            logarithms = np.log(self.weights)
        for size, weight in zip(self.sizes, logarithms, strict=True):
            yield weight + size * (2 * z - size) / (2 * self.s * self.s)


def _joined(
    deltas_at: Callable[[_Numbers], _Numbers],
    lowest: float,
    highest: float,
    interval: float,
) -> pld_pmf.PLDPmf:
    """Return the library's distribution for deltas on a grid.

    A delta that rounding puts below a later one is raised to it.
    """
    first, last = math.floor(lowest), math.ceil(highest)
    epsilons = np.arange(first, last + 1) * interval
    deltas = np.maximum.accumulate(deltas_at(epsilons)[::-1])[::-1]
    return pld_pmf.create_pmf_pessimistic_connect_dots_fixed_gap(
        interval, first, last, deltas
    )
