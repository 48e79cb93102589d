"""UCI Adult: a table of the US census of 1994, from the user's own copy.

48,842 persons, whose split of 32,561 and 16,281 is UCI's own. The files have no
header, ", " between values and "?" for none; the second one may begin with a
line of another kind and has a full stop at the end of its rows.
"""

import dataclasses
import os
import pathlib

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import arrow
from dpgan_tf.data import datasets
from dpgan_tf.data import registry
from dpgan_tf.data.census import adult_schema
from dpgan_tf.data.health import table_files
from dpgan_tf.data.tables import encoding
from dpgan_tf.data.tables import outside as policies
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy import plain_files

NAME = "adult"

_FILES = {"train": "adult.data", "test": "adult.test"}
_LARGEST_FILE = 2**26
_NUM_ROWS = {"train": 32_561, "test": 16_281}


def prepare(
    name: str,
    *,
    data_dir: str | os.PathLike,
    source: str | os.PathLike | None = None,
) -> registry.Prepared:
    """Read UCI's two files, and store their rows under `data_dir`.

    Args:
      name: `NAME`.
      data_dir: folder of named data sets.
      source: folder of adult.data and adult.test.

    Raises:
      DatasetError: naming the file, row or column that is missing or wrong.
    """
    if source is None:
        raise errors.DatasetError(
            f"--dataset={name}: give --source=DIR, the folder of UCI's "
            "adult.data and adult.test."
        )
    schema = adult_schema.build()
    rows = {}
    for part, file in _FILES.items():
        path = pathlib.Path(source) / file
        rows[part] = read(path, schema)
        if len(rows[part]) != _NUM_ROWS[part]:
            raise errors.DatasetError(
                f"{path}: has {len(rows[part]):,} rows; expected "
                f"{_NUM_ROWS[part]:,}: copy UCI's file again."
            )
    dataset = datasets.TableDataset(
        name=name,
        train_rows=rows["train"],
        test_rows=rows["test"],
        columns=schema.cells,
        largest=1,
        schema=schema,
        origin="UCI Adult",
    )
    table_files.write(pathlib.Path(data_dir) / name, dataset, report={})
    return registry.Prepared(name)


def load(
    name: str,
    *,
    data_dir: str | os.PathLike,
    schema: str = "",
    outside: str = policies.REFUSE,
) -> datasets.TableDataset:
    """Read the prepared copy.

    Args:
      name: `NAME`.
      data_dir: folder of prepared data sets.
      schema: text of its schema, as a recipe has it, or empty.
      outside: not needed, since no value is outside the schema.

    Raises:
      DatasetError: if there is no copy, it is damaged, or the schema is
        another.
    """
    del outside
    own = adult_schema.build()
    if schema and schema != schema_text.to_text(own):
        raise errors.DatasetError(
            f"data.schema: is another one than that of {name}, which has its "
            "own: leave it out."
        )
    folder = pathlib.Path(data_dir) / name
    again = (
        f"run `prepare-data --dataset={name} --source=DIR "
        f"--data_dir={data_dir}`."
    )
    if not table_files.is_table(folder):
        raise errors.DatasetError(f"dataset={name}: not in {data_dir}: {again}")
    found = table_files.load(folder)
    if found.columns != own.cells:
        raise errors.DatasetError(
            f"{folder}: has other columns than {name}: {again}"
        )
    return dataclasses.replace(found, name=name, schema=own)


def read(path: pathlib.Path, schema: schemas.Schema) -> np.ndarray:
    """Return a file's encoded rows, uint8 [n, num_cells].

    Args:
      path: the file.
      schema: the schema of its columns.

    Raises:
      DatasetError: naming the row or column that is wrong.
    """
    columns = list(zip(*_lines(path, schema), strict=True))
    if not columns:
        raise errors.DatasetError(f"{path}: has 0 rows; copy UCI's file again.")
    encoder = encoding.Encoder(
        schema, outside=policies.REFUSE, source=str(path), decimal="."
    )
    pyarrow = arrow.module()
    rows = encoder.encode([pyarrow.array(values) for values in columns])
    encoder.tally.require_none_refused(source=str(path))
    return rows


def _lines(path: pathlib.Path, schema: schemas.Schema) -> list[list[str]]:
    """Return the values of each row."""
    try:
        content = plain_files.read(path, largest=_LARGEST_FILE)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise errors.DatasetError(
            f"{path}: cannot be read ({errors.first_line(error)}): give "
            "--source=DIR, the folder of UCI's adult.data and adult.test."
        ) from error
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("|"):
            continue
        values = line.removesuffix(".").split(", ")
        if len(values) != len(schema.columns):
            raise errors.DatasetError(
                f"{path}: line {number} has {len(values)} values; expected "
                f"{len(schema.columns)}, with a comma and a blank between two: "
                "copy UCI's file again."
            )
        rows.append(values)
    return rows


SOURCES = (
    registry.Source(
        name=NAME,
        names={NAME: " --source=DIR"},
        load=load,
        prepare=prepare,
        options=(registry.SOURCE,),
        num_records={NAME: _NUM_ROWS["train"]},
        declared=("schema", "outside"),
    ),
)
