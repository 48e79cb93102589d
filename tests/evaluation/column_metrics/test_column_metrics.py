"""What all metrics of typed columns have in common."""

import itertools

import numpy as np
import pytest

from dpgan_tf.evaluation import column_metrics
from tests.evaluation.column_metrics import toy


def test_metrics_are_found_in_the_order_of_a_table():
    assert list(column_metrics.every()) == [
        "total_variation",
        "associations",
        "subgroups",
        "learners",
        "told_from_real",
    ]


def test_tuples_are_all_where_they_are_few():
    expected = list(itertools.combinations(range(6), 3))
    assert column_metrics.tuples(6, 3, seed=0) == expected
    assert column_metrics.tuples(2, 3, seed=0) == []


def test_of_many_tuples_as_many_are_chosen_by_the_seed():
    found = column_metrics.tuples(100, 2, seed=0)
    assert len(set(found)) == column_metrics.MOST_TUPLES
    assert all(0 <= i < j < 100 for i, j in found)
    assert found == column_metrics.tuples(100, 2, seed=0)
    assert found != column_metrics.tuples(100, 2, seed=1)


def test_shares_of_joint_cells_are_counted_however_many_there_are(monkeypatch):
    first, second = toy.typed(toy.TRAIN), toy.typed(toy.TEST[:500])
    found, real = column_metrics.shares(first, second, (1, 2))
    joint = toy.TRAIN[:, 4:8].T.astype(float) @ toy.TRAIN[:, 8:10] / 3_000
    np.testing.assert_allclose(found.reshape(4, 2), joint)
    assert real.sum() == pytest.approx(1)
    distance = column_metrics.distance(first, second, (0, 1, 2))
    assert 0 < distance < 0.2
    monkeypatch.setattr(column_metrics, "_MOST_COUNTED", 3)
    assert column_metrics.distance(first, second, (0, 1, 2)) == pytest.approx(
        distance
    )


def test_what_is_said_to_be_better_is_better_of_real_looking_rows():
    good = toy.rows(2_000, seed=3)
    bad = toy.rows(2_000, seed=3, dependent=False)
    bad[:1_200, 4:8] = np.eye(4, dtype=np.uint8)[0]  # All are young.
    for metric in column_metrics.every().values():
        found, worse = toy.run(metric.name, good), toy.run(metric.name, bad)
        assert metric.larger_is_better
        assert metric.sentences.keys() == metric.columns.keys()
        for column, larger in metric.larger_is_better.items():
            assert (found[column] > worse[column]) == larger, column
