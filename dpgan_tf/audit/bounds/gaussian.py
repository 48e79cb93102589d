"""A lower bound of mu, if the scores are Gaussian with one deviation.

Without subsampling they are: the sum over T steps of a canary's coordinate is
N(0, T), or N(T / sigma_eff, T). The difference of the means over the deviation
is mu, and Student's statistic has a noncentral distribution, which gives an
exact bound. With subsampling the scores of those in the data are a mixture, and
this is an approximation.
"""

import math

import numpy as np
from scipy import optimize
from scipy import stats


def mu(scores: np.ndarray, is_in: np.ndarray) -> float:
    """Return the difference of the means over the common deviation.

    Args:
      scores: finite, [m].
      is_in: bool [m], at least two of each.
    """
    there, gone = scores[is_in], scores[~is_in]
    squares = sum(np.sum((part - part.mean()) ** 2) for part in (there, gone))
    deviation = math.sqrt(squares / (len(scores) - 2))
    return float((there.mean() - gone.mean()) / deviation)


def lower_mu(
    estimate: float, *, num_in: int, num_out: int, error: float
) -> float:
    """Return a lower bound of mu, at least 0.

    Args:
      estimate: result of `mu`.
      num_in: number of canaries that are in the data.
      num_out: number of canaries that are not.
      error: probability that the bound is wrong.
    """
    unit = math.sqrt(1 / num_in + 1 / num_out)
    freedom = num_in + num_out - 2

    def excess(shift: float) -> float:
        tail = stats.nct.sf(estimate / unit, freedom, shift / unit)
        return tail - error

    if estimate <= 0 or excess(0.0) >= 0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, estimate))


def epsilon(mu: float, *, delta: float) -> float:
    """Return the epsilon of a mu-Gaussian mechanism (Balle and Wang, 2018).

    Args:
      mu: at least 0.
      delta: in (0, 1).
    """
    if mu == 0 or _delta(0.0, mu) <= delta:
        return 0.0
    most = mu**2 / 2 + mu * stats.norm.isf(delta)
    return float(optimize.brentq(lambda e: _delta(e, mu) - delta, 0.0, most))


def _delta(epsilon: float, mu: float) -> float:
    left = stats.norm.cdf(mu / 2 - epsilon / mu)
    right = stats.norm.logcdf(-mu / 2 - epsilon / mu)
    return float(left - math.exp(epsilon + right))
