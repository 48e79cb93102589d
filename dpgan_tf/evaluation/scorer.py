"""Scores all generators of one data set in the same way."""

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
"""Seed of samples and of all random choices in metrics."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Scorer(abc.ABC):
    """Scores all generators of one data set.

    Samples and real records have the form that its metrics take.

    Attributes:
      dataset: name of the data set.
      metrics: the metrics to compute.
      train: real records that generators may have learnt from.
      test: held-out real records; None if there are none.
      example_shape: shape of one record.
      most: largest number of samples used.
      unit: word for one record.
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
        """Return samples in the form that metrics take.

        Args:
          examples: uint8 [n, ...], as published.
          labels: int64 [n], or None.
          title: name of the samples, for messages.
        """

    @abc.abstractmethod
    def has(self, samples: Any) -> Set[str]:
        """Return which needs of metrics are met.

        Args:
          samples: the samples to score.
        """

    @abc.abstractmethod
    def real(self, num: int) -> dict[str, Any]:
        """Return the scored parts of the real records, by name.

        Args:
          num: largest number of training records.
        """

    def baselines(self, num: int) -> dict[str, Any]:
        """Return simple samples that a generator is compared with, by name.

        Args:
          num: number of samples.
        """
        del num
        return {}

    @abc.abstractmethod
    def report(
        self, scores: Mapping[str, object], *, paper: Mapping[str, float]
    ) -> dict[str, object]:
        """Return the report of scores to write.

        Args:
          scores: scores by the name of what was scored.
          paper: the paper's scores, for images.
        """

    @abc.abstractmethod
    def draw(self, samples: Any, files: run_files.RunFiles) -> None:
        """Draw samples next to private records, for the private folder.

        Args:
          samples: the released generator's samples.
          files: the run's files.
        """

    def missing(self, metric: metrics_lib.Metric, samples: Any) -> str:
        """Return the unmet needs of a metric, or an empty text.

        Args:
          metric: the metric to run.
          samples: the samples to score.
        """
        return " and ".join(sorted(metric.needs - self.has(samples)))

    def sample(
        self,
        generator: sampling.ExportedGenerator,
        *,
        num: int,
        title: str,
        variety: float = 1.0,
    ) -> Any:
        """Return samples as bytes, as published.

        Args:
          generator: the generator to sample.
          num: number of samples; large images give fewer, to fit in memory.
          title: name of the samples, for messages.
          variety: factor of the latents of images.

        Raises:
          UserError: if its examples have another shape.
        """
        if generator.example_shape != self.example_shape:
            raise errors.UserError(
                f"{title}: generates examples of shape "
                f"{generator.example_shape}, but the data has "
                f"{self.example_shape}; give the run's own data."
            )
        num = min(num, self.most)
        with progress.bar(
            f"samples, {title}", total=num, unit=self.unit
        ) as bar:
            batches = generator.samples(num, SEED, variety=variety)
            made = [
                (image_files.to_uint8(batch.examples), batch.labels)
                for batch in progress.counted(batches, bar)
            ]
        examples, labels = zip(*made, strict=True)
        classes = None
        if generator.num_classes:
            classes = np.concatenate(labels) - generator.first_label
        return self.as_set(np.concatenate(examples), classes, title=title)

    def score_samples(self, samples: Any, *, title: str) -> dict[str, Any]:
        """Score samples by all metrics.

        Args:
          samples: the samples to score.
          title: name of the samples, for messages.

        Returns:
          `num_images` or `num_rows`, the values of all metrics, and under
          `left_out` the reason for each metric that could not be run.
        """
        return self._judge(samples, self.metrics, title=title)

    def score_real(self, *, num: int) -> dict[str, dict[str, Any]]:
        """Score real records as if they were samples.

        A part is not scored by metrics that compare with the same part.

        Args:
          num: largest number of training records.

        Returns:
          Results of `score_samples` by part.
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
