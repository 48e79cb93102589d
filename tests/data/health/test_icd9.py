"""The public list of columns, and how codes are truncated."""

import pytest

from dpgan_tf.data.health import code_text
from dpgan_tf.data.health import icd9


@pytest.mark.parametrize(
    "code, expected",
    [
        ("4019", "401"),
        ("401.9", "401"),
        (" 042 ", "042"),
        ("V3001", "V30"),
        ("v27", "V27"),
        ("E8788", "E878"),
        ("E000", "E000"),
        ("E0009", "E000"),
        ("E878.8", "E878"),
        ("8.45", "008"),
        ("38.9", "038"),
        ("8.450", "008"),
        ("250.000", "250"),
        ("42.", "042"),
        ("401.", "401"),
        ("4019.", "401"),
        ("401.0", "401"),
        ('="0389"', "038"),
        ("'v30.01'", "V30"),
        ("V10", "V10"),
        ("E860", "E860"),
    ],
)
def test_a_code_is_cut_to_three_characters_or_four_after_an_e(code, expected):
    assert icd9.read(code) == code_text.Code(expected)


@pytest.mark.parametrize(
    "problem, codes",
    [
        (code_text.EMPTY, ["", " ", '""', "NULL", "nan", "\\N"]),
        (icd9.ZEROS_LOST, ["7", "42", "4019.0", "25000.0"]),
        (
            icd9.ICD_10,
            [
                *("E10.9", "e10.9", "E1140", "E785", "E11", "E11.649", "I10"),
                *("J18.9", "V86.01XA", "V8601XA", "M8000", "U07.1", "O42"),
            ],
        ),
        (
            icd9.NO_CODE,
            [
                *("ZZZ", "4O1", "9999x", "123456", "401.999", "401,9", ".45"),
                *("V1", "V1.0", "E8", "-401", "4 01", "\u0664\u0660\u0661"),
            ],
        ),
    ],
)
def test_what_is_no_code_of_icd_9_says_what_it_is(problem, codes):
    for code in codes:
        assert icd9.read(code) == code_text.Code("", problem), code


def test_the_shipped_list_has_every_category_once():
    codes = icd9.shipped_codes()
    assert len(set(codes)) == len(codes) == 1250
    assert {"001", "042", "401", "428", "999", "V01", "V91"} <= set(codes)
    assert {"E000", "E999"} <= set(codes)
    assert not {"000", "019", "V00", "E031", "E8788", "4019"} & set(codes)
    assert all(icd9.read(code).category == code for code in codes)


def test_codes_and_ranges_are_read_in_order(tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text("# chapter\n410-412, 401\nv01-V02 # more\n\n401\nE900\n")
    expected = ("410", "411", "412", "401", "V01", "V02", "E900")
    assert icd9.read_codes(path) == expected
