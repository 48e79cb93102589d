"""Codebooks: tables that say what the columns of another table are.

A row declares a column, by the keys of a schema: name, type, values, least,
most and so on. Lists have semicolons or bars between their items. A row of
the type unit names the column of the persons.
"""

import csv
import io
import json
import pathlib
from collections.abc import Collection
from typing import Any

from dpgan_tf.data.tables import schema_text
from dpgan_tf.data.tables import text_form

_LISTS = ("values", "codes", "words", "edges", "points")
_WORDS = ("name", "type", "other", "separator", "format", "values", "codes")
_UNIT = "unit"
_KEYS = (
    *("name", "type", "missing", "other", "separator", "format", "decimals"),
    *("least", "most", "bins", "spacing", "resolution", "most_rows"),
    *_LISTS,
)
_LARGEST = 2**24


def is_codebook(names: Collection[str]) -> bool:
    """Return whether a table is a codebook, by the names in its header.

    Args:
      names: the names of its columns.
    """
    return {"name", "type"} <= set(names) <= {*_KEYS}


def read(path: pathlib.Path) -> dict[str, Any]:
    """Return the JSON value of the schema that a codebook says.

    Args:
      path: the codebook, a text file.
    """
    form = text_form.survey(path, names=("name", "type"))
    with text_form.opened(path) as file:
        text = file.read(_LARGEST).decode(form.encoding)
    lines = text.splitlines(keepends=True)[form.num_before :]
    rows = csv.DictReader(
        io.StringIO("".join(lines)), form.names, delimiter=form.separator
    )
    schema: dict[str, Any] = {"format": schema_text.FORMAT, "columns": []}
    for row in rows:
        fields = {
            key: text.strip()
            for key, text in row.items()
            if key and isinstance(text, str) and text.strip()
        }
        if fields.get("type") == _UNIT:
            most_rows = _plain(fields.get("most_rows", ""))
            schema["unit"] = {"column": fields["name"], "most_rows": most_rows}
        elif fields:
            schema["columns"].append(
                {key: _value(key, text) for key, text in fields.items()}
            )
    return schema


def _value(key: str, text: str) -> Any:
    """Return the JSON value that a field says."""
    read = str if key in _WORDS else _plain
    if key not in _LISTS:
        return read(text)
    mark = "|" if "|" in text else ";"
    return [read(item.strip()) for item in text.split(mark) if item.strip()]


def _plain(text: str) -> Any:
    """Return a number, true or false if a text says so; else the text."""
    try:
        return json.loads(text.lower())
    except ValueError:
        return text
