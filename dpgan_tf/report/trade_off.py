"""The picture of what a test can detect, as far as a claim lets it."""

import io

import matplotlib.figure
import matplotlib.ticker
import numpy as np

from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import tradeoff

_GREY = "#7b8591"
"""Colour that can be read on white and on black paper."""

_COLOURS = ("#2f7ed8", "#d9822b", _GREY)
_STYLES = ("-", "--", ":")
_RAREST = 1e-4


def picture(plan: plans.NoisePlan, *, epsilon: float, delta: float) -> bytes:
    """Draw detections over false alarms, for a phone as well.

    Args:
      plan: the plan of what is released about the records.
      epsilon: the claim's epsilon, for what follows from it alone.
      delta: the claim's delta.

    Returns:
      A PNG file without a background.
    """
    alarms = np.geomspace(_RAREST, 1.0, 300)
    alone = tradeoff.of_price(epsilon, delta=delta, accountant="pld")
    curves = {
        "this release, at most": tradeoff.of_plan(plan).points(alarms),
        f"epsilon {epsilon:.3g} and delta alone": alone.points(alarms),
        "guessing": alarms,
    }
    figure = matplotlib.figure.Figure(
        figsize=(4.2, 4.0), layout="constrained", facecolor="none"
    )
    axes = figure.subplots()
    for (label, detected), colour, style in zip(
        curves.items(), _COLOURS, _STYLES, strict=True
    ):
        axes.plot(alarms, detected, style, label=label, color=colour, lw=2)
    _label(axes)
    figure.legend(
        loc="outside upper left", fontsize=9, labelcolor=_GREY, framealpha=0
    )
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=150, metadata={"Software": None})
    return target.getvalue()


def _label(axes) -> None:
    axes.set_facecolor("none")
    axes.set_xscale("log")
    axes.set_xlim(_RAREST, 1)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("wrongly accused, of those not there", color=_GREY)
    axes.set_ylabel("found, of those that are there", color=_GREY)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(
            matplotlib.ticker.FuncFormatter(lambda x, _: f"{x * 100:g}%")
        )
    axes.tick_params(colors=_GREY, which="both")
    for side in axes.spines.values():
        side.set_color(_GREY)
    axes.grid(alpha=0.3, color=_GREY)
