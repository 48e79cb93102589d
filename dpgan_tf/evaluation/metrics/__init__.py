"""Metrics of images, one in each module, and what every metric is.

A module holds one `METRIC`. Adding a module adds the metric: to `evaluate`, to
what `train` prints, to tables, reports and cards. Metrics of rows are in
`row_metrics`; they differ by the set that they are given.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf.evaluation import plugins

LABELS, TEST_SET = "labels", "a test set"
CLASSIFIER = "a classifier, and so real images with labels"
"""What a metric may need: labels of the samples, real records that nothing has
learnt from, with labels if they are images, or a classifier that was trained on
labelled images."""

REAL_TRAIN, REAL_TEST = "real_train", "real_test"
"""Parts of the real records."""


class Metric:
    """One way to judge samples; what a metric leaves out is as here.

    Attributes:
      name: unique; how it is asked for.
      columns: of its values, those that a table shows, with their titles;
        written out in the module, as `verify` reads it and runs no metric.
      larger_is_better: of its columns, where that is known.
      needs: of `LABELS`, `TEST_SET` and `CLASSIFIER`.
      compared_with: the part of the real records that samples are compared
        with, so that it cannot be judged itself; None if there is none.
      order: where its columns stand in a table, from left to right.
      is_default: whether it is computed without being asked for.
    """

    name: str
    columns: Mapping[str, str]
    larger_is_better: Mapping[str, bool] = {}
    needs: frozenset[str] = frozenset()
    compared_with: str | None = REAL_TRAIN
    order: float = 1_000
    is_default: bool = True

    def run(
        self, samples: Any, *, train: Any, test: Any, seed: int
    ) -> Mapping[str, float | list[float]]:
        """Judge samples: an `image_set.ImageSet`, or rows, uint8 [n, columns].

        Args:
          samples: what is judged.
          train: real records that the generator may have learnt from.
          test: real records that nothing has learnt from, if there are any.
          seed: of everything random.

        Returns:
          Values by name.

        Raises:
          UserError: if there are too few records.
        """
        raise NotImplementedError


@functools.cache
def every() -> dict[str, Metric]:
    """Return all metrics of images by name, in the order of a table."""
    return plugins.discover(__name__, __path__, like=Metric)


def choose(
    names: Sequence[str],
    known: Mapping[str, Metric],
    *,
    has_classifier: bool = True,
) -> list[Metric]:
    """Return metrics by their names; the default ones if there are none.

    Args:
      names: of metrics.
      known: all metrics that there are, by name.
      has_classifier: whether real images have labels. Without, those that need
        none are the default.

    Raises:
      UserError: for an unknown name, or a metric that cannot be loaded.
    """
    for name in names:
        if name not in known:
            raise errors.UserError(
                f"unknown metric {name!r}; choose from {', '.join(known)}."
            )
        chosen: object = known[name]
        if isinstance(chosen, plugins.Broken):
            raise errors.UserError(f"metric {name}: {chosen.reason}")
    if names:
        return [known[name] for name in names]
    if has_classifier:
        return [metric for metric in known.values() if metric.is_default]
    return [
        metric for metric in known.values() if CLASSIFIER not in metric.needs
    ]
