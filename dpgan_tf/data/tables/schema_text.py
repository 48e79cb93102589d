"""A schema as text: schema.json, format 1.

`parse` reads what people write, in few words, from a file that nobody trusts;
`to_text` writes the same schema with explicit edges, in one way only: whoever
hashes or compares schemas takes that text.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf.data.tables import column_text
from dpgan_tf.data.tables import output_names
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy import untrusted_json

FORMAT = 1
FILE_NAME = "schema.json"
MOST_ROWS_PER_UNIT = 1_024

_LARGEST = 2**24
_MOST_TEXT = 2**21
"""Most characters of the canonical text, which a run's config.json holds."""

_MOST_CHARACTERS = 200
_KIND = untrusted_json.record(
    {
        "format": untrusted_json.of(
            f"{FORMAT}, the only one so far", lambda value: value == FORMAT
        ),
        "columns": untrusted_json.list_of(untrusted_json.OBJECT),
    },
    optional={
        "unit": untrusted_json.record(
            {
                "column": untrusted_json.TEXT,
                "most_rows": untrusted_json.integer(2, MOST_ROWS_PER_UNIT),
            }
        ),
        "learnt": untrusted_json.record(
            {
                "noise_multiplier": untrusted_json.of(
                    "a number from 1e-6 to 1e6",
                    lambda value: (
                        type(value) in (int, float) and 1e-6 <= value <= 1e6
                    ),
                )
            }
        ),
        "$schema": untrusted_json.TEXT,
    },
)


def read(path: str | os.PathLike) -> schemas.Schema:
    """Read a file.

    Args:
      path: the file.

    Raises:
      DatasetError: naming the file and column, and the remedy.
    """
    return of_value(read_value(path), source=os.fspath(path))


def read_value(path: str | os.PathLike) -> dict[str, Any]:
    """Read a file's JSON value, whose columns are unchecked.

    Args:
      path: the file.

    Raises:
      DatasetError: naming the file and the remedy.
    """
    return untrusted_json.read(
        path,
        _KIND,
        error=errors.DatasetError,
        remedy="see docs/schema.md, and `dpgan schema --help`",
        what="is no schema",
        largest=_LARGEST,
    )


def parse(text: str | bytes, *, source: str) -> schemas.Schema:
    """Read a text.

    Args:
      text: JSON text of format 1.
      source: its file or setting, for messages.

    Raises:
      DatasetError: naming the source and column, and the remedy.
    """
    try:
        value = untrusted_json.parse(text, _KIND)
    except untrusted_json.JsonError as error:
        raise errors.DatasetError(
            f"{source}: is no schema ({error}): see docs/schema.md."
        ) from error
    return of_value(value, source=source)


def of(
    given: schemas.Schema | Mapping[str, Any] | str | os.PathLike,
) -> schemas.Schema:
    """Return the schema that a caller in Python gives.

    Args:
      given: a schema, its JSON value, or the path of its file.

    Raises:
      DatasetError: naming the file and column, and the remedy.
    """
    if isinstance(given, schemas.Schema):
        return given
    if not isinstance(given, Mapping):
        return read(given)
    try:
        text = json.dumps(given)
    except (TypeError, ValueError) as error:
        raise errors.DatasetError(
            f"schema: is no JSON value ({errors.first_line(error)}): see "
            "docs/schema.md."
        ) from error
    return parse(text, source="schema")


def to_text(schema: schemas.Schema) -> str:
    """Return the canonical text: the same for the same schema, a column a line.

    Args:
      schema: the schema.
    """
    lines = ",\n  ".join(
        _json(column_text.write(column)) for column in schema.columns
    )
    text = f'{{"format": {FORMAT}, "columns": [\n  {lines}\n]'
    if schema.unit:
        unit = {
            "column": schema.unit,
            "most_rows": schema.most_rows_per_unit,
        }
        text += f',\n"unit": {_json(unit)}'
    if schema.learnt_noise_multiplier is not None:
        learnt = {"noise_multiplier": schema.learnt_noise_multiplier}
        text += f',\n"learnt": {_json(learnt)}'
    return text + "}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def of_value(value: dict[str, Any], *, source: str) -> schemas.Schema:
    """Return the schema of a JSON value.

    Args:
      value: from `read_value`, or of its form.
      source: its file or setting, for messages.

    Raises:
      DatasetError: naming the source and column, and the remedy.
    """
    columns = []
    for number, fields in enumerate(value["columns"], start=1):
        name = fields.get("name")
        where = f"{source}: column {number}"
        if type(name) is not str or not _is_name(name):
            raise errors.DatasetError(
                f"{where}: name is {untrusted_json.shown(name)}; expected 1 to "
                f"{_MOST_CHARACTERS} printable characters without blanks "
                "around them."
            )
        try:
            columns.append(column_text.read(fields))
        except ValueError as error:
            raise errors.DatasetError(
                f"{where} ({errors.printable(name, largest=60)}): {error}."
            ) from error
    unit = value.get("unit", {})
    if unit and not _is_name(unit["column"]):
        raise errors.DatasetError(
            f"{source}: unit: column is {untrusted_json.shown(unit['column'])}"
            "; expected the name of the column that names the persons."
        )
    schema = schemas.Schema(
        columns=tuple(columns),
        unit=unit.get("column", ""),
        most_rows_per_unit=unit.get("most_rows", 1),
        learnt_noise_multiplier=value.get("learnt", {}).get("noise_multiplier"),
    )
    _require_whole(schema, source=source)
    return schema


def _is_name(name: str) -> bool:
    is_short = 0 < len(name) <= _MOST_CHARACTERS
    return is_short and name.isprintable() and name == name.strip()


def _require_whole(schema: schemas.Schema, *, source: str) -> None:
    """Refuse columns that do not fit together."""
    if not schema.columns:
        raise errors.DatasetError(f"{source}: has no columns; declare some.")
    if schema.num_cells > column_text.MOST_CELLS:
        raise errors.DatasetError(
            f"{source}: has {schema.num_cells:,} cells; expected at most "
            f"{column_text.MOST_CELLS:,}: give columns fewer bins or values."
        )
    if (length := len(to_text(schema))) > _MOST_TEXT:
        raise errors.DatasetError(
            f"{source}: with all edges its text has {length:,} characters; "
            f"expected at most {_MOST_TEXT:,}: shorten values, or have fewer."
        )
    if twice := column_text.repeated(schema.names):
        raise errors.DatasetError(
            f"{source}: column {twice} is there twice; expected other names "
            "for other columns."
        )
    if schema.unit in schema.names:
        raise errors.DatasetError(
            f"{source}: unit column {errors.printable(schema.unit)} is among "
            "the columns, too; leave it out there: it says whose row it is, "
            "and is not released."
        )
    if twice := column_text.repeated(schema.cells):
        raise errors.DatasetError(
            f"{source}: two cells are called {twice}; rename a column or "
            "value, or move edges apart."
        )
    output_names.require_distinct(schema.columns, source=source)
