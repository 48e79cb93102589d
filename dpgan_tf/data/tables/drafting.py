"""Drafts of a schema: names from any table, the rest from public rows alone.

Bounds and categories that are read from private rows break the claim: whoever
sees them learns of the record that was the largest, or the only one of its
kind. So a private table gives names, and a person the rest.
"""

import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf.data.tables import batches
from dpgan_tf.data.tables import codebook
from dpgan_tf.data.tables import column_drafts
from dpgan_tf.data.tables import distinct
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import schema_text
from dpgan_tf.data.tables import text_form

OPEN = "?"
"""Type of a column that a person has to fill in."""


def names_only(path: pathlib.Path) -> dict[str, Any]:
    """Draft a schema from a table's header alone; its rows stay unread.

    Args:
      path: a CSV or Parquet file.

    Returns:
      The JSON value of a schema whose types are open.

    Raises:
      DatasetError: if it cannot be read.
    """
    names, _, _ = _opened(path)
    return _schema([{"name": name, "type": OPEN} for name in names])


def of_public(path: pathlib.Path) -> dict[str, Any]:
    """Draft a schema from public rows, or read it from a codebook.

    Args:
      path: a CSV or Parquet file of public rows, or a codebook.

    Returns:
      The JSON value of a schema; a type is open where none fits.

    Raises:
      DatasetError: if it cannot be read.
    """
    names, decimal, found = _opened(path)
    if codebook.is_codebook(names):
        value = codebook.read(path)
        schema_text.parse(json.dumps(value), source=str(path))
        return value
    facts = [column_drafts.Facts(decimal=decimal) for _ in names]
    for arrays in found:
        for name, seen, array in zip(names, facts, arrays, strict=True):
            shown = errors.printable(name, largest=60)
            seen.add(distinct.of(array, source=f"{path}: column {shown}"))
    return _schema(
        [
            {"name": name} | (seen.declared() or {"type": OPEN})
            for name, seen in zip(names, facts, strict=True)
        ]
    )


def open_columns(value: Mapping[str, Any]) -> list[str]:
    """Return the names of the columns that have no type yet.

    Args:
      value: the JSON value of a drafted schema.
    """
    return [each["name"] for each in value["columns"] if each["type"] == OPEN]


def text(value: Mapping[str, Any]) -> str:
    """Return a drafted schema as text, a column a line.

    Args:
      value: its JSON value.
    """
    lines = ",\n  ".join(
        json.dumps(each, ensure_ascii=False) for each in value["columns"]
    )
    others = {key: found for key, found in value.items() if key != "columns"}
    inner = json.dumps(others, ensure_ascii=False)[1:-1]
    return f'{{{inner}, "columns": [\n  {lines}\n]}}\n'


def _schema(columns: list[dict[str, Any]]) -> dict[str, Any]:
    return {"format": schema_text.FORMAT, "columns": columns}


def _opened(path) -> tuple[tuple[str, ...], str, Iterator[list[Any]]]:
    """Return a file's columns, its decimal mark, and its rows, yet unread."""
    if not path.is_file():
        raise errors.DatasetError(
            f"{path}: no such file; give a CSV or Parquet table, or a schema "
            "whose name ends in .json."
        )
    if path.name.lower().endswith(reading.PARQUET):
        names = batches.names_in_parquet(path)
        decimal, found = "", batches.of_parquet(path, wanted=names)
    else:
        form = text_form.survey(path, names=())
        names, decimal = form.names, form.decimal
        found = batches.of_text(path, form, wanted=names)
    batches.places(names, wanted=names, source=str(path))
    return names, decimal, found
