"""An audit as JSON, as text, and as files."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from dpgan_tf import run_files
from dpgan_tf.audit import audit as audits
from dpgan_tf.audit import black_box as black_boxes
from dpgan_tf.audit import cases
from dpgan_tf.audit import findings
from dpgan_tf.audit import picture
from dpgan_tf.audit.bounds import exact
from dpgan_tf.audit.bounds import family
from dpgan_tf.privacy import durable
from dpgan_tf.privacy.accounting import tradeoff
from dpgan_tf.privacy.summary import summary

FORMAT = "dpgan-audit-1"
FILE_NAME, PICTURE_NAME = "audit.json", "audit.png"
MEANING = (
    "An audit tests the code, on made records: it is charged to no budget, and "
    "says nothing about a release. It can refute a claim. That it found "
    "nothing proves nothing beyond the bounds it shows."
)


_NOTHING = 1e-6
"""A share of the budget that rounding makes."""


def of(
    audit: audits.Audit,
    *,
    origin: Mapping[str, Any],
    black_box: black_boxes.BlackBox | None = None,
) -> dict[str, Any]:
    """Return an audit as JSON values.

    Args:
      audit: an audit.
      origin: command, versions and day.
      black_box: what samples show, if that was tried.
    """
    case, found = audit.case, audit.found
    return {
        "format": FORMAT,
        "meaning": MEANING,
        "from": dict(origin),
        "claim": {
            "epsilon": found.epsilon,
            "delta": case.delta,
            "accountant": case.accountant,
            "mu": tradeoff.of_plan(case.plan).mu,
            **dataclasses.asdict(case.plan),
        },
        "canaries": _canaries(audit),
        "bounds": {
            "confidence": findings.CONFIDENCE,
            "epsilon_of_family": found.epsilon_of_family,
            "epsilon_of_mu": found.epsilon_of_mu,
            "epsilon_of_counts": found.epsilon_of_counts,
            "largest_noise_over_claimed": (
                found.factor if np.isfinite(found.factor) else None
            ),
            "mu": found.mu,
            "mu_at_least": found.mu_at_least,
        },
        "tests": [
            dataclasses.asdict(counts)
            | {"allowed": _allowed(audit, counts), "of_spoiled": is_spoiled}
            for counts, is_spoiled in zip(
                found.tests, (False, False, False, True), strict=True
            )
        ],
        "points": picture.points(audit),
        "black_box": dataclasses.asdict(black_box) if black_box else None,
        "verdict": {
            "refuted": found.is_refuted,
            "p_value": found.p_value,
            "num_not_numbers": found.num_not_numbers,
            "text": verdict(found),
        },
    }


def _canaries(audit: audits.Audit) -> dict[str, Any]:
    usual, is_in = ~audit.canaries.is_spoiled, audit.canaries.is_in
    finite = np.isfinite(audit.scores)
    return {
        "num": int(usual.sum()),
        "num_in": int((usual & is_in).sum()),
        "num_spoiled": int((~usual).sum()),
        "num_spoiled_in": int((~usual & is_in).sum()),
        "num_choices_left_out": len(audit.case.choice_noise_multipliers),
        "scores": {
            name: {
                "mean": float(np.mean(audit.scores[chosen & finite])),
                "deviation": float(np.std(audit.scores[chosen & finite])),
            }
            for name, chosen in (
                ("in", usual & is_in),
                ("out", usual & ~is_in),
            )
        },
    }


def _allowed(audit: audits.Audit, counts: exact.Counts) -> float:
    """Return the largest rate of detections at the rate of false alarms."""
    curve = family.presence(audit.case.plan)
    return float(curve(np.array(counts.false_alarms / counts.num_out)))


def verdict(found: findings.Findings) -> str:
    """Return the verdict in one line.

    Args:
      found: what an audit found.
    """
    if found.num_not_numbers:
        return (
            "REFUTED: sums that no record in the data belongs to were not "
            f"numbers ({found.num_not_numbers} of them)."
        )
    if found.is_refuted:
        return (
            f"REFUTED at {findings.CONFIDENCE:.0%}: more is detected than the "
            f"claim allows (p = {found.p_value:.2g}). Chance does this to one "
            "sound audit in twenty: run it again with another seed, which "
            "acquits what is sound and refutes a fault again."
        )
    return (
        f"Nothing found: the claim is not refuted (p = {found.p_value:.2g}, "
        f"below {findings.ERROR:.2g} would refute it)."
    )


def text(
    audit: audits.Audit, *, black_box: black_boxes.BlackBox | None = None
) -> str:
    """Return an audit for a terminal.

    Args:
      audit: an audit.
      black_box: what samples show, if that was tried.
    """
    case, found = audit.case, audit.found
    plan, best = case.plan, found.tests[0]
    allowed = _allowed(audit, best)
    bounds = (
        ("of mechanisms like the claimed one", found.epsilon_of_family),
        ("of Gaussian scores", found.epsilon_of_mu),
        ("of counts alone, without assumption", found.epsilon_of_counts),
    )
    lines = [
        f"Claimed: epsilon {found.epsilon:.4g} at delta {case.delta:g} "
        f"({case.accountant}), {plan.num_steps} steps with q = "
        f"{plan.sampling_probability:.4g} and noise "
        f"{plan.effective_noise_multiplier:.4g}.",
        f"Detected: {best.detections} of {best.num_in} canaries "
        f"({best.detections / best.num_in:.1%}; the claim allows "
        f"{allowed:.1%}), with {best.false_alarms} false alarms of "
        f"{best.num_out}.",
        f"Lower bounds of epsilon, at {findings.CONFIDENCE:.0%}:",
        *(
            f"  {value:6.3g}  {value / found.epsilon:4.0%} of the claim  {name}"
            for name, value in bounds
            if value is not None
        ),
    ]
    beside = [*_left_out(case), *([black_box.text] if black_box else [])]
    return "\n".join([*lines, *beside, verdict(found), "", MEANING])


def _left_out(case: cases.Case) -> list[str]:
    """Return what is charged and not audited, in a line if there is any."""
    if not case.summary_noise_multipliers:
        return []
    sums = summary.combined(case.summary_noise_multipliers)
    share = 1 - ((case.plan.summary_noise_multiplier or sums) / sums) ** 2
    if share < _NOTHING:
        return []
    return [
        f"Left out: {share:.0%} of the summary's budget, which choices by the "
        f"exponential mechanism have ({len(case.choice_noise_multipliers)} of "
        "them), and bounds of a schema that were learnt. No canary is tried on "
        "them: what is detected is that much less than what is claimed."
    ]


def write(
    folder: pathlib.Path, audit: audits.Audit, content: Mapping[str, Any]
) -> None:
    """Write an audit and its picture.

    Args:
      folder: folder to write to, made if it is missing.
      audit: an audit.
      content: the audit as JSON values.
    """
    durable.make_folder(folder)
    run_files.write_json(folder / FILE_NAME, content)
    durable.create(folder / PICTURE_NAME, picture.draw(audit))
