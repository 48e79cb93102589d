"""Cells of the values of a column: which one each distinct text is in."""

from typing import Any, NamedTuple

import numpy as np

from dpgan_tf.data import arrow
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import numerals
from dpgan_tf.data.tables import outside as policies
from dpgan_tf.data.tables import times

MISSING_WORDS = (
    "",
    "na",
    "n/a",
    "nan",
    "nat",
    "null",
    "none",
    "<na>",
    ".",
    "?",
)
"""Words for no value, in small letters; a declared value comes first."""

_EVERYDAY = {
    word: number
    for number, words in enumerate(
        (("false", "f", "no", "n", "0"), ("true", "t", "yes", "y", "1"))
    )
    for word in words
}
_State = policies.State


class Cells(NamedTuple):
    """The cells of u distinct values.

    Attributes:
      chosen: uint8 0 or 1 [u, cells of the column].
      states: what each is to the column, `outside.State` uint8 [u].
    """

    chosen: np.ndarray
    states: np.ndarray


def of(
    column: columns.Column, texts: Any, *, outside: str, decimal: str
) -> Cells:
    """Return the cells of a column's values.

    Args:
      column: the column.
      texts: Arrow text [u]; see `distinct`.
      outside: one of `outside.POLICIES`.
      decimal: see `numerals.read`.

    Returns:
      The cells; what is refused has none.
    """
    if isinstance(column, columns.Codes):
        return _codes(column, texts, outside)
    if isinstance(column, columns.Category):
        places, states = _category(column, texts, outside)
    elif isinstance(column, columns.Boolean):
        places, states = _boolean(column, texts)
    else:
        places, states = _ordered(column, texts, outside, decimal)
    states[_has_break(texts)] = _State.UNREAD
    is_missing = (states > _State.PLACED) & _are_missing(texts)
    states[is_missing] = _State.FINE if column.missing else _State.MISSING
    if column.missing:
        places[is_missing] = column.num_values
    chosen = np.zeros([len(places), len(column.cells)], np.uint8)
    is_placed = states <= _State.PLACED
    chosen[np.flatnonzero(is_placed), places[is_placed]] = 1
    return Cells(chosen, states)


def _category(column, texts, outside):
    places = _found(texts, column.values)
    states = np.where(places < 0, _State.OUTSIDE, _State.FINE).astype(np.uint8)
    if outside == policies.OTHER and column.other:
        may_move = states == _State.OUTSIDE
        if column.missing:
            may_move &= ~_are_missing(texts)
        places[may_move] = column.values.index(column.other)
        states[may_move] = _State.PLACED
    return places, states


def _boolean(column, texts):
    declared = {word.casefold(): i for i, word in enumerate(column.words)}
    known = _EVERYDAY | declared
    if any(_EVERYDAY.get(word, i) != i for word, i in declared.items()):
        known = declared
    small = arrow.module("pyarrow.compute").utf8_lower(texts)
    words = _found(small, tuple(known))
    places = np.array([*known.values(), -1])[words]
    states = np.where(places < 0, _State.UNREAD, _State.FINE)
    return places, states.astype(np.uint8)


def _ordered(column, texts, outside, decimal):
    if isinstance(column, columns.Date | columns.DateTime):
        numbers = times.read(texts, column)
    else:
        numbers = numerals.read(texts, decimal=decimal)
    is_read = ~np.isnan(numbers)
    if isinstance(column, columns.Integer):
        is_read &= numbers == np.floor(numbers)
    places, is_inside = _places(column, numbers)
    states = np.where(is_inside, _State.FINE, _State.OUTSIDE).astype(np.uint8)
    if outside != policies.REFUSE:
        states[~is_inside] = _State.PLACED
        nearest = np.clip(numbers, column.least, column.most)
        is_there = _places(column, nearest)[1]
        ends = np.clip(nearest, column.edges[0], column.edges[-1])
        nearest = np.where(is_there, nearest, ends)
        places = np.where(is_inside, places, _places(column, nearest)[0])
    states[~is_read] = _State.UNREAD
    return places, states


def _places(column, numbers):
    """Return each number's cell [u], and whether it is in a cell: bool [u]."""
    edges, points = np.array(column.edges), np.array(column.points)
    is_inside = (edges[0] <= numbers) & (numbers <= edges[-1])
    places = len(points) + np.searchsorted(edges[1:-1], numbers, side="right")
    if len(points):
        nearest = np.searchsorted(points, numbers).clip(max=len(points) - 1)
        is_point = points[nearest] == numbers
        places = np.where(is_point, nearest, places)
        is_inside |= is_point
    return places, is_inside


def _codes(column, texts, outside):
    compute = arrow.module("pyarrow.compute")
    split = compute.split_pattern(texts, column.separator)
    codes = compute.utf8_trim_whitespace(split.flatten())
    owners = compute.list_parent_indices(split).to_numpy()
    places = _found(codes, column.codes)
    chosen = np.zeros([len(texts), len(column.codes)], np.uint8)
    chosen[owners[places >= 0], places[places >= 0]] = 1
    is_lost = (places < 0) & ~_are_missing(codes)
    states = np.full(len(texts), _State.FINE, np.uint8)
    lost = _State.PLACED if outside == policies.OTHER else _State.OUTSIDE
    states[owners[is_lost]] = lost
    states[_has_break(texts)] = _State.UNREAD
    return Cells(chosen, states)


def _found(texts: Any, words: tuple[str, ...]) -> np.ndarray:
    """Return the place of each text among words, int64; -1 if there is none."""
    pyarrow, compute = arrow.module(), arrow.module("pyarrow.compute")
    found = compute.index_in(texts, pyarrow.array(words, pyarrow.string()))
    return found.fill_null(-1).to_numpy().astype(np.int64)


def _are_missing(texts: Any) -> np.ndarray:
    compute = arrow.module("pyarrow.compute")
    return _found(compute.utf8_lower(texts), MISSING_WORDS) >= 0


def _has_break(texts: Any) -> np.ndarray:
    """Return which texts are of several lines, after a quote without an end."""
    compute = arrow.module("pyarrow.compute")
    found = compute.match_substring_regex(texts, r"[\r\n]")
    return found.to_numpy(zero_copy_only=False)
