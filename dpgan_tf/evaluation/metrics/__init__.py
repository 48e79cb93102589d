"""Metrics of images, one per module, and the interface of a metric.

A module holds one `METRIC`. Adding a module adds the metric to `evaluate`, to
the output of `train`, and to tables, reports and cards. Metrics of rows are in
`row_metrics`; they take rows instead of images.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf.evaluation import plugins

LABELS, TEST_SET = "labels", "a test set"
CLASSIFIER = "a classifier, and so real images with labels"
"""What a metric may need: labels of the samples; held-out real records, with
labels if they are images; or a classifier that was trained on labelled
images."""

REAL_TRAIN, REAL_TEST = "real_train", "real_test"
"""Names of the parts of the real records."""


class Metric:
    """A score of samples; attributes left out have the values below.

    Attributes:
      name: unique name, used to ask for the metric.
      columns: titles of the values that a table shows. They are literals in the
        module, since `verify` reads them and runs no metric.
      larger_is_better: direction of its columns, if known; literals as well.
      sentences: what each column says, in one sentence; literals as well.
      needs: needs among `LABELS`, `TEST_SET` and `CLASSIFIER`.
      compared_with: the part of the real records that samples are compared
        with; that part is not scored itself. None if there is none.
      order: position of its columns in a table, from left to right.
      is_default: whether it is computed by default.
    """

    name: str
    columns: Mapping[str, str]
    larger_is_better: Mapping[str, bool] = {}
    sentences: Mapping[str, str] = {}
    needs: frozenset[str] = frozenset()
    compared_with: str | None = REAL_TRAIN
    order: float = 1_000
    is_default: bool = True

    def run(
        self, samples: Any, *, train: Any, test: Any, seed: int
    ) -> Mapping[str, float | list[float]]:
        """Score samples: an `image_set.ImageSet`, or rows, uint8 [n, columns].

        Args:
          samples: samples to score.
          train: real records that the generator may have learnt from.
          test: held-out real records, or None.
          seed: seed of all random choices.

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
      names: names of metrics.
      known: all known metrics by name.
      has_classifier: whether real images have labels. If not, the default is
        the metrics that need no classifier.

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
