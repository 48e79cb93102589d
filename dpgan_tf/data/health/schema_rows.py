"""Rows that fit a schema, and the folder that holds them.

patients.csv  or another name: the rows, in the schema's columns and words
schema.json   the schema; it is written last
report.json   what the preparation left out or changed; for the curator only
"""

import collections
import csv
import io
import json
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy import durable

SCHEMA, REPORT = "schema.json", "report.json"


class Fitting:
    """Makes rows fit a schema, and counts what had to be changed.

    Attributes:
      changed: number of values that became a bound or another word, by column.
      unknown_codes: codes that the schema does not have, and how often.
    """

    def __init__(self, schema: schemas.Schema):
        """Begin.

        Args:
          schema: the schema.
        """
        self._columns = schema.columns
        self._places = {
            each.name: {code: place for place, code in enumerate(each.codes)}
            for each in schema.columns
            if isinstance(each, columns.Codes)
        }
        self.changed: collections.Counter[str] = collections.Counter()
        self.unknown_codes: collections.Counter[str] = collections.Counter()

    def row(self, values: Mapping[str, Any]) -> list[str]:
        """Return the text of a row, in the order of the columns.

        Args:
          values: the row's values by column: a word, a number, a bool, or
            codes; an empty word if there is none.
        """
        return [self._text(each, values[each.name]) for each in self._columns]

    def _text(self, column: columns.Column, value: Any) -> str:
        match column:
            case columns.Category():
                return self._word(column, value)
            case columns.Boolean():
                return column.words[value]
            case columns.Codes():
                return column.separator.join(self._known(column, value))
            case _:
                return self._number(column, value)

    def _word(self, column: columns.Category, word: str) -> str:
        if not word or word in column.values:
            return word
        self.changed[column.name] += 1
        return column.other

    def _number(self, column: columns.Ordered, number: float) -> str:
        fitting = min(max(number, column.least), column.most)
        if fitting != number:
            self.changed[column.name] += 1
        return column.text(fitting)

    def _known(self, column: columns.Codes, codes: Sequence[str]) -> list[str]:
        places = self._places[column.name]
        self.unknown_codes.update(code for code in codes if code not in places)
        return sorted(places.keys() & set(codes), key=places.__getitem__)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file's content, in UTF-8 with commas.

    Args:
      header: names of the columns.
      rows: text of each row.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def write(
    folder: pathlib.Path,
    *,
    name: str,
    content: bytes,
    schema_text: str,
    report: Mapping[str, Any],
) -> None:
    """Write a folder.

    Args:
      folder: the folder.
      name: name of the file of rows.
      content: content of the file of rows.
      schema_text: text of the schema.
      report: the report.
    """
    durable.make_folder(folder)
    (folder / SCHEMA).unlink(missing_ok=True)
    durable.create(folder / name, content)
    durable.create(
        folder / REPORT, (json.dumps(report, indent=1) + "\n").encode()
    )
    durable.create(folder / SCHEMA, schema_text.encode())
