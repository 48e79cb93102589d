import datetime

import pytest

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import time_text


def test_days_and_seconds_count_from_the_epoch():
    assert time_text.day("1970-01-02") == 1
    assert time_text.day("1969-12-31") == -1
    assert time_text.second("1970-01-01T00:01:02") == 62
    assert time_text.second("1970-01-02") == 86_400


@pytest.mark.parametrize("text", ["2020-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_is_written_as_it_was_read(text):
    column = columns.Date(name="a", edges=(0, 1))
    assert column.text(time_text.day(text)) == text
    moment = columns.DateTime(name="a", edges=(0, 1))
    assert moment.text(time_text.second(text)) == f"{text}T00:00:00"


def test_a_format_is_how_files_have_it():
    column = columns.Date(name="a", edges=(0, 1), format="%d.%m.%Y")
    assert column.text(time_text.day("2020-02-29")) == "29.02.2020"
    assert column.iso(time_text.day("2020-02-29")) == "2020-02-29"
    assert column.moment(0) == datetime.datetime(1970, 1, 1)


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (time_text.day, "29.02.2020", "is no date"),
        (time_text.day, "2020-02-30", "is no date"),
        (time_text.day, "2020-01-01T10:00:00", "has a time"),
        (time_text.second, "2020-01-01T10:00:00Z", "time zone"),
        (time_text.second, "2020-01-01T10:00:00.5", "parts of a second"),
    ],
)
def test_other_texts_are_refused(read, text, said):
    with pytest.raises(ValueError, match=said):
        read(text)


@pytest.mark.parametrize("form", ["%d.%m.%Y", "%Y%m%d", "%m/%d/%Y %H:%M", ""])
def test_a_format_of_a_day_is_taken(form):
    assert time_text.require_format(form) == form


@pytest.mark.parametrize(
    "form",
    ["%Y", "day", "%", "%d.%m.%Y %", "%d.%m.%Y %d", "%Y-%m-%d %f", "%j %Y"]
    + ["%Y-%m-%d\n", "%Y-%m-%d %%", "%Y-%m-%d %z"],
)
def test_a_format_that_loses_the_day_is_refused(form):
    with pytest.raises(ValueError, match="format is"):
        time_text.require_format(form)
