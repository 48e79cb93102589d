"""Checks that samples of typed columns are values of their schema.

Other text could contradict the claim. Every cell of the file must be what this
program writes for a value that the schema declares.
"""

import csv
import datetime
import io
import math

from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import schema as schemas

_DAY = datetime.timedelta(days=1)
_SECOND = datetime.timedelta(seconds=1)


def problem_of(content: bytes, schema: schemas.Schema, *, num_rows: int) -> str:
    """Return what is wrong with a file of samples, or an empty text.

    Args:
      content: bytes of a CSV file.
      schema: the release's schema.
      num_rows: number of rows that it should have.
    """
    rows = _rows(content)
    if rows is None:
        return "is not a table as this program writes it"
    if not rows or tuple(rows[0]) != schema.names:
        return "begins with other names than the schema's columns"
    if len(rows) - 1 != num_rows:
        return f"does not have {num_rows} rows below the column names"
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(schema.columns):
            return f"row {number} does not have {len(schema.columns):,} values"
        for place, (column, text) in enumerate(
            zip(schema.columns, row, strict=True), start=1
        ):
            if not is_value(column, text):
                return f"row {number}, column {place}: no value of the schema"
    return ""


def _rows(content: bytes) -> list[list[str]] | None:
    """Return the rows of a table in its one form; None for other content."""
    # The codes of a row may be longer than Python takes by default.
    limit = csv.field_size_limit(max(len(content), 1))
    try:
        text = content.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError):
        return None
    finally:
        csv.field_size_limit(limit)
    again = io.StringIO(newline="")
    csv.writer(again, lineterminator="\n").writerows(rows)
    return rows if again.getvalue() == text else None


def is_value(column: columns_lib.Column, text: str) -> bool:
    """Return whether a text is how files have one of a column's values.

    Args:
      column: the column.
      text: the text; an empty one is a missing value, or no code.
    """
    if isinstance(column, columns_lib.Codes):
        there = set(text.split(column.separator))
        named = [code for code in column.codes if code in there]
        return text == column.separator.join(named)
    if not text:
        return column.missing
    if isinstance(column, columns_lib.Category):
        return text in column.values
    if isinstance(column, columns_lib.Boolean):
        return text in column.words
    return _is_number(column, text)


def _is_number(column: columns_lib.Ordered, text: str) -> bool:
    try:
        number = _number(column, text)
        is_same = math.isfinite(number) and column.text(number) == text
    except (ValueError, OverflowError):
        return False
    slack = _slack(column)
    return is_same and column.least - slack < number < column.most + slack


def _number(column: columns_lib.Ordered, text: str) -> float:
    if isinstance(column, columns_lib.Number):
        return float(text)
    if not isinstance(column, columns_lib.Date | columns_lib.DateTime):
        return int(text)
    moment = (
        datetime.datetime.strptime(text, column.format)
        if column.format
        else datetime.datetime.fromisoformat(text)
    )
    tick = _DAY if isinstance(column, columns_lib.Date) else _SECOND
    return (moment.replace(tzinfo=None) - columns_lib.EPOCH) // tick


def _slack(column: columns_lib.Ordered) -> float:
    """Return how far beyond its bounds a rounded number may be, less than."""
    if isinstance(column, columns_lib.DateTime) and column.format:
        return _DAY // _SECOND  # The form may leave out the time of the day.
    if not isinstance(column, columns_lib.Number):
        return 1
    rounding = 4 * math.ulp(max(abs(column.least), abs(column.most)))
    if column.decimals is None:
        return rounding
    return max(rounding, 10.0**-column.decimals)
