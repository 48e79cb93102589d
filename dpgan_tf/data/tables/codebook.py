"""Codebooks: tables that say what the columns of another table are.

A row declares a column, by the keys of a schema: name, type, values, least,
most and so on. Lists have semicolons or bars between their items. A row of
the type unit names the column of the persons.
"""

import json
import pathlib
from collections.abc import Collection
from typing import Any

from dpgan_tf.data.tables import batches
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
    schema: dict[str, Any] = {"format": schema_text.FORMAT, "columns": []}
    for arrays in batches.of_text(path, form, wanted=form.names):
        for texts in zip(*(each.to_pylist() for each in arrays), strict=True):
            _add(schema, dict(zip(form.names, texts, strict=True)))
    return schema


def _add(schema: dict[str, Any], row: dict[str, str]) -> None:
    """Add the column that a row declares, or the unit."""
    fields = {key: text.strip() for key, text in row.items() if text.strip()}
    if fields.get("type") == _UNIT:
        schema["unit"] = {
            "column": fields.get("name", ""),
            "most_rows": _plain(fields.get("most_rows", "")),
        }
    elif fields:
        schema["columns"].append(
            {key: _value(key, text) for key, text in fields.items()}
        )


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
