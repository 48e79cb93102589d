"""A condition holds for the rows whose values it names."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import decoding
from dpgan_tf.release import conditions
from tests import tiny_table

SCHEMA = tiny_table.SCHEMA
SIZE = '"größe, a/b.c=klein"'


def _table():
    made = tiny_table.samples()
    return decoding.decode(SCHEMA, made.examples, made.places)


def _values(name):
    return _table()[name].values


def _day(text):
    return np.datetime64(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SIZE, lambda: _values("größe, a/b.c") == "klein"),
        (
            '"größe, a/b.c=a ""b"", c"',
            lambda: _values("größe, a/b.c") == 'a "b", c',
        ),
        ("died=yes", lambda: _values("died")),
        ("died=0", lambda: ~_values("died")),
        ("ICU=false", lambda: ~_values("ICU") & ~_table()["ICU"].is_missing),
        ("ICU=missing", lambda: _table()["ICU"].is_missing),
        ("age=0", lambda: _values("age") == 0),
        ("age=20..64", lambda: (_values("age") >= 20) & (_values("age") <= 64)),
        ("age=65..", lambda: _values("age") >= 65),
        ("age=..19", lambda: _values("age") < 20),
        ("num=-5..-1", lambda: _values("num") < 0),
        ("num=0", lambda: (_values("num") == 0) & ~_table()["num"].is_missing),
        ("creatinine=0.3", lambda: _values("creatinine") == 0.3),
        ("creatinine=..20", lambda: ~_table()["creatinine"].is_missing),
        ("latent=1.5", lambda: _values("latent") == 1.5),
        ("latent=-1e0..+1", lambda: np.abs(_values("latent")) <= 1),
        (
            "admitted=2019-07-01..2019-12-31",
            lambda: (
                (_values("admitted") >= _day("2019-07-01"))
                & (_values("admitted") <= _day("2019-12-31"))
            ),
        ),
        (
            "seen=2019-07-01..2019-12-31",
            lambda: (
                (_values("seen") >= _day("2019-07-01T00:00:00"))
                & (_values("seen") < _day("2020-01-01T00:00:00"))
            ),
        ),
        (
            "seen=..2019-07-01T12:00:00",
            lambda: _values("seen") <= _day("2019-07-01T12:00:00"),
        ),
        ("icd=E11", lambda: np.array(["E11" in v for v in _values("icd")])),
        (
            'icd=I10,"icd=ü,1", died=yes',
            lambda: (
                np.array(["I10" in v and "ü,1" in v for v in _values("icd")])
                & _values("died")
            ),
        ),
    ],
)
def test_a_condition_holds_for_the_rows_it_means(text, expected):
    holds = conditions.parse(text, SCHEMA).holds(tiny_table.samples())
    np.testing.assert_array_equal(holds, expected())
    assert 0 < holds.sum() < 300


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("died", "where=died: died: expected NAME=VALUE"),
        ("dead=yes", "no column dead; there are died, .* and 6 more"),
        ("died=maybe", "died=maybe: there is no such value; there are .*yes"),
        ("died=missing", "died=missing: there is no such value"),
        ("died=", "died=: there is no such value"),
        (f'{SIZE[:-1]}er"', "there are klein, "),
        ("icd=I11", "icd=I11: there is no such value; there are I10, E11"),
        ("age=young", "age=young: expected a number, or a range"),
        ("age=nan", "age=nan: expected a finite number"),
        ("age=64..20", "age=64..20: is the wrong way round, or empty"),
        ("age=200", "age=200: no row can have that; .* from 0 to 110"),
        ("age=..-1", "is the wrong way round, or empty"),
        ("admitted=2019", "admitted=2019: .2019.: is no date; expected one"),
        ("admitted=2018-01-01", "goes from 2019-01-01 to 2020-12-31"),
        ('died=yes,"age=0', "expected NAME=VALUE, or several between commas"),
        ("died=yes,", "expected NAME=VALUE"),
        ("", "expected NAME=VALUE"),
    ],
)
def test_what_no_row_can_fulfil_is_refused_with_what_there_is(text, message):
    with pytest.raises(errors.UserError, match=message) as error:
        conditions.parse(text, SCHEMA)
    assert "\n" not in str(error.value)
