"""Conditions of typed rows, such as "sex=F,age=50..60"."""

import csv
import dataclasses
import difflib
import math
from collections.abc import Callable, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import time_text
from dpgan_tf.release import sampling

_RANGE = ".."
_DAY = 24 * 60 * 60
_SHOWN = 5
_Mask = Callable[[decoding.Values], np.ndarray]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Condition:
    """What the rows of a group have in common.

    Attributes:
      text: its text, for messages.
      schema: the schema of the rows.
      masks: for some columns by name, functions from their values to bool [n].
    """

    text: str
    schema: schemas.Schema
    masks: Sequence[tuple[str, _Mask]]

    def holds(self, batch: sampling.Samples) -> np.ndarray:
        """Return which samples fulfil it, bool [b].

        Args:
          batch: samples, with places.
        """
        table = decoding.decode(self.schema, batch.examples, batch.places)
        masks = [mask(table[name]) for name, mask in self.masks]
        return np.logical_and.reduce(masks)


def parse(text: str, schema: schemas.Schema) -> Condition:
    """Read a condition.

    Args:
      text: NAME=VALUE, several of them between commas, all of which hold; in
        quotes if there is a comma in one. A value is a word of a category, yes
        or no in the column's words, a code that a row has, a number or time, or
        a range of them such as 50..60, 50.. or ..60 with both ends in it, or
        "missing".
      schema: the schema of the rows.

    Raises:
      UserError: naming the column or value that the schema does not have.
    """
    where = f"where={text}"
    masks = []
    for part in _parts(text, where):
        column, value = _split(part.strip(), schema, where)
        try:
            masks.append((column.name, _mask(column, value)))
        except ValueError as error:
            shown = errors.printable(f"{column.name}={value}", largest=100)
            raise errors.UserError(f"{where}: {shown}: {error}.") from error
    return Condition(text=text, schema=schema, masks=masks)


def _parts(text: str, where: str) -> list[str]:
    try:
        parts = next(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error:
        parts = []
    if not parts:
        raise errors.UserError(
            f"{where}: expected NAME=VALUE, or several between commas."
        )
    return parts


def _split(part, schema, where) -> tuple[columns_lib.Column, str]:
    """Return the column and the value; a column's name may contain "="."""
    fitting = [
        column
        for column in schema.columns
        if part.startswith(f"{column.name}=")
    ]
    if fitting:
        column = max(fitting, key=lambda one: len(one.name))
        return column, part[len(column.name) + 1 :]
    name, found, _ = part.partition("=")
    if not found:
        raise errors.UserError(
            f"{where}: {errors.printable(part, largest=100)}: expected "
            "NAME=VALUE."
        )
    raise errors.UserError(
        f"{where}: no column {errors.printable(name, largest=60)}; there "
        f"{_listed(name, schema.names)}."
    )


def _listed(word: str, words: Sequence[str]) -> str:
    """Return the words that are most like another one, as in "are a, b"."""
    near = difflib.get_close_matches(word, words, _SHOWN, cutoff=0.0)
    shown = ", ".join(errors.printable(one, largest=60) for one in near)
    more = len(words) - len(near)
    return f"are {shown}" + f" and {more:,} more" * (more > 0)


def _mask(column: columns_lib.Column, value: str) -> _Mask:
    """Return a function from the column's values to what fulfils it.

    Raises:
      ValueError: saying what the column has instead.
    """
    if column.missing and value == columns_lib.MISSING:
        return lambda found: np.asarray(found.is_missing)
    return _present(_MASKS[column.TYPE](column, value))


def _present(mask: _Mask) -> _Mask:
    """Return a mask that rows without a value do not fulfil."""

    def of_both(found):
        has_value = True if found.is_missing is None else ~found.is_missing
        return mask(found) & has_value

    return of_both


def _of_category(column, value) -> _Mask:
    _require_word(value, column.values)
    return lambda found: found.values == value


def _of_boolean(column, value) -> _Mask:
    words = {"0": 0, "1": 1, "false": 0, "true": 1}
    words |= {word: number for number, word in enumerate(column.words)}
    _require_word(value, tuple(words))
    return lambda found: found.values == bool(words[value])


def _of_codes(column, value) -> _Mask:
    _require_word(value, column.codes)

    def has_code(found):
        several = [row.split(column.separator) for row in found.values]
        return np.array([value in row for row in several], bool)

    return has_code


def _require_word(value: str, words: Sequence[str]) -> None:
    if value not in words:
        raise ValueError(
            f"there is no such value; there {_listed(value, words)}"
        )


def _of_ordered(column, value) -> _Mask:
    first, is_range, last = value.partition(_RANGE)
    if not is_range:
        last = first
    least = _ends(column, first)[0] if first else column.least
    most = _ends(column, last)[1] if last else column.most
    if least > most:
        raise ValueError("is the wrong way round, or empty")
    if least > column.most or most < column.least:
        raise ValueError(
            f"no row can have that; the column goes from "
            f"{column.text(column.least)} to {column.text(column.most)}"
        )

    def is_between(found):
        numbers = found.values
        if numbers.dtype.kind == "M":
            numbers = numbers.astype(np.int64)
        return (least <= numbers) & (numbers <= most)

    return is_between


def _ends(column, text: str) -> tuple[float, float]:
    """Return the first and the last number that a text may mean."""
    if isinstance(column, columns_lib.Date):
        return (time_text.day(text),) * 2
    if isinstance(column, columns_lib.DateTime):
        second = time_text.second(text)
        is_day = len(text) == len("2026-01-31")
        return second, second + (_DAY - 1) * is_day
    try:
        number = float(text)
    except ValueError as error:
        raise ValueError(f"expected a number, or a range {_RANGE}") from error
    if not math.isfinite(number):
        raise ValueError("expected a finite number")
    return number, number


_MASKS = {
    columns_lib.Category.TYPE: _of_category,
    columns_lib.Boolean.TYPE: _of_boolean,
    columns_lib.Integer.TYPE: _of_ordered,
    columns_lib.Number.TYPE: _of_ordered,
    columns_lib.Date.TYPE: _of_ordered,
    columns_lib.DateTime.TYPE: _of_ordered,
    columns_lib.Codes.TYPE: _of_codes,
}
