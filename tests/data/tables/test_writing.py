"""Texts of values are those that a schema's files have."""

import numpy as np

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import writing


def _texts(column, values, missing=None):
    found = decoding.Values(
        values=np.array(values),
        is_missing=None if missing is None else np.array(missing),
    )
    return list(writing.texts(column, found))


def test_each_kind_has_its_text():
    boolean = columns.Boolean(name="a", words=("no", "yes"))
    assert _texts(boolean, [True, False]) == ["yes", "no"]
    integer = columns.Integer(name="a", edges=(0, 9))
    assert _texts(integer, [9, 0, 9]) == ["9", "0", "9"]
    number = columns.Number(name="a", edges=(0, 9), decimals=2)
    assert _texts(number, [1.5, 0.25]) == ["1.50", "0.25"]
    number = columns.Number(name="a", edges=(0, 9))
    assert _texts(number, [0.1, 1e-7]) == ["0.1", "1e-07"]
    day = columns.Date(name="a", edges=(0, 9))
    days = np.array([0, 9], "datetime64[D]")
    assert _texts(day, days) == ["1970-01-01", "1970-01-10"]
    day = columns.Date(name="a", edges=(0, 9), format="%d.%m.%Y")
    assert _texts(day, days) == ["01.01.1970", "10.01.1970"]
    moment = columns.DateTime(name="a", edges=(0, 9))
    seconds = np.array([0, 9], "datetime64[s]")
    assert _texts(moment, seconds)[1] == "1970-01-01T00:00:09"


def test_a_missing_value_is_an_empty_text():
    boolean = columns.Boolean(name="a", missing=True)
    assert _texts(boolean, [True, False], [False, True]) == ["true", ""]
    number = columns.Number(name="a", edges=(0, 9), missing=True)
    assert _texts(number, [np.nan, 1.0], [True, False]) == ["", "1.0"]
    day = columns.Date(name="a", edges=(0, 9), missing=True)
    days = np.array(["NaT", "1970-01-02"], "datetime64[D]")
    assert _texts(day, days, [True, False]) == ["", "1970-01-02"]
