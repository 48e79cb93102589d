"""The picture of an audit: what the claim allows, and what was detected."""

import io

import matplotlib.figure
import numpy as np

from dpgan_tf.audit import audit as audits
from dpgan_tf.audit import findings
from dpgan_tf.audit.bounds import exact
from dpgan_tf.audit.bounds import family

_GREY = "#7b8591"
"""Colour that can be read on white and on black paper."""

_CLAIM, _FOUND, _PRICE = "#2f7ed8", "#e4572e", "#9aa5b1"
_NUM_POINTS = 12
_LEAST_ALARMS = 1e-4


def draw(audit: audits.Audit) -> bytes:
    """Draw detections over false alarms, on a logarithmic axis.

    Args:
      audit: an audit.

    Returns:
      A PNG file.
    """
    figure = matplotlib.figure.Figure(
        figsize=(6.4, 4.2), layout="constrained", facecolor="none"
    )
    axes = figure.subplots()
    axes.set_facecolor("none")
    alarms = np.geomspace(_LEAST_ALARMS, 1, 300)
    _draw_claim(axes, audit, alarms)
    _draw_found(axes, audit)
    axes.plot(alarms, alarms, color=_GREY, linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_xlim(_LEAST_ALARMS, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("false alarms", color=_GREY)
    axes.set_ylabel("canaries detected", color=_GREY)
    axes.tick_params(colors=_GREY, which="both")
    for side in axes.spines.values():
        side.set_color(_GREY)
    axes.grid(alpha=0.3, color=_GREY)
    axes.legend(fontsize=9, labelcolor=_GREY, framealpha=0, loc="upper left")
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=120)
    return target.getvalue()


def _draw_claim(axes, audit: audits.Audit, alarms: np.ndarray) -> None:
    case, found = audit.case, audit.found
    price = np.minimum(
        np.exp(found.epsilon) * alarms + case.delta,
        1 - np.exp(-found.epsilon) * (1 - case.delta - alarms),
    )
    axes.plot(
        alarms,
        np.clip(price, 0, 1),
        color=_PRICE,
        linestyle="--",
        label=f"allowed by epsilon {found.epsilon:.3g}, delta {case.delta:g}",
    )
    axes.plot(
        alarms,
        family.presence(case.plan)(alarms),
        color=_CLAIM,
        label="allowed by the claimed mechanism",
    )
    if 0 < found.epsilon_of_family and np.isfinite(found.factor):
        least = family.member(case.plan, found.factor)
        axes.plot(
            alarms,
            family.presence(least)(alarms),
            color=_FOUND,
            linewidth=0.9,
            label=f"lower bound, epsilon {found.epsilon_of_family:.3g}",
        )


def _draw_found(axes, audit: audits.Audit) -> None:
    rows = points(audit)
    axes.errorbar(
        [row["false_alarms"] for row in rows],
        [row["detections"] for row in rows],
        xerr=_reach(rows, "false_alarms"),
        yerr=_reach(rows, "detections"),
        fmt="o",
        color=_FOUND,
        markersize=3.5,
        linewidth=1,
        label=f"measured, {findings.CONFIDENCE:.0%} intervals",
    )


def _reach(rows, name) -> np.ndarray:
    """Return how far an interval reaches to both sides, [2, k]."""
    found = [
        (row[name] - row[f"{name}_low"], row[f"{name}_high"] - row[name])
        for row in rows
    ]
    return np.maximum(np.transpose(found), 0)


def points(audit: audits.Audit) -> list[dict[str, float]]:
    """Return rates at some thresholds, each with its interval.

    Each interval holds by itself, not all of them together.

    Args:
      audit: an audit.
    """
    usual = ~audit.canaries.is_spoiled
    is_in = audit.canaries.is_in[usual]
    scores = findings.shown(audit.scores[usual])
    ranks = np.geomspace(2 / np.sum(~is_in), 0.9, _NUM_POINTS)
    thresholds = np.quantile(scores[~is_in], 1 - ranks, method="lower")
    return [
        _point(exact.count(scores, is_in, threshold=float(threshold)))
        for threshold in thresholds
    ]


def _point(counts: exact.Counts) -> dict[str, float]:
    error = 1 - findings.CONFIDENCE
    found = {"threshold": counts.threshold}
    for name, number, total in (
        ("false_alarms", counts.false_alarms, counts.num_out),
        ("detections", counts.detections, counts.num_in),
    ):
        low, high = exact.interval(number, total, error=error)
        found |= {
            name: number / total,
            f"{name}_low": low,
            f"{name}_high": high,
        }
    return found
