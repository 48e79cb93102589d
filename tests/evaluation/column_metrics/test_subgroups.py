"""Frequencies within subgroups."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.evaluation import typed_rows
from dpgan_tf.evaluation.column_metrics import subgroups
from tests.evaluation.column_metrics import toy


def test_frequencies_in_a_subgroup_are_compared_by_hand():
    made = toy.rows(3_000, seed=1)
    is_dead = made[:, 9] == 1
    made[is_dead, 4:8] = np.eye(4, dtype=np.uint8)[0]
    found = subgroups.distances(toy.typed(made), toy.typed(toy.TRAIN), 2, 1)
    # Of those who died, all are young now, and few really were.
    really = toy.TRAIN[toy.TRAIN[:, 9] == 1][:, 4].mean()
    assert found == pytest.approx([0, 1 - really])


def test_rare_subgroups_do_not_count_and_lost_ones_are_wholly_wrong():
    without = toy.TRAIN[toy.TRAIN[:, 2] == 0]  # Nobody in ward C.
    found = subgroups.distances(toy.typed(without), toy.typed(toy.TRAIN), 0, 2)
    # Wards A and B; 2% have none, which is no subgroup.
    assert found == pytest.approx([0, 0, 1])
    worst = toy.run("subgroups", without)["subgroup_worst"]
    assert worst == 1


def test_marginals_alone_are_wrong_in_subgroups():
    good = toy.run("subgroups", toy.rows(3_000, seed=3))
    without = toy.run("subgroups", toy.rows(3_000, seed=3, dependent=False))
    assert good["subgroup_mean"] < 0.03 < 0.05 < without["subgroup_mean"]
    assert good["subgroup_mean"] < good["subgroup_worst"]
    assert set(toy.run("subgroups", toy.TRAIN).values()) == {0}


def test_a_table_without_categories_has_no_subgroups():
    schema = toy.schemas.Schema(columns=toy.SCHEMA.columns[1:2])
    ages = toy.TRAIN[:, 4:8]
    view = typed_rows.view_of(schema, ages)
    with pytest.raises(errors.UserError, match="no value of a category"):
        toy.run("subgroups", ages, train=ages, test=ages, view=view)
