"""Plots synthetic rows against real ones."""

import os
import textwrap
from collections.abc import Mapping

import matplotlib.figure
import numpy as np

from dpgan_tf.evaluation import row_metrics
from dpgan_tf.evaluation.row_metrics import correlation


def draw(
    parts: Mapping[str, np.ndarray],
    *,
    train: np.ndarray,
    test: np.ndarray,
    path: str | os.PathLike,
) -> None:
    """Plot probabilities and correlations of rows against real ones.

    The picture shows private records without noise.

    Args:
      parts: rows, uint8 [n, columns], by title.
      train: real rows, which decide what columns are frequent.
      test: held-out rows to compare with.
      path: the PNG file to write.
    """
    chosen = row_metrics.frequent(train, row_metrics.MIN_SHARE)
    above = np.triu_indices(len(chosen), 1)
    figure = matplotlib.figure.Figure(
        figsize=(3.4 * len(parts), 6.4), layout="constrained"
    )
    grid = figure.subplots(2, len(parts), squeeze=False)
    for (title, rows), axes in zip(parts.items(), grid.T, strict=True):
        axes[0].set_title(textwrap.fill(title, 28), fontsize=10)
        for place, values, what in (
            (axes[0], lambda part: (part > 0).mean(axis=0), "probability"),
            (
                axes[1],
                lambda part: correlation.correlations(part[:, chosen])[above],
                "correlation",
            ),
        ):
            real, found = values(test), values(rows)
            if not len(real):
                place.set_title("no two frequent columns", fontsize=9)
                continue
            ends = [min(real.min(), found.min()), max(real.max(), found.max())]
            place.plot(ends, ends, color="silver", linewidth=1)
            place.plot(real, found, ".", markersize=3, alpha=0.5)
            place.set_xlabel(f"{what}, held-out rows", fontsize=9)
            place.set_ylabel(what, fontsize=9)
            place.tick_params(labelsize=8)
    figure.savefig(path, dpi=110)
