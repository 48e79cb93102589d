"""Scores generators of tables with a schema."""

import dataclasses
from collections.abc import Sequence

from dpgan_tf.data import datasets
from dpgan_tf.evaluation import association_picture
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import column_picture
from dpgan_tf.evaluation import independent_columns
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import row_scorer
from dpgan_tf.evaluation import scorer
from dpgan_tf.evaluation import typed_rows

INDEPENDENT = "independent"
"""Name of rows of independent columns, drawn without privacy."""

_MOST_ROWS = 100_000


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ColumnScorer(row_scorer.RowScorer):
    """Scores all generators of one table with a schema.

    Of large tables, and of many samples, a random part is used.
    """

    def as_set(self, examples, labels, *, title):
        """See `scorer.Scorer.as_set`."""
        del labels, title
        view = self.train.view
        return typed_rows.TypedRows(view=view, rows=examples).some(
            _MOST_ROWS, seed=scorer.SEED
        )

    def real(self, num):
        """See `scorer.Scorer.real`."""
        train = typed_rows.TypedRows(
            view=self.train.view, rows=self.train.rows[:num]
        )
        return {metrics_lib.REAL_TRAIN: train, metrics_lib.REAL_TEST: self.test}

    def report(self, scores, *, paper):
        """See `scorer.Scorer.report`; adds what learners predict."""
        target = {"target": self.train.view.target}
        return super().report(scores, paper=paper) | target

    def baselines(self, num):
        """See `scorer.Scorer.baselines`."""
        drawn = independent_columns.draw(
            self.train.rows.mean(axis=0),
            blocks=self.train.view.schema.blocks,
            num=num,
            seed=scorer.SEED,
        )
        return {INDEPENDENT: self.as_set(drawn, None, title=INDEPENDENT)}

    def draw(self, samples, files):
        """See `scorer.Scorer.draw`; plots each column, and pairs."""
        column_picture.draw(self.train, samples, path=files.histograms)
        association_picture.draw(self.test, samples, path=files.associations)


def build(
    dataset: datasets.TableDataset,
    *,
    metric_names: Sequence[str] = (),
    target: str = "",
) -> ColumnScorer:
    """Return the scorer of a table with a schema.

    Args:
      dataset: the real rows.
      metric_names: names of metrics; none for the default metrics.
      target: name of the column that learners predict; empty for all.

    Raises:
      UserError: for an unknown metric or target.
    """
    schema = dataset.schema
    if schema is None:
        raise ValueError(f"{dataset.name}: has no schema.")
    view = typed_rows.view_of(schema, dataset.train_rows, target=target)
    train, test = (
        typed_rows.TypedRows(view=view, rows=rows).some(
            _MOST_ROWS, seed=scorer.SEED
        )
        for rows in (dataset.train_rows, dataset.test_rows)
    )
    return ColumnScorer(
        dataset=dataset.name,
        metrics=metrics_lib.choose(metric_names, column_metrics.every()),
        train=train,
        test=test,
        example_shape=dataset.form.shape,
        origin=dataset.origin,
    )
