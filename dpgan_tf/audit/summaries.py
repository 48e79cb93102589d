"""The summary of an audit, and what it shows of each canary.

Each release of a summary is a Gaussian sum of all records, or a choice. A
choice shows all canaries together, and none by itself: choices are left out,
and what is detected is less than what is charged. A canary's statistic is a
direction of its own, longer than the bound. Divided by its deviation, the noisy
sum in that direction is N(1 / s, 1) if the canary is in the data, and N(0, 1)
if not, for a release with noise multiplier s.
"""

import numpy as np
import tensorflow as tf

from dpgan_tf.audit import canaries as made
from dpgan_tf.audit import cases
from dpgan_tf.audit import keys as audit_keys
from dpgan_tf.privacy.summary import summary

_CLIP_NORM = 1.0
_STRETCH = 2.0**4


class Directions(summary.Statistic):
    """The statistic of canaries that are given by their numbers."""

    def __init__(self, is_spoiled: np.ndarray) -> None:
        """Hold which canaries are spoiled.

        Args:
          is_spoiled: bool [m]; their statistic is not a number.
        """
        self._lengths = np.where(is_spoiled, np.nan, _STRETCH)

    def norms(self, records: np.ndarray) -> np.ndarray:
        """Return the length of each record's statistic, float64 [c].

        Args:
          records: numbers of canaries, int64 [c].
        """
        return self._lengths[records]

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """Return the sum of weighted statistics, float64 [m].

        Args:
          records: numbers of canaries, int64 [c].
          weights: float64 [c].
        """
        total = np.zeros(len(self._lengths))
        np.add.at(total, records, weights * self._lengths[records])
        return total


def take(
    case: cases.Case, canaries: made.Canaries, keys: audit_keys.AuditKeys
) -> np.ndarray:
    """Release the summary of a case, and return the canaries' scores.

    Args:
      case: what is audited.
      canaries: m canaries.
      keys: keys of the audit.

    Returns:
      The log-likelihood ratios, float64 [m]: zeros without a summary.
    """
    scores = np.zeros(len(canaries))
    if not case.summary_noise_multipliers:
        return scores
    size = {"most_records_per_unit": case.mechanism.most_records_per_unit}
    mechanism = summary.SummaryMechanism(
        case.summary_noise_multipliers,
        num_examples=1,
        noise_sampler=case.mechanism.noise_sampler,
        units=canaries.units(**size),
    )
    statistic = Directions(canaries.is_spoiled)
    for number, multiplier in enumerate(case.summary_noise_multipliers):
        mean = mechanism.privatize(
            statistic,
            canaries.owners(**size),
            clip_norm=_CLIP_NORM,
            key=tf.constant(keys.summary.as_integers(), tf.int64),
        )
        z = mean / mechanism.deviation(number, clip_norm=_CLIP_NORM)
        scores += z / multiplier - 1 / (2 * multiplier**2)
    return scores
