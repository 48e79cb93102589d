"""A value lies in the cell that it was made from, wherever in it."""

import datetime

import numpy as np
import pytest

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from tests import tiny_table

PLACES = np.array([0, 0.25, 0.5, 0.999, 1 - 2**-52])


def _values(column, cell, places=PLACES):
    """Return the values of one cell at several places."""
    schema = schemas.Schema(columns=(column,))
    rows = np.zeros([len(places), schema.num_cells], np.uint8)
    rows[:, cell] = 1
    return decoding.decode(schema, rows, places[:, None])[column.name].values


def test_a_whole_number_is_any_of_its_cell():
    column = columns.Integer(name="a", edges=(1, 4, 10), points=(0,))
    assert _values(column, 0).tolist() == [0] * 5
    assert _values(column, 1).tolist() == [1, 1, 2, 3, 3]
    assert _values(column, 2).tolist() == [4, 5, 7, 10, 10]


def test_whole_numbers_of_a_cell_are_equally_frequent():
    column = columns.Integer(name="a", edges=(3, 9))
    places = (np.arange(7_000) + 0.5) / 7_000
    found = _values(column, 0, places)
    assert np.bincount(found).tolist() == [0, 0, 0] + [1_000] * 7


def test_a_number_is_spread_over_its_bin():
    column = columns.Number(name="a", edges=(-1.0, 0.5, 2.5), points=(7.0,))
    assert _values(column, 0).tolist() == [7.0] * 5
    found = _values(column, 2)
    np.testing.assert_allclose(found[:3], [0.5, 1.0, 1.5])
    assert found[-1] <= 2.5


def test_rounded_numbers_stay_in_their_bins():
    """1.1 * 10 is more than 11 in floating point: bins begin by decimals."""
    column = columns.Number(name="a", edges=(0.0, 1.1, 1.25, 2.0), decimals=1)
    for cell, numbers in enumerate(
        (
            [i / 10 for i in range(11)],
            [1.1, 1.2],
            [i / 10 for i in range(13, 21)],
        )
    ):
        places = (np.arange(1_000) + 0.5) / 1_000
        found = np.unique(_values(column, cell, places))
        assert found.tolist() == numbers


def test_a_bin_between_two_decimals_has_the_next_one():
    column = columns.Number(name="a", edges=(0.0, 0.32, 0.38, 1.0), decimals=1)
    assert _values(column, 1).tolist() == [0.4] * 5


def test_times_are_days_and_seconds():
    day = columns.Date(name="a", edges=(-1, 0, 59, 59))
    assert _values(day, 0).tolist() == [datetime.date(1969, 12, 31)] * 5
    assert _values(day, 2).tolist() == [datetime.date(1970, 3, 1)] * 5
    moment = columns.DateTime(name="a", edges=(0, 86_399))
    assert _values(moment, 0)[-1] == np.datetime64("1970-01-01T23:59:59")


def test_a_missing_value_is_empty_and_said_to_be():
    missing = {
        name: found.values[found.is_missing][0]
        for name, found in _tiny_table().items()
        if found.is_missing is not None
    }
    assert missing["größe, a/b.c"] == ""
    assert (missing["ICU"], missing["num"]) == (False, 0)
    assert np.isnan(missing["creatinine"]) and np.isnat(missing["born"])
    never = {c.name for c in tiny_table.SCHEMA.columns if not c.missing}
    assert never == set(tiny_table.SCHEMA.names) - set(missing)


def _tiny_table():
    made = tiny_table.samples()
    return decoding.decode(tiny_table.SCHEMA, made.examples, made.places)


def test_columns_have_their_order_and_types():
    found = _tiny_table()
    assert tuple(found) == tiny_table.SCHEMA.names
    kinds = {name: column.values.dtype.str for name, column in found.items()}
    assert kinds == {
        "größe, a/b.c": "|O",
        "died": "|b1",
        "ICU": "|b1",
        "age": "<i8",
        "num": "<i8",
        "creatinine": "<f8",
        "latent": "<f8",
        "admitted": "<M8[D]",
        "born": "<M8[D]",
        "seen": "<M8[s]",
        "icd": "|O",
    }


def test_codes_are_joined_in_the_schemas_order():
    column = columns.Codes(name="a", codes=("x", "y", "z"), separator="+")
    rows = np.array([[0, 0, 0], [1, 0, 1], [1, 1, 1]], np.uint8)
    found = decoding.decode(
        schemas.Schema(columns=(column,)), rows, np.zeros([3, 0])
    )
    assert found["a"].values.tolist() == ["", "x+z", "x+y+z"]


@pytest.mark.parametrize("chosen", [[1, 3], np.array([True, False] * 150)])
def test_some_rows_are_chosen_with_what_they_miss(chosen):
    found = _tiny_table()["num"]
    some = found[chosen]
    np.testing.assert_array_equal(some.values, found.values[chosen])
    np.testing.assert_array_equal(some.is_missing, found.is_missing[chosen])
    assert _tiny_table()["age"][chosen].is_missing is None
