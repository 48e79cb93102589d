"""How a text file holds a table: its encoding, its separator, its header.

The whole file is looked through once before any row is read: bytes that are in
no known encoding, and NUL bytes, are found before anything is spent.
"""

import codecs
import csv
import gzip
import os
import pathlib
import zlib
from collections.abc import Sequence
from typing import IO, Any, NamedTuple

from dpgan_tf import errors
from dpgan_tf.data import file_kinds

SEPARATORS = (",", ";", "\t", "|")

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = ("utf-8", "cp1252", "latin-1")
_GZIP = b"\x1f\x8b"
_CHUNK = 2**20
_LONGEST_HEADER = 2**24


class TextForm(NamedTuple):
    """How a text file holds a table.

    Attributes:
      encoding: Python's name of its encoding.
      separator: character between two fields.
      names: names in its header.
      num_before: number of lines down to the header, which are not rows.
      num_rows: number of lines below the header, about that of its rows.
    """

    encoding: str
    separator: str
    names: tuple[str, ...]
    num_before: int
    num_rows: int

    @property
    def decimal(self) -> str:
        """The mark that a number such as 1,234 has for its decimals."""
        return "," if self.separator == ";" else ""


def survey(path: pathlib.Path, *, names: Sequence[str]) -> TextForm:
    """Look a file through.

    Args:
      path: the file, compressed by gzip or not, whatever its name.
      names: names of columns that show which separator it has.

    Raises:
      DatasetError: if it is not text, or empty, or has NUL bytes.
    """
    try:
        encoding, num_lines = _decoded(path)
        with opened(path) as file:
            reader = codecs.getreader(encoding)(file)
            num_before, header = _header(reader, path)
            _require_more(reader, path)
    except (EOFError, OSError, zlib.error) as error:
        raise errors.DatasetError(
            f"{path}: cannot be read ({errors.first_line(error)}): copy it "
            "again."
        ) from error
    separator = max(
        SEPARATORS,
        key=lambda mark: _likeness(_fields(header, mark), names),
    )
    return TextForm(
        encoding=encoding,
        separator=separator,
        names=tuple(_fields(header, separator)),
        num_before=num_before,
        num_rows=max(num_lines - num_before, 0),
    )


def opened(path: str | os.PathLike) -> IO[bytes] | gzip.GzipFile:
    """Open a file's bytes, decompressed.

    Args:
      path: the file.
    """
    return gzip.open(path) if is_compressed(path) else open(path, "rb")


def is_compressed(path: str | os.PathLike) -> bool:
    """Return whether a file is compressed by gzip, by its first bytes.

    Args:
      path: the file.
    """
    with open(path, "rb") as file:
        return file.read(len(_GZIP)) == _GZIP


def _decoded(path) -> tuple[str, int]:
    """Return the first encoding that the whole file is in, and its lines."""
    with opened(path) as file:
        head = file.read(file_kinds.HEAD_BYTES)
    if not head:
        raise errors.DatasetError(
            f"{path}: is empty; expected a header and rows."
        )
    if kind := file_kinds.foreign_kind(head):
        raise errors.DatasetError(
            f"{path}: is {kind}; expected a CSV file, plain or .gz, or a "
            "Parquet file whose name ends in .parquet."
        )
    marked = [name for mark, name in _MARKS if head.startswith(mark)]
    for encoding in marked[:1] or _UNMARKED:
        num_lines = _count_lines(path, encoding)
        if num_lines is not None:
            return encoding, num_lines
    raise errors.DatasetError(
        f"{path}: begins as {marked[0]}, and goes on otherwise: save it as "
        "UTF-8."
    )


def _count_lines(path, encoding) -> int | None:
    """Count the lines; None if the file is not in the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    num_lines, last = 0, "\n"
    with opened(path) as file:
        while content := file.read(_CHUNK):
            try:
                text = decoder.decode(content)
            except UnicodeDecodeError:
                return None
            if "\0" in text:
                line = num_lines + text[: text.index("\0")].count("\n") + 1
                raise errors.DatasetError(
                    f"{path}: line {line:,} has NUL bytes, as UTF-16 without a "
                    "byte order mark has: save it as UTF-8, or copy it again."
                )
            num_lines += text.count("\n")
            last = text[-1:] or last
    return num_lines + (last != "\n")


def _header(reader: Any, path) -> tuple[int, str]:
    """Return the number of lines down to the header, and the header.

    Empty lines come before it, and the line that tells Excel the separator.
    """
    for number in range(1, _CHUNK):
        line = reader.readline(_LONGEST_HEADER)
        if not line:
            break
        text = line.removeprefix("\ufeff").strip().strip('"')
        if text and not (len(text) == 5 and text.startswith("sep=")):
            return number, line
    raise errors.DatasetError(f"{path}: has no header; expected one.")


def _likeness(fields: list[str], names: Sequence[str]) -> tuple[int, int]:
    """Return how many names there are among fields, and how many fields."""
    return len(set(names) & set(fields)), len(fields)


def _require_more(reader: Any, path) -> None:
    """Refuse a file whose header is all that it has."""
    while line := reader.readline(_LONGEST_HEADER):
        if line.strip():
            return
    raise errors.DatasetError(
        f"{path}: has no rows below its header; add some."
    )


def _fields(header: str, separator: str) -> list[str]:
    """Return the names in a header; none if its quotes do not match."""
    text = header.removeprefix("\ufeff").rstrip("\r\n")
    reader = csv.reader(
        [text], delimiter=separator, strict=True, skipinitialspace=True
    )
    try:
        return [name.strip() for name in next(reader)]
    except csv.Error:
        return []
