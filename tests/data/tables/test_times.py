import datetime
import math
import random

import pyarrow
import pytest

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import times


def _read(text, kind=columns.DateTime, form=""):
    column = kind(name="a", edges=(0, 1), format=form)
    return times.read(pyarrow.array([text]), column)[0]


def test_days_are_those_of_the_standard_library():
    rng = random.Random(0)
    days = [rng.randrange(-700_000, 2_900_000) for _ in range(300)]
    moments = [columns.EPOCH + datetime.timedelta(days=day) for day in days]
    texts = pyarrow.array([each.date().isoformat() for each in moments])
    column = columns.Date(name="a", edges=(0, 1))
    assert times.read(texts, column).tolist() == days


@pytest.mark.parametrize(
    "text",
    ["2020-01-01T10:30", "2020-01-01 10:30:00", "2020-01-01T10:30:00.999"],
)
def test_a_moment_may_have_a_blank_and_parts_of_a_second(text):
    assert _read(text) == 18_262 * 86_400 + 37_800
    assert _read(text, columns.Date) == 18_262


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2020-02-30",
        "2019-02-29",
        "2020-13-01",
        "2020-00-10",
        "20200101",
    ]
    + ["2020-01-00", "2020-01-01T24:00", "2020-01-01T10:60", "0000-01-01"]
    + ["2020-01-01Z", "2020-01-01T10:30+01:00", "2020-1-1", "1.2.2020"],
)
def test_other_texts_are_no_time(text):
    assert math.isnan(_read(text))


def test_a_declared_form_is_read_and_iso_beside_it():
    def read(text):
        return _read(text, columns.Date, "%d.%m.%Y")

    assert read("29.02.2020") == read("2020-02-29") == 18_321
    assert read("1.3.2020") == read("01.03.2020") == 18_322
    for text in ("30.02.2020", "02/01/2020", "1.3.2020 x"):
        assert math.isnan(read(text))


def test_a_form_may_have_names_of_months_and_a_clock():
    assert _read("5 jan 1970", form="%d %b %Y") == 4 * 86_400
    assert _read("01/02/1970 10:05", form="%m/%d/%Y %H:%M") == 122_700
    assert _read("2-Jan-70 01:00:07 PM", form="%d-%b-%y %I:%M:%S %p") == 133_207
    assert _read("January 3, 1970", form="%B %d, %Y") == 172_800
    assert _read("19700103", form="%Y%m%d") == 172_800
