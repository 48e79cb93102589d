"""Judges synthetic rows by all measures, and draws them beside real ones."""

import os
import textwrap
from collections.abc import Mapping

import matplotlib.figure
import numpy as np

from dpgan_tf import progress
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import plugins
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.evaluation.row_metrics import correlation
from dpgan_tf.release import sampling

SAMPLE_SEED = 0


def sample(
    generator: sampling.ExportedGenerator, *, num: int, title: str
) -> np.ndarray:
    """Return rows of a generator, uint8 [num, columns].

    Args:
      generator: of a release.
      num: of rows.
      title: for the progress bar.
    """
    with progress.bar(f"samples, {title}", total=num, unit="row") as bar:
        made = list(progress.counted(generator.samples(num, SAMPLE_SEED), bar))
    return np.concatenate([batch.examples for batch in made])


def score(
    rows: np.ndarray, dataset: datasets.TableDataset, *, title: str
) -> dict[str, object]:
    """Judge rows by every measure.

    Args:
      rows: uint8 [n, columns].
      dataset: the real rows.
      title: of the rows, for the progress bar.

    Returns:
      `num_rows`, the values of all measures, and under `left_out` for each that
      could not be run the reason.
    """

    def run(metric):
        return metric.run(
            rows,
            train=dataset.train_rows,
            test=dataset.test_rows,
            seed=SAMPLE_SEED,
        )

    metrics = list(row_metrics.every().values())
    found = plugins.judge(metrics, run, title=title)
    return {"num_rows": len(rows)} | found


def report(
    parts: Mapping[str, np.ndarray], dataset: datasets.TableDataset
) -> dict[str, object]:
    """Judge several sets of rows.

    Args:
      parts: rows, uint8 [n, columns], by name.
      dataset: the real rows.

    Returns:
      What a run keeps in scores.json.
    """
    return {
        "dataset": dataset.name,
        "origin": dataset.origin,
        "sample_seed": SAMPLE_SEED,
        "scores": {
            name: score(rows, dataset, title=name)
            for name, rows in parts.items()
        },
    }


def draw(
    parts: Mapping[str, np.ndarray],
    dataset: datasets.TableDataset,
    path: str | os.PathLike,
) -> None:
    """Draw probabilities and correlations of rows against those of real ones.

    The picture shows private records without noise.

    Args:
      parts: rows, uint8 [n, columns], by title.
      dataset: the real rows.
      path: of the PNG file.
    """
    chosen = row_metrics.frequent(dataset.train_rows, row_metrics.MIN_SHARE)
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
            real, found = values(dataset.test_rows), values(rows)
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
