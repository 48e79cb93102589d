"""ICD-10-CM: how codes are truncated, and the public list."""

import pytest

from dpgan_tf.data.health import code_text
from dpgan_tf.data.health import icd10


@pytest.mark.parametrize(
    "code, expected",
    [
        ("E1165", "E11"),
        ("E11.65", "E11"),
        ("i10", "I10"),
        ("Z9114", "Z91"),
        ("V86.01XA", "V86"),
        ("C4A", "C4A"),
        ("O9A211", "O9A"),
        ("QA0", "QA0"),
        ('="J189"', "J18"),
    ],
)
def test_a_code_is_cut_to_three_characters(code, expected):
    assert icd10.read(code) == code_text.Code(expected)


@pytest.mark.parametrize(
    "problem, codes",
    [
        (code_text.EMPTY, ["", "NULL", " ", "NaN"]),
        (
            icd10.NO_CODE,
            ["4019", "E1", "E11.65012", "E-11", "EE1", "E1١", "E11,6"],
        ),
    ],
)
def test_what_is_no_code_says_what_it_is(problem, codes):
    for code in codes:
        assert icd10.read(code) == code_text.Code("", problem), code


def test_the_shipped_list_has_every_category_once():
    codes = icd10.shipped_codes()
    assert len(set(codes)) == len(codes) == 1918
    assert {"A00", "C4A", "E11", "I10", "O9A", "U07", "Z99"} <= set(codes)
    # E12 and E14 are of the international ICD-10 alone.
    assert not {"E12", "E14", "4019", "E119", "I14"} & set(codes)
    letters = sorted({code[0] for code in codes})
    assert letters == sorted("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
