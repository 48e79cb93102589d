"""What an audit found: bounds, and whether the claim is refuted.

A few tests decide: the counts at three thresholds, and those of the spoiled
canaries, against the curve of the claimed plan. The refutation assumes nothing
but that canaries are independent. The tests share the probability of an error.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from dpgan_tf.audit import canaries as made
from dpgan_tf.audit import cases
from dpgan_tf.audit.bounds import exact
from dpgan_tf.audit.bounds import family
from dpgan_tf.audit.bounds import free
from dpgan_tf.audit.bounds import gaussian
from dpgan_tf.audit.bounds import thresholds
from dpgan_tf.privacy.accounting import accounting

CONFIDENCE = 0.95
ERROR = 1 - CONFIDENCE
_SHARES = (0.72, 0.09, 0.09, 0.1)
"""Shares of the tests: three thresholds, the best first, and the spoiled."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Findings:
    """What an audit found.

    Attributes:
      epsilon: epsilon of the claim.
      tests: outcomes of the tests at three thresholds, the best one first, and
        of the spoiled canaries.
      p_value: how surprising they are together if the claim holds.
      num_not_numbers: number of canaries outside of the data whose sum was not
        a number, which no noise makes.
      factor: most noise that is plausible, over the claimed noise.
      epsilon_of_family: lower bound among mechanisms like the claimed one.
      epsilon_of_counts: lower bound that assumes nothing.
      mu: difference of the mean scores over their deviation; None if a score
        is not finite.
      mu_at_least: lower bound of it, for Gaussian scores.
      epsilon_of_mu: epsilon of that bound.
    """

    epsilon: float
    tests: tuple[exact.Counts, ...]
    p_value: float
    num_not_numbers: int
    factor: float
    epsilon_of_family: float
    epsilon_of_counts: float
    mu: float | None
    mu_at_least: float | None
    epsilon_of_mu: float | None

    @property
    def is_refuted(self) -> bool:
        """Whether the claim is refuted."""
        return self.p_value < ERROR or self.num_not_numbers > 0


def of_scores(
    case: cases.Case, canaries: made.Canaries, scores: np.ndarray
) -> Findings:
    """Return what scores show of a case.

    Args:
      case: what was audited.
      canaries: m canaries.
      scores: log-likelihood ratios, [m]; NaN where a sum was not a number.
    """
    usual = ~canaries.is_spoiled
    is_in, of_usual = canaries.is_in[usual], shown(scores[usual])
    found = tests(case, canaries, scores)
    factor = family.largest_factor(
        case.plan, lambda curve: joint_p_value(found, curve), error=ERROR
    )
    return Findings(
        epsilon=case.epsilon,
        tests=found,
        p_value=joint_p_value(found, family.presence(case.plan)),
        num_not_numbers=int(np.isnan(scores[~canaries.is_in]).sum()),
        factor=factor,
        epsilon_of_family=_epsilon(case, factor),
        epsilon_of_counts=free.epsilon(
            of_usual, is_in, delta=case.delta, error=ERROR
        ),
        **_gaussian(of_usual, is_in, case.delta),
    )


def tests(
    case: cases.Case, canaries: made.Canaries, scores: np.ndarray
) -> tuple[exact.Counts, ...]:
    """Return the outcomes of the tests, in the order of their shares.

    Args:
      case: what was audited.
      canaries: m canaries.
      scores: log-likelihood ratios, [m]; NaN where a sum was not a number.
    """
    usual, is_in = ~canaries.is_spoiled, canaries.is_in
    chosen = thresholds.choose(
        family.presence(case.plan),
        num_in=int(np.sum(usual & is_in)),
        num_out=int(np.sum(usual & ~is_in)),
    )
    groups = [(usual, threshold) for threshold in chosen]
    return tuple(
        exact.count(shown(scores[group]), is_in[group], threshold=threshold)
        for group, threshold in [*groups, (~usual, chosen[0])]
    )


def joint_p_value(
    outcomes: Sequence[exact.Counts], curve: exact.Curve
) -> float:
    """Return how surprising all tests are together for a curve.

    Each test has a share of the probability of an error (Bonferroni).

    Args:
      outcomes: result of `tests`.
      curve: the trade-off curve that is put to the test.
    """
    shared = [
        exact.p_value(counts, curve) / share
        for counts, share in zip(outcomes, _SHARES, strict=True)
    ]
    return min(1.0, *shared)


def shown(scores: np.ndarray) -> np.ndarray:
    """Return scores of which none is NaN: such a sum betrays its record.

    Args:
      scores: [m].
    """
    return np.where(np.isnan(scores), math.inf, scores)


def _epsilon(case: cases.Case, factor: float) -> float:
    if factor == math.inf:
        return 0.0
    return accounting.epsilon(
        family.member(case.plan, factor),
        delta=case.delta,
        accountant=case.accountant,
    )


def _gaussian(scores, is_in, delta) -> dict[str, float | None]:
    if not np.isfinite(scores).all():
        return dict.fromkeys(("mu", "mu_at_least", "epsilon_of_mu"))
    mu = gaussian.mu(scores, is_in)
    least = gaussian.lower_mu(
        mu,
        num_in=int(is_in.sum()),
        num_out=int((~is_in).sum()),
        error=ERROR,
    )
    return {
        "mu": mu,
        "mu_at_least": least,
        "epsilon_of_mu": gaussian.epsilon(least, delta=delta),
    }
