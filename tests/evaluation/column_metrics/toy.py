"""Rows of typed columns, of which age tells most of whether someone died."""

import numpy as np

from dpgan_tf.data import datasets
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import typed_rows

SCHEMA = schemas.Schema(
    columns=(
        columns.Category(name="ward", values=("A", "B", "C"), missing=True),
        columns.Integer(name="age", edges=(0, 20, 40, 60, 80)),
        columns.Boolean(name="died", words=("no", "yes")),
        columns.Codes(name="icd", codes=("I10", "E11", "rare")),
    )
)


def rows(num, *, seed, dependent=True):
    """Return encoded rows; I10 is mostly of the old, too, if it depends."""
    rng = np.random.default_rng(seed)
    ward = rng.choice(4, num, p=(0.5, 0.3, 0.18, 0.02))
    age, other = rng.integers(0, 4, [2, num])
    tells = age if dependent else other
    died = rng.random(num) < np.array([0.02, 0.1, 0.5, 0.9])[tells]
    codes = rng.random([num, 3]) < np.stack(
        [np.array([0.05, 0.1, 0.5, 0.7])[tells], np.full(num, 0.2), 0 * age], 1
    )
    blocks = [np.eye(4), np.eye(4), np.eye(2)]
    cells = (ward, age, died.astype(int))
    parts = [block[cell] for block, cell in zip(blocks, cells, strict=True)]
    return np.concatenate([*parts, codes], axis=1).astype(np.uint8)


TRAIN, TEST = rows(3_000, seed=1), rows(3_000, seed=2)
VIEW = typed_rows.view_of(SCHEMA, TRAIN)
DATASET = datasets.TableDataset(
    name="visits",
    train_rows=TRAIN,
    test_rows=TEST,
    columns=SCHEMA.cells,
    largest=1,
    schema=SCHEMA,
    origin="a test",
)


def typed(some, *, view=VIEW):
    """Return encoded rows in the form that metrics take."""
    return typed_rows.TypedRows(view=view, rows=some)


def run(name, judged, *, train=TRAIN, test=TEST, view=VIEW):
    """Return what a metric says of encoded rows."""
    metric = column_metrics.every()[name]
    judged, train, test = (
        typed(part, view=view) for part in (judged, train, test)
    )
    found = metric.run(judged, train=train, test=test, seed=0)
    assert set(found) <= set(metric.columns)
    return found
