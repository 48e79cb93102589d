r"""Draft a schema, which declares the columns of a table, or show one in words.

A schema says what each column may hold: its type, its categories or bounds, and
whether a value may be missing. It is published with the release, so it may say
only what is publicly known. `train` reads a table of any columns by it:
  python -m dpgan_tf schema visits.csv --output=schema.json
  (fill in types, categories and bounds; docs/schema.md has an example)
  python -m dpgan_tf schema schema.json
  python -m dpgan_tf train visits.csv --schema=schema.json --epsilon=2 \
      --records=2100

From a table this command takes the names of its columns alone, and reads no
row: whoever sees categories or bounds that were read from private rows learns
who was the oldest, or that somebody had a rare disease, and no epsilon covers
that. Take them from the form, the codebook or the law that the data come from.

If the rows are public, such as an older year that was published or a sample
that was made for this, --public drafts everything from them. Look the draft
through: bounds are those of the public rows, and private rows may go beyond.
  python -m dpgan_tf schema published_2015.csv --public --output=schema.json

--public reads a codebook, too: a table with a row for each column, and with
columns that are called as the keys of a schema: name, type, values, least,
most, bins, missing and so on. Lists have a semicolon between their items.
  python -m dpgan_tf schema codebook.csv --public --output=schema.json

Bounds that nobody knows can be learnt from private rows with noise, at a price:
--private takes a schema whose columns of numbers or dates have wide public
limits and "bounds": "private", and writes it with bins that were learnt.
Every run with it then pays for that, too, out of the epsilon of the run:
  python -m dpgan_tf schema visits.csv --private --schema=limits.json \
      --epsilon=0.4 --records=2100 --output=schema.json
  python -m dpgan_tf train visits.csv --schema=schema.json --outside=clip \
      --epsilon=2 --records=2100

A schema, FILE.json, is checked, and shown in words: its columns, and the cells
that each is divided into.
"""

import json
import os
import pathlib
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import quiet
from dpgan_tf.commands import bounds_flags
from dpgan_tf.commands import results
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy import durable

ARGUMENT = "file"
_MOST_SHOWN = 6
_WHY = (
    "Names only: bounds and categories that are read from private rows would "
    "be published without any protection. Fill in what is publicly known, or "
    "give --public if these rows are public (docs/schema.md)."
)


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "file",
        None,
        "A table, CSV or Parquet, whose schema is drafted, or a schema "
        "(.json), which is shown; also without the flag's name: `schema "
        "visits.csv`.",
        flag_values=flag_values,
    )
    flags.DEFINE_bool(
        "public",
        False,
        "Whether the rows of FILE are public, or it is a codebook: types, "
        "categories and bounds are then drafted, too.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "output",
        None,
        "File to write the draft to, which must not exist. Without this flag: "
        "it is printed.",
        flag_values=flag_values,
    )
    bounds_flags.define(flag_values)
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Draft a schema, or show one.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: for files that cannot be used.
    """
    if flag_values.file is None:
        raise errors.UserError(
            "FILE: missing; give a table, such as `schema visits.csv`, or a "
            "schema.json."
        )
    path = pathlib.Path(flag_values.file)
    bounds_flags.require_together(flag_values)
    if path.suffix.lower() == ".json":
        _show(flag_values, path)
    else:
        _draft(flag_values, path)


def _show(flag_values: flags.FlagValues, path: pathlib.Path) -> None:
    for name in ("public", "private", "output"):
        if flag_values[name].value:
            raise errors.UserError(
                f"--{name}: is for a draft from a table, and {path} is a "
                "schema; leave it out."
            )
    schema = schema_text.read(path)
    results.show(flag_values, _report(schema), in_words(schema))


def _draft(flag_values: flags.FlagValues, path: pathlib.Path) -> None:
    output = flag_values.output
    if output is not None and os.path.lexists(output):
        raise errors.UserError(
            f"--output={output}: exists, and is not written over; choose "
            "another name, or remove it."
        )
    if flag_values.private:
        _learn(flag_values, path)
        return
    drafting = quiet.import_module("dpgan_tf.data.tables.drafting")
    make = drafting.of_public if flag_values.public else drafting.names_only
    value = make(path)
    open_columns = drafting.open_columns(value)
    _note(flag_values, path, open_columns)
    _put(
        flag_values,
        drafting.text(value),
        {"schema": value, "open_columns": open_columns},
    )


def _learn(flag_values: flags.FlagValues, path: pathlib.Path) -> None:
    schema = bounds_flags.learn(flag_values, path)
    text = schema_text.to_text(schema)
    _put(flag_values, text, {"schema": json.loads(text), "open_columns": []})


def _put(
    flag_values: flags.FlagValues, text: str, report: dict[str, Any]
) -> None:
    """Write a schema to its file, or show it."""
    output = flag_values.output
    if output is not None:
        durable.create(pathlib.Path(output), text.encode())
        text = f"Written: {errors.printable(output)}"
    results.show(
        flag_values,
        report | {"output": output},
        text.rstrip(),
        then=[] if output is None else [_check(output)],
    )


def _note(
    flag_values: flags.FlagValues, path: pathlib.Path, open_columns: list[str]
) -> None:
    """Say what is left to a person, on standard error."""
    if not flag_values.public:
        progress.note(_WHY)
        return
    progress.note(
        f"{path}: was read as public. Look the draft through: private rows may "
        "go beyond what these have."
    )
    if open_columns:
        shown = ", ".join(
            errors.printable(name, largest=60)
            for name in open_columns[:_MOST_SHOWN]
        )
        progress.note(
            f"No type fits {len(open_columns):,} columns ({shown}): fill them "
            "in, or leave them out of schema and table."
        )


def _check(output: str) -> results.Next:
    return results.Next(["schema", output], "check it, and see its cells")


def in_words(schema: schemas.Schema) -> str:
    """Return a schema for a terminal: each column, and its cells.

    Args:
      schema: the schema.
    """
    rows = [
        (each.name, each.TYPE, f"{len(each.cells):,}", _cells(each.cells))
        for each in schema.columns
    ]
    head = ("column", "type", "cells", "")
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(3)]
    lines = [
        f"{name:{widths[0]}}  {kind:{widths[1]}}  {num:>{widths[2]}}  {cells}"
        for name, kind, num, cells in map(_printable, (head, *rows))
    ]
    counts = f"{len(rows):,} columns, {schema.num_cells:,} cells."
    return "\n".join(
        [*map(str.rstrip, lines), "", counts, _unit(schema), *_learnt(schema)]
    )


def _printable(row: tuple[str, ...]) -> list[str]:
    return [errors.printable(text) for text in row]


def _cells(cells: tuple[str, ...]) -> str:
    """Return the cells' names, without most of those in the middle."""
    if len(cells) <= _MOST_SHOWN:
        return ", ".join(cells)
    return ", ".join([*cells[:3], "...", *cells[-2:]])


def _unit(schema: schemas.Schema) -> str:
    if not schema.unit:
        return "Each row is a unit of privacy."
    return (
        f"Rows are of persons, named by {errors.printable(schema.unit)}, which "
        f"is not released; {schema.most_rows_per_unit:,} rows of a person "
        "count at most."
    )


def _learnt(schema: schemas.Schema) -> list[str]:
    learnt = schema.learnt_noise_multiplier
    if learnt is None:
        return []
    return [
        f"Bounds were learnt with noise multiplier {learnt:.3g}, which every "
        "run with this schema pays for."
    ]


def _report(schema: schemas.Schema) -> dict[str, Any]:
    return {
        "schema": json.loads(schema_text.to_text(schema)),
        "num_cells": schema.num_cells,
        "columns": [
            {"name": each.name, "type": each.TYPE, "cells": list(each.cells)}
            for each in schema.columns
        ],
    }
