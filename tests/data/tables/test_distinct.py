import datetime
import decimal

import numpy as np
import pyarrow
import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import distinct


def _texts(values, kind=None):
    found = distinct.of(pyarrow.array(values, kind), source="f: column a")
    return np.array(found.texts.to_pylist())[found.places].tolist()


def test_rows_have_their_own_values_again():
    assert _texts(["a", "b", "a", None]) == ["a", "b", "a", ""]
    found = distinct.of(pyarrow.array(["a", "b", "a"]), source="f")
    assert found.texts.to_pylist() == ["a", "b", ""]


def test_blanks_and_quotes_around_a_value_are_no_part_of_it():
    assert _texts([" a ", '"b"', ' " c" ', "\ufeff"[:0], 'd"']) == [
        *("a", "b", "c", "", 'd"')
    ]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([1.0, 2.5, None], None, ["1", "2.5", ""]),
        ([1, None], "int64", ["1", ""]),
        ([True, False], None, ["true", "false"]),
        ([datetime.date(2020, 2, 29)], None, ["2020-02-29"]),
        ([decimal.Decimal("1.50")], None, ["1.50"]),
        ([None, None], "null", ["", ""]),
        (["x"], "large_string", ["x"]),
    ],
)
def test_typed_columns_are_text(values, kind, texts):
    assert _texts(values, kind) == texts


def test_times_lose_the_parts_of_a_second():
    values = [datetime.datetime(2020, 1, 1, 5, 6, 7, 890)]
    for unit in ("s", "ms", "us", "ns"):
        kind = pyarrow.timestamp(unit)
        made = pyarrow.array(values, pyarrow.timestamp("us")).cast(
            kind, safe=False
        )
        assert _texts(made) == ["2020-01-01 05:06:07"]


def test_a_column_of_categories_is_its_words():
    array = pyarrow.array(["x", None, "x"]).dictionary_encode()
    assert _texts(array) == ["x", "", "x"]


def test_times_with_a_zone_and_lists_are_refused():
    zoned = pyarrow.array([0], pyarrow.timestamp("s", tz="Europe/Berlin"))
    with pytest.raises(errors.DatasetError, match="column a: has times with"):
        _texts(zoned)
    no_text = pyarrow.StringArray.from_buffers(
        1,
        pyarrow.array([0, 1], "int32").buffers()[1],
        pyarrow.py_buffer(b"\xff"),
    )
    for array in (pyarrow.array([[1]]), pyarrow.array([b"\xff"]), no_text):
        with pytest.raises(errors.DatasetError, match="is of type"):
            _texts(array)


def test_no_rows_have_no_values():
    assert _texts([], "string") == []
