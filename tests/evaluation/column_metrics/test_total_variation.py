"""Total variation of marginals, by hand."""

import numpy as np
import pytest

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.evaluation import typed_rows
from tests.evaluation.column_metrics import toy


def _run(judged, train):
    names = "abc"[: len(train[0])]
    schema = schemas.Schema(
        columns=tuple(columns.Boolean(name=name) for name in names)
    )
    train, judged = (
        np.eye(2, dtype=np.uint8)[np.array(cells)].reshape(len(cells), -1)
        for cells in (train, judged)
    )
    view = typed_rows.view_of(schema, train)
    return toy.run(
        "total_variation", judged, train=train, test=train[:1], view=view
    )


def test_pairs_that_never_go_together_show_in_two_ways_only():
    same = [[0, 0], [1, 1]]
    opposite = [[0, 1], [1, 0]]
    assert _run(same, same) == {"one_way": 0, "two_way": 0}
    assert _run(opposite, same) == {"one_way": 0, "two_way": 1}


def test_a_parity_shows_in_three_ways_only():
    """The third is the exclusive or of two, and its opposite in samples."""
    real = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    made = [[a, b, 1 - c] for a, b, c in real]
    assert _run(made, real) == {"one_way": 0, "two_way": 0, "three_way": 1}


def test_it_is_half_the_sum_of_differences():
    # Shares .25 and .75 against .5 and .5, in one of two columns.
    found = _run([[1, 0], [0, 0], [0, 0], [0, 0]], [[1, 0], [0, 0]])
    assert found == pytest.approx({"one_way": 0.125, "two_way": 0.25})


def test_real_rows_are_near_the_training_rows():
    assert toy.run("total_variation", toy.TRAIN)["three_way"] == 0
    found = toy.run("total_variation", toy.TEST)
    assert 0 < found["one_way"] < found["two_way"] < found["three_way"] < 0.05
