"""Plots the frequencies of each column's cells, in samples and in real rows."""

import os

import matplotlib.axes
import matplotlib.figure
import numpy as np

from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.evaluation import picture_words
from dpgan_tf.evaluation import typed_rows

_MOST_COLUMNS = 60
_MOST_WORDS, _MOST_CODES = 8, 20
_MOST_TICKS = 4
_WIDTH, _HEIGHT, _HEIGHT_OF_CODES = 5.6, 2.0, 4.2


def draw(
    train: typed_rows.TypedRows,
    samples: typed_rows.TypedRows,
    *,
    path: str | os.PathLike,
) -> None:
    """Plot the frequencies of cells, two columns beside each other.

    Of categories the most frequent values are shown, of codes the twenty most
    frequent ones. The picture shows private records without noise.

    Args:
      train: real rows.
      samples: rows of the same view.
      path: the PNG file to write.
    """
    columns = train.view.schema.columns[:_MOST_COLUMNS]
    is_code = [isinstance(one, columns_lib.Codes) for one in columns]
    num_codes = sum(is_code)
    num_plain = -(-(len(columns) - num_codes) // 2)
    heights = [_HEIGHT] * num_plain + [_HEIGHT_OF_CODES] * num_codes
    figure = matplotlib.figure.Figure(
        figsize=(_WIDTH, sum(heights) + 0.4), layout="constrained"
    )
    grid = figure.add_gridspec(len(heights), 2, height_ratios=heights)
    plain = (grid[i // 2, i % 2] for i in range(2 * num_plain))
    wide = (grid[num_plain + i, :] for i in range(num_codes))
    starts = train.view.schema.starts
    for column, start, is_wide in zip(columns, starts, is_code, strict=False):
        axes = figure.add_subplot(next(wide if is_wide else plain))
        cells = slice(start, start + len(column.cells))
        shares = [part.rows[:, cells].mean(axis=0) for part in (train, samples)]
        _draw(axes, column, *shares)
        axes.set_title(picture_words.short(column.name, 24), fontsize=10)
        axes.tick_params(labelsize=9)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2)
    figure.savefig(path, dpi=110)


def _draw(axes: matplotlib.axes.Axes, column, real, found) -> None:
    if isinstance(column, columns_lib.Ordered):
        _numbers(axes, column, real, found)
    else:
        is_codes = isinstance(column, columns_lib.Codes)
        _words(
            axes,
            *most_frequent(
                column.cells,
                real,
                found,
                most=_MOST_CODES if is_codes else _MOST_WORDS,
            ),
        )


def most_frequent(
    names, real: np.ndarray, found: np.ndarray, *, most: int
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the most frequent cells in real rows, the most frequent first.

    Args:
      names: names of the cells.
      real: share of real rows in each cell.
      found: share of samples in each cell.
      most: largest number of cells to return.
    """
    order = np.argsort(-real, kind="stable")[:most]
    return [names[i] for i in order], real[order], found[order]


def _numbers(axes, column, real, found) -> None:
    """Plot intervals in their order, each as wide as any other."""
    edges = np.arange(len(real) + 1) - 0.5
    axes.stairs(real, edges, fill=True, color="silver", label="real")
    axes.stairs(found, edges, color="tab:blue", linewidth=1.5, label="samples")
    step = max(1, -(-column.num_values // _MOST_TICKS))
    ticks = [*range(0, column.num_values, step)]
    names = [column.text(column.bounds[0][i]) for i in ticks]
    if column.missing:
        ticks, names = [*ticks, len(real) - 1], [*names, "none"]
    axes.set_xticks(
        ticks, [picture_words.short(name, 10) for name in names], rotation=25
    )
    axes.set_ylim(bottom=0)


def _words(axes, names, real, found) -> None:
    """Plot words from top to bottom."""
    places = np.arange(len(names))
    axes.barh(places, real, height=0.8, color="silver", label="real")
    axes.barh(
        places,
        found,
        height=0.35,
        color="tab:blue",
        label="samples",
    )
    axes.set_yticks(places, [picture_words.short(name, 14) for name in names])
    axes.invert_yaxis()
