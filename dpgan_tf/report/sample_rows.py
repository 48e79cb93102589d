"""A few rows of a released generator."""

import pathlib

from dpgan_tf import errors
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import writing
from dpgan_tf.release import sample_files
from dpgan_tf.release import sampling
from dpgan_tf.report import markup

_NUM_COUNTS, _NUM_TYPED = 12, 4
_MOST_COLUMNS = 60
_LONGEST = 40
_SEED = 1


def counts(generator: sampling.ExportedGenerator, release: pathlib.Path) -> str:
    """Return rows of counts as HTML: the names of what is there.

    Args:
      generator: the release's generator.
      release: folder of the release.
    """
    names = sample_files.read_columns(release)
    lines = []
    for row in generator.all_samples(_NUM_COUNTS, _SEED).examples:
        present = [
            names[j] if row[j] == 1 else f"{names[j]} x {row[j]}"
            for j in row.nonzero()[0]
        ]
        lines.append((str(len(lines) + 1), ", ".join(present)))
    said = f"{_NUM_COUNTS} rows of the released generator."
    table = markup.table(lines, header=("", "columns that are not 0"))
    return markup.paragraph(said) + table


def typed(generator: sampling.ExportedGenerator, schema: schemas.Schema) -> str:
    """Return the values of rows of typed columns as HTML, a column in a line.

    Args:
      generator: the release's generator, loaded with the schema.
      schema: the schema.
    """
    made = generator.all_samples(_NUM_TYPED, _SEED)
    table = decoding.decode(schema, made.examples, made.places)
    columns = schema.columns[:_MOST_COLUMNS]
    lines = [
        (
            errors.printable(column.name, largest=_LONGEST),
            *(
                errors.printable(text, largest=_LONGEST)
                for text in writing.texts(column, table[column.name])
            ),
        )
        for column in columns
    ]
    said = f"{_NUM_TYPED} rows of the released generator."
    if len(columns) < len(schema.columns):
        said += f" These are the first {len(columns)} columns."
    header = ("", *(f"row {i + 1}" for i in range(_NUM_TYPED)))
    return markup.paragraph(said) + markup.table(
        lines, header=header, css="numbers"
    )
