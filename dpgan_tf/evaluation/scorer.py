"""Judges all generators of one data set alike, whatever its records are."""

import abc
import dataclasses
import sys
from collections.abc import Mapping, Sequence, Set
from typing import Any, ClassVar

import numpy as np

from dpgan_tf import errors
from dpgan_tf import images as image_files
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import plugins
from dpgan_tf.release import sampling

SEED = 0
"""Of samples, and of everything random in metrics."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Scorer(abc.ABC):
    """What all generators of a data set are judged by.

    Samples and real records are sets as its metrics take them.

    Attributes:
      dataset: name of the data set.
      metrics: by which.
      train: real records that generators may have learnt from.
      test: real records that nothing has learnt from; None if there are none.
      example_shape: of one record.
      most: samples that are looked at.
      unit: what one record is called.
    """

    dataset: str
    metrics: Sequence[metrics_lib.Metric]
    train: Any
    test: Any
    example_shape: tuple[int, ...]
    most: int = sys.maxsize
    unit: ClassVar[str]

    @abc.abstractmethod
    def as_set(
        self, examples: np.ndarray, labels: np.ndarray | None, *, title: str
    ) -> Any:
        """Return samples as metrics take them.

        Args:
          examples: uint8 [n, ...], as they are published.
          labels: int64 [n], or None.
          title: what they are, for messages.
        """

    @abc.abstractmethod
    def has(self, samples: Any) -> Set[str]:
        """Return what metrics may need and find here.

        Args:
          samples: that would be judged.
        """

    @abc.abstractmethod
    def real(self, num: int) -> dict[str, Any]:
        """Return the parts of the real records that are scored, by name.

        Args:
          num: training records at most.
        """

    @abc.abstractmethod
    def report(
        self, scores: Mapping[str, object], *, paper: Mapping[str, float]
    ) -> dict[str, object]:
        """Return what is written of scores.

        Args:
          scores: by what was scored.
          paper: its scores, to stand beside those of images.
        """

    @abc.abstractmethod
    def draw(self, samples: Any, files: run_files.RunFiles) -> None:
        """Draw samples beside private records, for the private folder.

        Args:
          samples: of the released generator.
          files: of its run.
        """

    def missing(self, metric: metrics_lib.Metric, samples: Any) -> str:
        """Return what a metric needs and has not got; empty if it can run.

        Args:
          metric: that may run.
          samples: that would be judged.
        """
        return " and ".join(sorted(metric.needs - self.has(samples)))

    def sample(
        self, generator: sampling.ExportedGenerator, *, num: int, title: str
    ) -> Any:
        """Return samples as bytes, as they are published.

        Args:
          generator: of a release.
          num: of samples; of large images fewer, as memory holds them.
          title: for messages.

        Raises:
          UserError: if its examples are of another size.
        """
        if generator.example_shape != self.example_shape:
            raise errors.UserError(
                f"{title}: generates examples of shape "
                f"{generator.example_shape}, but the data has "
                f"{self.example_shape}; give the data of the run."
            )
        num = min(num, self.most)
        with progress.bar(
            f"samples, {title}", total=num, unit=self.unit
        ) as bar:
            made = [
                (image_files.to_uint8(batch.examples), batch.labels)
                for batch in progress.counted(generator.samples(num, SEED), bar)
            ]
        examples, labels = zip(*made, strict=True)
        return self.as_set(
            np.concatenate(examples),
            np.concatenate(labels) if generator.num_classes else None,
            title=title,
        )

    def score_samples(self, samples: Any, *, title: str) -> dict[str, Any]:
        """Judge samples by all metrics.

        Args:
          samples: what is judged.
          title: what they are, for messages.

        Returns:
          `num_images` or `num_rows`, the values of all metrics, and under
          `left_out` for each metric that could not be run the reason.
        """
        return self._judge(samples, self.metrics, title=title)

    def score_real(self, *, num: int) -> dict[str, dict[str, Any]]:
        """Judge real records as if they were samples.

        Compared with itself, a part would only show how a metric works.

        Args:
          num: training records at most.

        Returns:
          For each part what `score_samples` returns.
        """
        return {
            name: self._judge(
                part,
                [m for m in self.metrics if m.compared_with != name],
                title=name,
            )
            for name, part in self.real(num).items()
        }

    def _judge(self, samples, metrics, *, title) -> dict[str, Any]:
        def run(metric):
            if missing := self.missing(metric, samples):
                raise errors.UserError(f"{title}: needs {missing}.")
            return metric.run(
                samples, train=self.train, test=self.test, seed=SEED
            )

        found = plugins.judge(metrics, run, title=title)
        return {f"num_{self.unit}s": len(samples)} | found
