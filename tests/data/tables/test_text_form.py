import gzip

import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import text_form

NAMES = ("a", "b")


def _survey(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return text_form.survey(path, names=NAMES)


@pytest.mark.parametrize("mark", text_form.SEPARATORS)
def test_the_separator_is_the_one_that_gives_the_names(tmp_path, mark):
    found = _survey(tmp_path, f"a{mark}b\n1{mark}2\n".encode())
    assert (found.separator, found.names) == (mark, NAMES)
    assert (found.num_before, found.num_rows) == (1, 1)
    assert found.decimal == ("," if mark == ";" else "")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("\ufeffa,b\n\u00e4,2\n".encode(), "utf-8-sig"),
        ("a,b\n\u00e4,2\n".encode(), "utf-8"),
        ("a,b\n\u00e4,\u20ac\n".encode("cp1252"), "cp1252"),
        ("a,b\n\u00e4,\x81\n".encode("latin-1"), "latin-1"),
        ("a,b\n\u00e4,2\n".encode("utf-16"), "utf-16"),
        ("\ufeffa,b\n1,2\n".encode("utf-16-be"), "utf-16"),
        ("a,b\n1,2\n".encode("utf-32"), "utf-32"),
    ],
)
def test_the_encoding_is_found(tmp_path, content, encoding):
    found = _survey(tmp_path, content)
    assert (found.encoding, found.names) == (encoding, NAMES)


def test_a_letter_far_down_decides_the_encoding(tmp_path):
    content = b"a,b\n" + 300_000 * b"1,234567\n" + b"\xe4,1\n"
    found = _survey(tmp_path, content)
    assert (found.encoding, found.num_rows) == ("cp1252", 300_001)


def test_a_file_may_be_compressed_whatever_its_name(tmp_path):
    found = _survey(tmp_path, gzip.compress(b"a,b\n1,2\n"))
    assert found.names == NAMES


@pytest.mark.parametrize(
    ("content", "num_before"),
    [
        (b"sep=;\r\na;b\r\n1;2", 2),
        (b"\n\n  \na,b\n1,2", 4),
        (b' a , "b"\r\n1,2', 1),
        (b"a,b\r1,2", 1),
    ],
)
def test_the_header_is_found(tmp_path, content, num_before):
    found = _survey(tmp_path, content)
    assert (found.names, found.num_before) == (NAMES, num_before)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "has no header"),
        (b"a,b", "has no rows"),
        (b"a,b\n \n\n", "has no rows"),
        (b"PK\x03\x04 something", "is a zip archive"),
        (b"a,b\n1,\x002\n", "line 2 has NUL bytes"),
        ("a,b\n1,2\n".encode("utf-16-le"), "line 1 has NUL bytes"),
        (b"\xef\xbb\xbfa,b\n\xe4\n", "begins as utf-8-sig"),
        (gzip.compress(b"a,b\n" + 999 * b"1,2\n")[:30], "cannot be read"),
    ],
)
def test_what_is_no_text_is_refused_in_a_line(tmp_path, content, said):
    with pytest.raises(errors.DatasetError, match=said) as caught:
        _survey(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_a_header_with_bad_quotes_has_no_names(tmp_path):
    assert _survey(tmp_path, b'"a,b\n1,2\n').names == ()
