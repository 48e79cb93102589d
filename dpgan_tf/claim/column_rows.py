"""The model card's section about typed columns.

Names come from the curator: they stand last in the card, and marks of Markdown
in them mean nothing.
"""

import re

from dpgan_tf import errors
from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import output_names
from dpgan_tf.data.tables import schema as schemas

TITLE = "Columns"

_MOST_SHOWN = 100
_LARGEST_NAME = 60
_MARKS = re.compile(r"([\\`*_\[\]<>|~&$])")
_GIVEN = (
    ("category", "string", "its word"),
    ("boolean", "bool", "one of two words"),
    ("integer", "int64", "digits"),
    ("number", "float32", "digits, with its decimals"),
    ("date", "string such as 2026-01-31", "a day, in the declared form"),
    (
        "datetime",
        "string such as 2026-01-31T23:59:59",
        "a moment, in the declared form",
    ),
    ("codes", "string, joined by the separator", "the same"),
)


def section(schema: schemas.Schema) -> str:
    """Return the section, as Markdown.

    Args:
      schema: the schema in the release.
    """
    columns = schema.columns[:_MOST_SHOWN]
    parts = [
        "All that `schema.json` says was declared by the curator and is public:"
        " names, kinds, bounds, bins, categories and codes. None of it was "
        "learnt from the records. A number is drawn evenly from its bin.",
        _table(("kind", "given by `sample`", "in `samples.csv`"), _GIVEN),
        "Where a column that may be missing has no value, the tensor "
        f"`{output_names.flag('NAME')}` is true, strings are empty, numbers "
        "NaN, integers 0 and booleans false; its place in `samples.csv` is "
        "empty.",
        _table(
            ("column", "kind", "values", "may be missing"),
            [_row(column) for column in columns],
        ),
    ]
    if more := len(schema.columns) - len(columns):
        parts.append(f"And {more:,} more, in `schema.json`.")
    return "\n\n".join(parts)


def _row(column: columns_lib.Column) -> tuple[str, ...]:
    missing = "yes" if column.missing else "no"
    return escaped(column.name), column.TYPE, _values(column), missing


def _values(column: columns_lib.Column) -> str:
    if isinstance(column, columns_lib.Integer | columns_lib.Number):
        ends = " to ".join(map(column.text, (column.least, column.most)))
        return f"{escaped(ends)}, in {column.num_values:,} cells"
    if isinstance(column, columns_lib.Codes):
        return f"any of {column.num_values:,} codes"
    return f"one of {column.num_values:,}"


def escaped(text: str) -> str:
    """Return a text in one line, in which no mark of Markdown means anything.

    Args:
      text: a name, not trusted.
    """
    return _MARKS.sub(r"\\\1", errors.printable(text, largest=_LARGEST_NAME))


def _table(header, rows) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
