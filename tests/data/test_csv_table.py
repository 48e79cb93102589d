"""CSV files are read by RFC 4180; what is none of it spoils its row alone."""

import gzip
import io
import zipfile

import pytest

from dpgan_tf import errors
from dpgan_tf.data import csv_table

HEADER = "A,B,TEXT\n"


def read(path, content):
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode()
    )
    with csv_table.opened(path, wanted=("A", "B")) as table:
        place = table.require("B")
        return [
            (row.line, row.problem or row.fields[place]) for row in table.rows()
        ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ('1,2,"x, ""y"""\n', [(2, "2")]),
        ('1,"2","x\ny\r\nz"\n3,4,w\n', [(2, "2"), (5, "4")]),
        ('1,"x\n2",y\n', [(2, "x\n2")]),
        ('1, "2" ,y\n3,4,y\n', [(2, csv_table.BAD_QUOTES), (3, "4")]),
        ('1, "2", "y,z"\n', [(2, "2")]),
        ('1,2,"y\n3,4,z\n5,6,w\n', [(2, "bad quotes"), (3, "4"), (4, "6")]),
        (
            '1,2,"y\n3,4,"z\n5,6,w\n',
            [(2, "bad quotes"), (3, "bad quotes"), (4, "6")],
        ),
        ("1,2,5' 2\"\n3,4,w\n", [(2, "2"), (3, "4")]),
        (
            "1,2\n1,2,3,4\n3,4,w",
            [
                (2, "wrong number of fields"),
                (3, "wrong number of fields"),
                (4, "4"),
            ],
        ),
        ("1,2\x00,x\n", [(2, "2\x00")]),
        (
            f"1,{'y' * 200_000},x\n3,4,w\n",
            [(2, "a field that is too long"), (3, "4")],
        ),
        ("", []),
    ],
)
def test_rows_are_read_or_say_what_is_wrong(tmp_path, text, expected):
    assert read(tmp_path / "a.csv", HEADER + text) == expected


def test_a_quote_that_never_ends_spoils_its_line_alone(tmp_path):
    text = HEADER + '1,2,"y\n' + "3,4,z\n" * 5_000
    found = read(tmp_path / "a.csv", text)
    assert len(found) == 5_001
    assert [line for line, value in found if value != "4"] == [2]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.CSV.GZ"])
def test_compression_is_told_by_the_content(tmp_path, name):
    text = (HEADER + "1,2,x\n").encode()
    assert read(tmp_path / name, gzip.compress(text)) == [(2, "2")]
    assert read(tmp_path / name, text) == [(2, "2")]


@pytest.mark.parametrize(
    "content, message",
    [
        (gzip.compress((HEADER + "1,2,x\n" * 99).encode())[:-9], "after line"),
        (gzip.compress(b"x" * 99)[:9], "cannot be read after line 0"),
        (b"x" * 2_000_000, "line 1: has more than 1,048,576 characters"),
        (HEADER.encode() + b"x" * 2_000_000, "line 2: has more than"),
        ((HEADER + "1,2,x\n").encode("utf-16-le"), "NUL bytes, as UTF-16"),
        (b"PAR1" + bytes(50), "a Parquet table; expected a CSV"),
        (b"A,A,B\n1,2,3\n", "column A is there 2 times"),
        (b"A,\x1b[31mC\n1,2\n", r"B is missing; its columns are A, \\x1b"),
        (b"", "is missing; its columns are none"),
        (b"A,'b'x,\n", "column B is missing"),
    ],
)
def test_files_that_cannot_be_meant_are_refused(tmp_path, content, message):
    with pytest.raises(errors.DatasetError, match=message) as raised:
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        with csv_table.opened(path, wanted=("A", "B")) as table:
            table.require("A")
            table.require("B")
            list(table.rows())
    assert str(tmp_path / "a.csv") in str(raised.value)
    assert str(raised.value).isprintable()


def test_an_archive_of_tables_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", HEADER)
    with pytest.raises(errors.DatasetError, match="is a zip archive"):
        read(tmp_path / "a.csv", buffer.getvalue())
