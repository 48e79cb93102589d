import math

import pyarrow
import pytest

from dpgan_tf.data.tables import numerals


def _read(*texts, decimal=""):
    return numerals.read(pyarrow.array(texts), decimal=decimal).tolist()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("-1.5", -1.5),
        ("+2", 2),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1_000),
        ("1.5E-2", 0.015),
        ("1e999", math.inf),
        ("\u22124", -4),
        ("12,5", 12.5),
        ("0,123", 0.123),
        ("1234,567", 1234.567),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1 234", 1_234),
        ("1'234.5", 1234.5),
        ("-1 234,5", -1234.5),
        ("12 345,678", 12345.678),
        ("1\u202f234\u202f567", 1_234_567),
        ("1_000", 1_000),
    ],
)
def test_a_number_is_read_as_it_is_written(text, number):
    assert _read(text) == [number]


@pytest.mark.parametrize(
    "text",
    ["", "abc", "nan", "inf", "0x10", "1,2,3", "12,", "1 23", "1..2", "--1"]
    + ["1,23,456", "1e", "\u0661", "$5", "5%", "1 234 5"],
)
def test_other_texts_are_no_number(text):
    assert math.isnan(_read(text, decimal=",")[0])


def test_a_text_that_may_be_two_numbers_needs_the_mark():
    assert math.isnan(_read("1,234")[0])
    assert _read("1,234", decimal=",") == [1.234]


def test_each_text_is_read_by_itself():
    found = _read("1", "x", "1,5", "2 000", "")
    assert found[0] == 1 and found[2:4] == [1.5, 2_000]
    assert math.isnan(found[1]) and math.isnan(found[4])
