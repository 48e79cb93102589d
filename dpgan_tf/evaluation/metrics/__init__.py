"""Measures of how good samples are, one in each module.

A module holds one `METRIC`. Adding a module adds the measure: to `evaluate`,
to what `train` prints, to tables and to reports.
"""

import functools
from collections.abc import Mapping, Sequence, Set
from typing import Protocol

from dpgan_tf import errors
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import plugins

LABELS, TEST_SET = "labels", "a test set"
CLASSIFIER = "a classifier, and so real images with labels"
"""What a metric may need: labels of the samples, labelled test images, or a
classifier that was trained on labelled images."""

Value = float | list[float]


class Metric(Protocol):
    """One way to judge samples.

    Attributes:
      name: unique; how it is asked for.
      needs: of `LABELS`, `TEST_SET` and `CLASSIFIER`.
      order: where its columns stand in a table, from left to right.
      is_default: whether it is computed without being asked for.
      columns: of its values, those that a table shows, with their titles.
    """

    name: str
    needs: frozenset[str]
    order: int
    is_default: bool
    columns: Mapping[str, str]

    def run(
        self,
        samples: image_set.ImageSet,
        *,
        train: image_set.ImageSet,
        test: image_set.ImageSet | None,
        seed: int,
    ) -> dict[str, Value]:
        """Judge samples.

        Args:
          samples: what is judged.
          train: real images that the generator may have learnt from.
          test: real images that nothing has learnt from.
          seed: of everything random.

        Returns:
          Values by name.

        Raises:
          UserError: if there are too few images.
        """


@functools.cache
def every() -> dict[str, Metric]:
    """Return all metrics by name, in the order of a table."""
    return plugins.discover(
        __name__,
        __path__,
        attributes={"needs": Set, "is_default": bool},
    )


def choose(
    names: Sequence[str], *, has_classifier: bool = True
) -> list[Metric]:
    """Return metrics by their names; the default ones if there are none.

    Args:
      names: of metrics.
      has_classifier: whether real images have labels. Without, those that need
        none are the default.

    Raises:
      UserError: for an unknown name, or a metric that cannot be loaded.
    """
    known = every()
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


def missing(
    metric: Metric,
    samples: image_set.ImageSet,
    test: image_set.ImageSet | None,
) -> str:
    """Return what a metric needs and has not got; empty if it can run.

    Args:
      metric: that may run.
      samples: what would be judged.
      test: labelled test images, if there are any.
    """
    there = set()
    if samples.classifier is not None:
        there.add(CLASSIFIER)
    if samples.labels is not None:
        there.add(LABELS)
    if test is not None and test.labels is not None:
        there.add(TEST_SET)
    return " and ".join(sorted(metric.needs - there))
