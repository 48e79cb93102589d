"""Rows of a table file, some at once, in a declared order of its columns."""

import contextlib
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import arrow
from dpgan_tf.data import limits
from dpgan_tf.data.tables import text_form

_LEAST_BLOCK, _BLOCK_OF_A_COLUMN, _LARGEST_BLOCK = 2**24, 2**15, 2**28
"""Bytes of text that are read at once: many rows, even of many columns."""

_MOST_SHOWN = 8


def of_text(
    path: pathlib.Path, form: text_form.TextForm, *, wanted: Sequence[str]
) -> Iterator[list[Any]]:
    """Yield a text file's rows.

    Args:
      path: the file.
      form: how it holds a table.
      wanted: names of the columns that it must have, in any order.

    Yields:
      Arrow arrays of text [b], one for each column that is wanted.

    Raises:
      DatasetError: naming the row that cannot be read.
    """
    order = places(form.names, wanted=wanted, source=str(path))
    pyarrow = arrow.module()
    try:
        with progress.bar(
            f"reading {path.name}", total=form.num_rows, unit="row"
        ) as bar:
            for batch in _opened(path, form, use_threads=True):
                yield [batch.column(place) for place in order]
                bar.update(batch.num_rows)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, form, error) from error


def of_parquet(
    path: pathlib.Path, *, wanted: Sequence[str]
) -> Iterator[list[Any]]:
    """Yield a Parquet file's rows; as `of_text`.

    Args:
      path: the file.
      wanted: names of the columns that it must have, in any order.

    Yields:
      Arrow arrays [b], one for each column that is wanted.

    Raises:
      DatasetError: if it cannot be read.
    """
    with _parquet(path) as file:
        facts = file.metadata
        limits.check_declared_size(
            facts.num_rows, stored=max(facts.num_rows, 1), source=str(path)
        )
        order = places(file.schema_arrow.names, wanted=wanted, source=str(path))
        with progress.bar(
            f"reading {path.name}", total=facts.num_rows, unit="row"
        ) as bar:
            for batch in file.iter_batches():
                yield [batch.column(place) for place in order]
                bar.update(batch.num_rows)


def names_in_parquet(path: pathlib.Path) -> tuple[str, ...]:
    """Return the names of a Parquet file's columns.

    Args:
      path: the file.

    Raises:
      DatasetError: if it cannot be read.
    """
    with _parquet(path) as file:
        return tuple(file.schema_arrow.names)


@contextlib.contextmanager
def _parquet(path: pathlib.Path) -> Iterator[Any]:
    """Open a Parquet file; what is wrong with it is one line."""
    pyarrow, parquet = arrow.module(), arrow.module("pyarrow.parquet")
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise errors.DatasetError(
            f"{path}: not a readable Parquet table "
            f"({errors.first_line(error)}): copy or save it again."
        ) from error


def places(
    names: Sequence[str], *, wanted: Sequence[str], source: str
) -> list[int]:
    """Return the places of columns in a file.

    Args:
      names: names of the file's columns.
      wanted: names of the columns that it must have.
      source: the file, for messages.

    Raises:
      DatasetError: if the file has fewer or more columns, or one twice.
    """
    names = list(names)
    twice = [name for name in wanted if names.count(name) > 1]
    lacking = [name for name in wanted if name not in names]
    beyond = sorted(set(names) - set(wanted), key=names.index)
    if len(lacking) == len(wanted):
        raise errors.DatasetError(
            f"{source}: its first line names none of the schema's columns "
            f"({_shown(wanted)}): give it a header with their names, one of "
            "comma, semicolon, tab or bar between them."
        )
    problems = (
        (twice, "has more than once the column", "leave one of them"),
        (lacking, "lacks the column", "add it, or leave it out of the schema"),
        (
            beyond,
            "has beyond the schema the column",
            "remove it, or declare it",
        ),
    )
    for found, words, remedy in problems:
        if found:
            raise errors.DatasetError(
                f"{source}: {words}{'s' * (len(found) > 1)} {_shown(found)}; "
                f"expected exactly the schema's: {remedy}."
            )
    return [names.index(name) for name in wanted]


def _shown(names: Sequence[str]) -> str:
    shown = ", ".join(
        errors.printable(name, largest=60) or "(without a name)"
        for name in names[:_MOST_SHOWN]
    )
    more = len(names) - _MOST_SHOWN
    return shown + f" and {more:,} more" * (more > 0)


def _opened(path, form, *, use_threads, on_bad=None) -> Iterator[Any]:
    """Yield a text file's batches, all of whose columns are text."""
    pyarrow, csv = arrow.module(), arrow.module("pyarrow.csv")
    # Arrow takes a column's type by its name: the places are names, since
    # people's names may be there twice.
    names = [str(place) for place in range(len(form.names))]
    block = max(_LEAST_BLOCK, _BLOCK_OF_A_COLUMN * len(names))
    block = min(block, _LARGEST_BLOCK)
    compression = "gzip" if text_form.is_compressed(path) else None
    with (
        pyarrow.input_stream(path, compression=compression) as stream,
        csv.open_csv(
            stream,
            read_options=csv.ReadOptions(
                column_names=names,
                skip_rows=form.num_before,
                encoding=form.encoding,
                block_size=block,
                use_threads=use_threads,
            ),
            parse_options=csv.ParseOptions(
                delimiter=form.separator,
                newlines_in_values=True,
                invalid_row_handler=on_bad,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.string()),
                strings_can_be_null=False,
            ),
        ) as found,
    ):
        yield from found


def _unreadable(path, form, error) -> errors.DatasetError:
    """Return the error about a file, with the bad row if one is to blame."""
    found = []

    def on_bad(row):
        found.append(row)
        return "error"

    pyarrow = arrow.module()
    try:
        for _ in _opened(path, form, use_threads=False, on_bad=on_bad):
            pass
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError):
        pass
    if not found:
        return errors.DatasetError(
            f"{path}: cannot be read as CSV ({errors.first_line(error)}): save "
            "it again, with quotes around texts that hold separators."
        )
    return errors.DatasetError(
        f"{path}: row {found[0].number - form.num_before:,} has "
        f"{found[0].actual_columns} fields; its header has "
        f"{found[0].expected_columns}: put quotes around texts that hold the "
        f"separator {form.separator!r}."
    )
