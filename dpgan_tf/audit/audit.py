"""Audit a case: toss coins, take the steps, and look at the scores."""

import dataclasses

import numpy as np

from dpgan_tf.audit import canaries as made
from dpgan_tf.audit import cases
from dpgan_tf.audit import findings
from dpgan_tf.audit import keys as audit_keys
from dpgan_tf.audit import steps
from dpgan_tf.audit import summaries

SHARE_SPOILED = 20
"""A spoiled canary for so many others."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Audit:
    """An audit that was made.

    Attributes:
      case: what was audited.
      canaries: the canaries, whose coins are no longer secret.
      scores: their scores, float64 [m].
      found: what the scores show.
    """

    case: cases.Case
    canaries: made.Canaries
    scores: np.ndarray = dataclasses.field(repr=False)
    found: findings.Findings


def make(
    case: cases.Case, *, num_canaries: int, seed: int | None = None
) -> Audit:
    """Audit a case.

    Args:
      case: what is audited.
      num_canaries: number of canaries; spoiled ones come on top.
      seed: seed of coins, samples and noise; None takes the operating system's
        entropy.
    """
    keys = audit_keys.make(seed)
    canaries = made.toss(
        num_canaries,
        num_spoiled=max(20, num_canaries // SHARE_SPOILED),
        generator=keys.coins,
    )
    scores = score(case, canaries, keys)
    return Audit(
        case=case,
        canaries=canaries,
        scores=scores,
        found=findings.of_scores(case, canaries, scores),
    )


def score(
    case: cases.Case, canaries: made.Canaries, keys: audit_keys.AuditKeys
) -> np.ndarray:
    """Return the canaries' scores of the summary and of all steps: [m].

    Args:
      case: what is audited.
      canaries: m canaries.
      keys: keys of the audit.
    """
    return summaries.take(case, canaries, keys) + steps.take(
        case, canaries, keys
    )
