"""Plots associations of pairs of columns, in samples and in real rows."""

import os

import matplotlib.figure
import numpy as np

from dpgan_tf.evaluation import picture_words
from dpgan_tf.evaluation import typed_rows
from dpgan_tf.evaluation.column_metrics import associations

_MOST_VARIABLES = 24


def draw(
    real: typed_rows.TypedRows,
    samples: typed_rows.TypedRows,
    *,
    path: str | os.PathLike,
) -> None:
    """Plot Cramer's V of each pair: real, of samples, and the difference.

    The picture shows private records without noise. It has the first 24
    variables, columns before codes.

    Args:
      real: real rows.
      samples: rows of the same view.
      path: the PNG file to write.
    """
    found, true = matrices(samples, real)
    names = [
        picture_words.short(one.name, 16)
        for one in real.view.variables[: len(found)]
    ]
    side = 2.2 + 0.14 * len(names)
    figure = matplotlib.figure.Figure(
        figsize=(side + 1.2, 3 * side), layout="constrained"
    )
    for axes, (title, values, colours, least) in zip(
        figure.subplots(3, sharex=True),
        (
            ("real", true, "viridis", 0),
            ("samples", found, "viridis", 0),
            ("samples - real", found - true, "RdBu_r", -1),
        ),
        strict=True,
    ):
        shown = axes.imshow(values, cmap=colours, vmin=least, vmax=1)
        axes.set_title(title, fontsize=11)
        axes.set_yticks(range(len(names)), names, fontsize=9)
        figure.colorbar(shown, ax=axes, shrink=0.8)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=9)
    figure.savefig(path, dpi=110, bbox_inches="tight")


def matrices(
    first: typed_rows.TypedRows, second: typed_rows.TypedRows
) -> tuple[np.ndarray, np.ndarray]:
    """Return the associations of all pairs in both sets, NaN on the diagonal.

    Args:
      first: rows.
      second: other rows of the same view.

    Returns:
      Two matrices, float64 [k, k].
    """
    number = min(len(first.view.variables), _MOST_VARIABLES)
    made = np.full([2, number, number], np.nan)
    for i in range(number):
        for j in range(i):
            pair = associations.strengths(first, second, (j, i))
            made[:, i, j] = made[:, j, i] = pair
    return made[0], made[1]
