"""CSV files as people have them: RFC 4180 and its usual variants.

Fields may be quoted and contain separators, quotes and new lines; the separator
is a comma, semicolon, tab or bar, whichever the header has; text may begin with
a byte order mark, and may be gzip-compressed. After a bad quote, reading starts
again at the next line, so that one bad row does not affect others.
"""

import collections
import contextlib
import csv
import dataclasses
import gzip
import io
import os
import pathlib
import zlib
from collections.abc import Iterator, Sequence
from typing import IO

from dpgan_tf import errors
from dpgan_tf.data import file_kinds

WRONG_NUMBER = "wrong number of fields"
BAD_QUOTES = "bad quotes"
LONG_FIELD = "a field that is too long"

_SEPARATORS = (",", ";", "\t", "|")
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_GZIP = b"\x1f\x8b"
_MAX_LINE = 2**20
_MAX_LINES_OF_A_ROW = 1_000
_MAX_SHOWN = 40


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table.

    Attributes:
      line: number of its first line in the file, from 1.
      fields: the fields' text; empty if there is a problem.
      problem: reason why it cannot be read; empty if it can.
    """

    line: int
    fields: Sequence[str] = ()
    problem: str = ""


class Table:
    """A file's columns, and its rows, which are read once."""

    def __init__(
        self,
        path: pathlib.Path,
        lines: Iterator[tuple[int, str]],
        *,
        wanted: Sequence[str],
    ):
        """Read the header.

        Args:
          path: the file, for messages.
          lines: the file's lines, with their numbers.
          wanted: names of columns that show which separator it has.

        Raises:
          DatasetError: if the first line is not a header.
        """
        self._path = path
        self._lines = lines
        first = next(filter(_is_header, lines), (1, ""))[1]
        self._separator, self._names = max(
            ((mark, _names(first, mark)) for mark in _SEPARATORS),
            key=lambda found: len(set(wanted) & set(found[1])),
        )
        _, problem = _parse(first, self._separator)
        if problem:
            raise errors.DatasetError(
                f"{path}: its first line is not a header: it has {problem}; "
                "expected the names of columns."
            )

    def place(self, *names: str) -> int | None:
        """Return a column's place; None if there is no such column.

        Args:
          *names: possible names in capitals; the first one found counts.

        Raises:
          DatasetError: if the name occurs twice.
        """
        for name in names:
            if self._names.count(name) > 1:
                raise errors.DatasetError(
                    f"{self._path}: column {name} is there "
                    f"{self._names.count(name)} times; expected one."
                )
            if name in self._names:
                return self._names.index(name)
        return None

    def require(self, *names: str) -> int:
        """Return a required column's place.

        Args:
          *names: possible names in capitals; see `place`.

        Raises:
          DatasetError: unless it occurs once.
        """
        place = self.place(*names)
        if place is None:
            found = ", ".join(map(show, self._names[:8])) or "none"
            raise errors.DatasetError(
                f"{self._path}: column {names[0]} is missing; its columns are "
                f"{found}."
            )
        return place

    def rows(self) -> Iterator[Row]:
        """Yield every row; empty lines are skipped."""
        ahead: collections.deque[tuple[int, str]] = collections.deque()
        while ahead or _pull(self._lines, ahead):
            line, text = ahead.popleft()
            if not text.strip():
                continue
            fields, problem = _parse(text, self._separator)
            if problem and text.count('"') % 2:
                fields, problem = self._parse_on(text, ahead, problem)
            if not problem and len(fields) != len(self._names):
                problem = WRONG_NUMBER
            if problem:
                yield Row(line=line, problem=problem)
            else:
                yield Row(line=line, fields=fields)

    def _parse_on(self, text, ahead, problem):
        """Read on to the line where a quote ends, if that gives a row.

        Otherwise the following lines stay unread.
        """
        for number in range(_MAX_LINES_OF_A_ROW):
            if number == len(ahead) and not _pull(self._lines, ahead):
                break
            text += ahead[number][1]
            if text.count('"') % 2 == 0:
                fields, why = _parse(text, self._separator)
                if why or len(fields) != len(self._names):
                    break
                for _ in range(number + 1):
                    ahead.popleft()
                return fields, ""
            if len(text) > _MAX_LINE:
                break
        return [], problem


@contextlib.contextmanager
def opened(
    path: str | os.PathLike, *, wanted: Sequence[str]
) -> Iterator[Table]:
    """Open a file.

    Args:
      path: the file; compressed or not, whatever its name.
      wanted: names of columns, in capitals.

    Raises:
      DatasetError: if it is not text, or is truncated; also while its rows are
        read.
    """
    path = pathlib.Path(path)
    lines = _Lines(path)
    try:
        with _opened_text(path) as text:
            lines.text = text
            yield Table(path, lines, wanted=wanted)
    except (EOFError, OSError, zlib.error) as error:
        raise errors.DatasetError(
            f"{path}: cannot be read after line {lines.number} "
            f"({errors.first_line(error)}): copy it again."
        ) from error


def show(text: str) -> str:
    """Return untrusted text in a form that any terminal can show, cut short.

    Args:
      text: text from anybody.
    """
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in text[:_MAX_SHOWN]
    )
    return shown + "..." * (len(text) > _MAX_SHOWN)


@contextlib.contextmanager
def _opened_text(path) -> Iterator[IO[str]]:
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(path, "rb"))
        if file.peek(2).startswith(_GZIP):
            file = stack.enter_context(gzip.open(file))
        encoding = _encoding(file.peek(file_kinds.HEAD_BYTES), path)
        # Names and codes are ASCII, and are the same in all encodings that have
        # no mark; other letters are not needed.
        yield stack.enter_context(
            io.TextIOWrapper(file, encoding, errors="replace", newline="")
        )


def _encoding(head, path):
    kind = file_kinds.foreign_kind(head[: file_kinds.HEAD_BYTES])
    if kind:
        raise errors.DatasetError(
            f"{path}: is {kind}; expected a CSV file, plain or .gz."
        )
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if head.count(0) > len(head) // 4:
        raise errors.DatasetError(
            f"{path}: is full of NUL bytes, as UTF-16 without a byte order "
            "mark is; save it as UTF-8."
        )
    return "utf-8"


class _Lines:
    """The lines of a text and their numbers; a long line is refused."""

    def __init__(self, path):
        self.text: IO[str] = io.StringIO()
        self.number = 0
        self._path = path

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> tuple[int, str]:
        line = self.text.readline(_MAX_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == _MAX_LINE:
            raise errors.DatasetError(
                f"{self._path}, line {self.number}: has more than "
                f"{_MAX_LINE:,} characters; expected a CSV file with a row in "
                "each line."
            )
        return self.number, line


def _pull(lines, ahead) -> bool:
    found = next(lines, None)
    if found is not None:
        ahead.append(found)
    return found is not None


def _is_header(numbered):
    """Skip empty lines, and the line that tells Excel the separator."""
    text = numbered[1].strip().strip('"')
    return bool(text) and not (len(text) == 5 and text.startswith("sep="))


def _names(header, separator):
    fields, _ = _parse(header, separator)
    return [name.strip().strip("'\"\ufeff").strip().upper() for name in fields]


def _parse(text, separator):
    """Return a row's fields, or none and the reason."""
    reader = csv.reader(
        [text], delimiter=separator, strict=True, skipinitialspace=True
    )
    try:
        return next(reader), ""
    except csv.Error as error:
        is_long = "field limit" in str(error)
        return [], LONG_FIELD if is_long else BAD_QUOTES
