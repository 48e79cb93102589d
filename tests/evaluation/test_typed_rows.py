"""Cells of variables, and which of a table are variables."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.evaluation import typed_rows
from tests.evaluation.column_metrics import toy


def test_columns_are_variables_and_frequent_codes_after_them():
    names = [variable.name for variable in toy.VIEW.variables]
    # I10 is in a third of the rows, E11 in a fifth, and one code in none.
    assert names == ["ward", "age", "died", "icd=I10", "icd=E11"]
    assert [variable.size for variable in toy.VIEW.variables] == [4, 4, 2, 2, 2]
    assert toy.VIEW.variables[0].names == ["A", "B", "C", "missing"]
    assert toy.VIEW.variables[3].names == ["no", "yes"]


def test_cells_are_those_of_the_row_by_hand():
    row = np.array([[0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 1]], np.uint8)
    assert toy.typed(row).cells[:, 0].tolist() == [3, 1, 1, 1, 0]
    assert toy.VIEW.variables[1].middles.tolist() == [9.5, 29.5, 49.5, 70]


def test_of_many_codes_the_most_frequent_count():
    codes = tuple(f"c{i}" for i in range(130))
    schema = schemas.Schema(columns=(columns.Codes(name="icd", codes=codes),))
    train = (np.arange(200)[:, None] < np.arange(130)).astype(np.uint8)
    view = typed_rows.view_of(schema, train)
    assert len(view.variables) == 100
    assert view.variables[0].name == "icd=c129"
    # In one of the 200 rows, or in none: too rare.
    few = typed_rows.view_of(schema, train[:, ::-1] * 0 + (train[::-1] > 0))
    assert all("=c1," not in one.name for one in few.variables)


@pytest.mark.parametrize("missing", [False, True])
def test_cells_of_many_are_joined_and_missing_ones_stay_apart(missing):
    number = columns.Integer(
        name="n", edges=tuple(range(0, 601, 2)), missing=missing
    )
    words = columns.Category(
        name="w", values=tuple(f"w{i}" for i in range(300)), missing=missing
    )
    schema = schemas.Schema(columns=(number, words))
    block = np.eye(300 + missing, dtype=np.uint8)
    # The last words are the most frequent ones.
    often = np.concatenate([np.arange(300), np.arange(200, 300)])
    train = np.concatenate([block[often], block[often]], axis=1)
    view = typed_rows.view_of(schema, train)
    assert [one.size for one in view.variables] == [255, 255]
    numbers, found = (one.cells for one in view.variables)
    assert (np.diff(numbers) >= 0).all() and np.bincount(numbers).max() == 2
    assert sorted(found[200:300]) == list(range(100))
    middles = view.variables[0].middles
    assert np.isnan(middles[-1]) == missing
    known = middles[: 255 - missing]
    assert (np.diff(known) > 0).all() and 0 <= known[0] and known[-1] <= 600
    if missing:
        assert (numbers[-1], found[-1]) == (254, 254)
        assert np.count_nonzero(found == 254) == 1


def test_some_rows_are_a_random_part_that_the_seed_decides():
    rows = toy.typed(toy.TRAIN)
    assert rows.some(3_000, seed=0) is rows
    first, again, other = (rows.some(50, seed=s).rows for s in (0, 0, 1))
    assert len(first) == 50
    np.testing.assert_array_equal(first, again)
    assert (first != other).any() and (first != toy.TRAIN[:50]).any()


def test_a_target_is_a_column_with_one_value_a_row():
    for target in ("", "age", "died"):
        typed_rows.require_target(toy.SCHEMA, target)
    for target in ("icd", "Age"):
        with pytest.raises(
            errors.UserError, match="choose from ward, age, die"
        ):
            typed_rows.require_target(toy.SCHEMA, target)
    with pytest.raises(errors.UserError, match="tables with a schema"):
        typed_rows.require_target(None, "age")
    typed_rows.require_target(None, "")


def test_targets_are_all_variables_or_the_one():
    assert toy.VIEW.targets == [0, 1, 2, 3, 4]
    view = typed_rows.view_of(toy.SCHEMA, toy.TRAIN, target="died")
    assert view.targets == [2]
