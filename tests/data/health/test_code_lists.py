"""Lists of categories: one line for whatever is wrong in them."""

import pytest

from dpgan_tf import errors
from dpgan_tf.data.health import code_lists
from dpgan_tf.data.health import icd9


def test_a_list_asks_for_its_own_categories(tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text("\ufeffa1, A2-A4\nB7 # last\n")
    found = code_lists.read(path, is_category=str.isalnum, examples="A1")
    assert found == ("A1", "A2", "A3", "A4", "B7")
    with pytest.raises(
        errors.DatasetError, match="line 1: 'a1'; expected a category such as X"
    ):
        code_lists.read(path, is_category=str.isdigit, examples="X")


@pytest.mark.parametrize(
    "text, message",
    [
        ("401\n4O1\n", "line 2: '4O1'"),
        ("410-401", "line 1: '410-401'"),
        ("V01-E05", "line 1"),
        ("1-100", "line 1"),
        ("4019", "line 1: '4019'; expected a category"),
        ("401\n8", "line 2: '8'"),
        ("E11", "line 1: 'E11'"),
        ("E030-E032", "line 1"),
        ("401-99999999", "line 1"),
        ("10000000-99999999", "line 1"),
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
    with pytest.raises(errors.DatasetError, match="is not a file"):
        icd9.read_codes(tmp_path)
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(errors.DatasetError, match="not a text file"):
        icd9.read_codes(path)
