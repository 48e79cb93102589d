"""Draws what private steps cost against n, classes and image size."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.figure

from benchmarks import scale_tables
from benchmarks import table_parts

_GREY = "#7b8591"
"""Colour that can be read on white and on black paper."""

_STEP, _DRAW, _PEAK = "#2f7ed8", "#e4572e", "#3c9d6b"


def draw(cells: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Draw times above and memory below, a column for each varied quantity.

    Args:
      cells: cells of a results file, with some of the kind "scale".

    Returns:
      A PNG file.
    """
    curves = _curves(cells)
    figure = matplotlib.figure.Figure(
        figsize=(3.2 * len(curves), 4.8),
        layout="constrained",
        facecolor="none",
    )
    axes = figure.subplots(2, len(curves), squeeze=False, sharey="row")
    columns = zip(axes.T, curves.items(), strict=True)
    for (upper, lower), (setting, points) in columns:
        _plot(upper, points, "step_ms", color=_STEP, label="critic step")
        _plot(upper, points, "draw_ms", color=_DRAW, label="its sample, alone")
        _plot(lower, points, "peak", color=_PEAK, label="peak")
        upper.set_yscale("log")
        upper.yaxis.set_major_formatter("{x:g}")
        upper.yaxis.set_minor_formatter("")
        lower.set_xlabel(scale_tables.QUANTITIES[setting], color=_GREY)
        _dress(upper, lower)
    axes[0, 0].set_ylim(bottom=1)
    axes[1, 0].set_ylim(0, 1.1 * axes[1, 0].get_ylim()[1])
    axes[0, 0].set_ylabel("ms", color=_GREY)
    axes[1, 0].set_ylabel("memory, MiB", color=_GREY)
    axes[0, 0].legend(fontsize=9, labelcolor=_GREY, framealpha=0)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=120)
    return target.getvalue()


def _curves(cells) -> dict[str, list[tuple[int, Mapping[str, Any]]]]:
    """Return the points of each varied setting, in order."""
    curves: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for (setting, value), _, found in table_parts.of_kind(cells, "scale"):
        curves.setdefault(setting, []).append((int(value), found))
    return {
        setting: sorted(points, key=lambda point: point[0])
        for setting, points in curves.items()
    }


def _plot(
    axes,
    points: Sequence[tuple[int, Mapping[str, Any]]],
    name: str,
    *,
    color: str,
    label: str,
) -> None:
    values = [value for value, _ in points]
    found = [result[name] for _, result in points]
    axes.plot(values, found, color=color, label=label, marker="o")
    axes.set_xscale("log")
    axes.set_xticks(values, [f"{value:,}" for value in values])
    axes.xaxis.minorticks_off()


def _dress(*all_axes) -> None:
    for axes in all_axes:
        axes.set_facecolor("none")
        axes.tick_params(colors=_GREY, which="both", labelsize=8)
        for side in axes.spines.values():
            side.set_color(_GREY)
        axes.grid(alpha=0.3, color=_GREY)
