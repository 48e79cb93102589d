"""Curves of a run, from what it wrote for TensorBoard."""

import io
import os
import pathlib
from collections.abc import Iterator, Mapping

import matplotlib.figure
import tensorflow as tf
from google.protobuf import message

Curve = list[tuple[int, float]]
"""Steps and values, in order."""


def read(directory: pathlib.Path) -> dict[str, Curve]:
    """Return every scalar of the event files in a folder.

    A run that was interrupted has several files; of steps that were taken
    again the last values count.

    Args:
      directory: of event files; it may be missing.

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


def _events(path: pathlib.Path) -> Iterator[tf.compat.v1.Event]:
    """Yield what can be read: a crash may leave an unfinished end."""
    try:
        for record in tf.data.TFRecordDataset(os.fsencode(path)):
            yield tf.compat.v1.Event.FromString(record.numpy())
    except (tf.errors.OpError, message.DecodeError):
        return


def plot(curves: Mapping[str, Curve], *, title: str, unit: str) -> bytes:
    """Draw curves against private critic steps.

    Args:
      curves: by their labels.
      title: of the picture.
      unit: of the values.

    Returns:
      A PNG file.
    """
    figure = matplotlib.figure.Figure(figsize=(6, 3.2), layout="constrained")
    axes = figure.subplots()
    for label, points in curves.items():
        steps, values = zip(*points, strict=True)
        marker = "o" if len(points) < 30 else ""
        axes.plot(steps, values, label=label, marker=marker, markersize=3)
    axes.set_title(title, fontsize=11)
    axes.set_xlabel("private critic steps")
    axes.set_ylabel(unit)
    axes.grid(alpha=0.3)
    if len(curves) > 1:
        axes.legend(fontsize=9)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=120)
    return target.getvalue()
