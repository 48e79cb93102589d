"""The public list of columns, and how codes are truncated."""

import pytest

from dpgan_tf import errors
from dpgan_tf.data import icd9


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
        ("41", "41"),
    ],
)
def test_a_code_is_cut_to_three_characters_or_four_after_an_e(code, expected):
    assert icd9.category(code) == expected


def test_the_shipped_list_has_every_category_once():
    codes = icd9.shipped_codes()
    assert len(set(codes)) == len(codes) == 1250
    assert {"001", "042", "401", "428", "999", "V01", "V91"} <= set(codes)
    assert {"E000", "E999"} <= set(codes)
    assert not {"000", "019", "V00", "E031", "E8788", "4019"} & set(codes)
    assert all(icd9.category(code) == code for code in codes)


def test_codes_and_ranges_are_read_in_order(tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text("# chapter\n410-412, 401\nv01-V02 # more\n\n401\nE900\n")
    expected = ("410", "411", "412", "401", "V01", "V02", "E900")
    assert icd9.read_codes(path) == expected


@pytest.mark.parametrize(
    "text, message",
    [
        ("401\n4O1\n", "line 2: '4O1'"),
        ("410-401", "line 1: '410-401'"),
        ("V01-E05", "line 1"),
        ("1-100", "line 1"),
        ("# nothing\n", "has no codes"),
    ],
)
def test_a_bad_list_names_the_line(tmp_path, text, message):
    path = tmp_path / "codes.txt"
    path.write_text(text)
    with pytest.raises(errors.DatasetError, match=message):
        icd9.read_codes(path)


def test_a_list_that_is_not_there_or_no_text_is_named(tmp_path):
    with pytest.raises(errors.DatasetError, match="--codes=.*nowhere"):
        icd9.read_codes(tmp_path / "nowhere")
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(errors.DatasetError, match="not a text file"):
        icd9.read_codes(path)
