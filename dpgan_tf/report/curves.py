"""Curves of a run, from its TensorBoard event files."""

import io
import os
import pathlib
from collections.abc import Iterator, Mapping

import matplotlib.figure
import tensorflow as tf
from google.protobuf import message

Curve = list[tuple[int, float]]
"""Pairs of step and value, in order of steps."""

_GREY = "#7b8591"
"""Colour that can be read on white and on black paper."""


def read(directory: pathlib.Path) -> dict[str, Curve]:
    """Return all scalars of the event files in a folder.

    An interrupted run has several files; for steps that were taken again, the
    last values count.

    Args:
      directory: folder of event files, which may be missing.

    Returns:
      Curves by tag.
    """
    values: dict[str, dict[int, float]] = {}
    paths = sorted(directory.glob("events.out.tfevents.*"))
    for path in paths:
        for event in _events(path):
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    number = float(tf.make_ndarray(value.tensor))
                    values.setdefault(value.tag, {})[event.step] = number
    return {tag: sorted(points.items()) for tag, points in values.items()}


def chosen(
    curves: Mapping[str, Curve], tags: Mapping[str, str]
) -> dict[str, Curve]:
    """Return some curves by their labels; those that are missing are left out.

    Args:
      curves: curves by tag.
      tags: labels by tag.
    """
    return {label: curves[tag] for tag, label in tags.items() if tag in curves}


def _events(path: pathlib.Path) -> Iterator[tf.compat.v1.Event]:
    """Yield the readable events; a crash may leave an unfinished end."""
    try:
        for record in tf.data.TFRecordDataset(os.fsencode(path)):
            yield tf.compat.v1.Event.FromString(record.numpy())
    except (tf.errors.OpError, message.DecodeError):
        return


def plot(curves: Mapping[str, Curve], *, title: str, unit: str) -> bytes:
    """Plot curves against private critic steps.

    Args:
      curves: curves by label.
      title: the picture's title.
      unit: the values' unit.

    Returns:
      A PNG file.
    """
    figure = matplotlib.figure.Figure(
        figsize=(6, 3.2), layout="constrained", facecolor="none"
    )
    axes = figure.subplots()
    axes.set_facecolor("none")
    for label, points in curves.items():
        steps, values = zip(*points, strict=True)
        marker = "o" if len(points) < 30 else ""
        axes.plot(steps, values, label=label, marker=marker, markersize=3)
    axes.set_title(title, fontsize=11, color=_GREY)
    axes.set_xlabel("private critic steps", color=_GREY)
    axes.set_ylabel(unit, color=_GREY)
    axes.tick_params(colors=_GREY)
    for side in axes.spines.values():
        side.set_color(_GREY)
    axes.grid(alpha=0.3, color=_GREY)
    if len(curves) > 1:
        axes.legend(fontsize=9, labelcolor=_GREY, framealpha=0)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=120)
    return target.getvalue()
