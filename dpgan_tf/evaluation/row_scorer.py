"""Scores generators of rows, compared with held-out rows."""

import dataclasses
from collections.abc import Sequence

from dpgan_tf.data import datasets
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.evaluation import row_picture
from dpgan_tf.evaluation import scorer


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RowScorer(scorer.Scorer):
    """Scores all generators of one table: rows, uint8 [n, columns].

    Attributes:
      origin: where the real rows come from, in words.
    """

    unit = "row"
    origin: str

    def as_set(self, examples, labels, *, title):
        """See `scorer.Scorer.as_set`; metrics take the rows alone."""
        del labels, title
        return examples

    def has(self, samples):
        """See `scorer.Scorer.has`."""
        del samples
        return {metrics_lib.TEST_SET}

    def real(self, num):
        """See `scorer.Scorer.real`; all metrics compare with the test part."""
        return {metrics_lib.REAL_TRAIN: self.train[:num]}

    def report(self, scores, *, paper):
        """See `scorer.Scorer.report`; the papers have no such scores."""
        del paper
        return {
            "dataset": self.dataset,
            "origin": self.origin,
            "sample_seed": scorer.SEED,
            "scores": dict(scores),
        }

    def draw(self, samples, files):
        """See `scorer.Scorer.draw`; plots probabilities and correlations."""
        real = self.train[: len(samples)]
        row_picture.draw(
            {"real, training": real, "released": samples},
            train=self.train,
            test=self.test,
            path=files.comparison,
        )


def build(
    dataset: datasets.TableDataset, *, metric_names: Sequence[str] = ()
) -> RowScorer:
    """Return the scorer of a table.

    Args:
      dataset: the real rows.
      metric_names: names of metrics; none for the default metrics.

    Raises:
      UserError: for an unknown metric.
    """
    return RowScorer(
        dataset=dataset.name,
        metrics=metrics_lib.choose(metric_names, row_metrics.every()),
        train=dataset.train_rows,
        test=dataset.test_rows,
        example_shape=dataset.form.shape,
        origin=dataset.origin,
    )
