"""A column of a schema as JSON values: read, checked, and written again."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from dpgan_tf import errors
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import cuts
from dpgan_tf.data.tables import ordered_text
from dpgan_tf.data.tables import time_text
from dpgan_tf.privacy import untrusted_json as kinds

MOST_CELLS = ordered_text.MOST_CELLS
_MOST_CHARACTERS = 200
_WORD = kinds.either(kinds.TEXT, kinds.INTEGER)
_ALL = {"name": kinds.TEXT, "type": kinds.TEXT}
_MAY_MISS = {"missing": kinds.BOOLEAN}


class _Type(NamedTuple):
    """A type of columns.

    Attributes:
      kind: expected JSON values.
      read: function from them to the column; raises ValueError.
      write: function from a column to those that are its own.
    """

    kind: kinds.Kind
    read: Callable[[Mapping[str, Any]], columns.Column]
    write: Callable[[Any], dict[str, Any]]


def read(fields: Mapping[str, Any]) -> columns.Column:
    """Return the column that JSON values declare.

    Args:
      fields: the values by key.

    Raises:
      ValueError: saying what is wrong, without the column's name.
    """
    found = fields.get("type")
    if type(found) is not str or found not in _TYPES:
        raise ValueError(
            f"type is {kinds.shown(found)}; expected one of {', '.join(_TYPES)}"
        )
    if problem := _TYPES[found].kind.problem_of(fields):
        raise ValueError(problem)
    return _TYPES[found].read(fields)


def write(column: columns.Column) -> dict[str, Any]:
    """Return JSON values that declare a column, without defaults.

    Args:
      column: the column.
    """
    of_all = {"name": column.name, "type": column.TYPE}
    may_miss = {"missing": True} if column.missing else {}
    return of_all | _TYPES[column.TYPE].write(column) | may_miss


def require_words(words: tuple[str, ...], *, key: str) -> None:
    """Refuse words that files could not have, and those that are there twice.

    Args:
      words: the words.
      key: their key, for the message.

    Raises:
      ValueError: naming the word.
    """
    if not words:
        raise ValueError(f"{key} has none; expected one or more")
    if len(words) > MOST_CELLS:
        raise ValueError(
            f"{key} has {len(words):,}; expected at most {MOST_CELLS:,}: join "
            "rare ones in one that is the column's other"
        )
    for word in words:
        if not (0 < len(word) <= _MOST_CHARACTERS and word.isprintable()):
            raise ValueError(
                f"{key} has {kinds.shown(word)}; expected 1 to "
                f"{_MOST_CHARACTERS} printable characters"
            )
        if word != word.strip():
            raise ValueError(
                f"{key} has {kinds.shown(word)}; expected no blanks around it, "
                "which are no part of a value in files either"
            )
    if twice := repeated(words):
        raise ValueError(f"{key} has {twice!r} twice")


def repeated(names: Iterable[str]) -> str:
    """Return the first name that is there twice, printable; empty if none is.

    Args:
      names: the names.
    """
    seen = set()
    for name in names:
        if name in seen:
            return errors.printable(name, largest=60)
        seen.add(name)
    return ""


def _words(fields: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = tuple(str(word) for word in fields[key])
    require_words(words, key=key)
    if fields.get("missing") and columns.MISSING in words:
        raise ValueError(
            f"{key} has {columns.MISSING!r}, which is the name of the cell of "
            "missing values: leave it out, or call it otherwise"
        )
    return words


def _category(fields: Mapping[str, Any]) -> columns.Category:
    values, other = _words(fields, "values"), str(fields.get("other", ""))
    if other and other not in values:
        raise ValueError(
            f"other={errors.printable(other)!r}; is not among its values: add "
            "it there"
        )
    return columns.Category(
        name=fields["name"],
        values=values,
        other=other,
        missing=fields.get("missing", False),
    )


def _boolean(fields: Mapping[str, Any]) -> columns.Boolean:
    words = columns.Boolean(name="").words
    if "words" in fields:
        words = _words(fields, "words")
    if len({word.casefold() for word in words}) != 2 or len(words) != 2:
        raise ValueError(
            f"words has {len(words)}; expected two different ones, for no and "
            'for yes, such as ["no", "yes"]'
        )
    return columns.Boolean(
        name=fields["name"],
        words=(words[0], words[1]),
        missing=fields.get("missing", False),
    )


def _codes(fields: Mapping[str, Any]) -> columns.Codes:
    codes, mark = _words(fields, "codes"), fields.get("separator", ";")
    if not (len(mark) == 1 and (mark.isprintable() or mark == "\t")):
        raise ValueError(
            f"separator is {kinds.shown(mark)}; expected one character"
        )
    for code in codes:
        if mark in code:
            raise ValueError(
                f"codes has {errors.printable(code)!r}, which contains the "
                f"separator {mark!r}: choose another separator"
            )
    return columns.Codes(name=fields["name"], codes=codes, separator=mark)


def _integer(fields: Mapping[str, Any]) -> columns.Integer:
    return columns.Integer(
        **ordered_text.read(
            fields, number=ordered_text.whole, cut=ordered_text.whole_edges
        )
    )


def _number(fields: Mapping[str, Any]) -> columns.Number:
    return columns.Number(
        **ordered_text.read(
            fields, number=ordered_text.real, cut=ordered_text.number_edges
        ),
        decimals=fields.get("decimals"),
    )


def _date(fields: Mapping[str, Any]) -> columns.Date:
    return columns.Date(
        **ordered_text.read(
            fields, number=time_text.day, cut=ordered_text.time_edges("D")
        ),
        format=time_text.require_format(fields.get("format", "")),
    )


def _datetime(fields: Mapping[str, Any]) -> columns.DateTime:
    return columns.DateTime(
        **ordered_text.read(
            fields, number=time_text.second, cut=ordered_text.time_edges("s")
        ),
        format=time_text.require_format(fields.get("format", "")),
    )


def _write_ordered(column: columns.Ordered) -> dict[str, Any]:
    return ordered_text.write(column, ordered_text.plain)


def _write_times(column: columns.Date | columns.DateTime) -> dict[str, Any]:
    form = {"format": column.format} if column.format else {}
    return ordered_text.write(column, column.iso) | form


def _decimals(column: columns.Number) -> dict[str, Any]:
    known = column.decimals is not None
    return {"decimals": column.decimals} if known else {}


_TIMES = {"format": kinds.TEXT} | ordered_text.keys(
    kinds.TEXT, resolutions=tuple(cuts.RESOLUTIONS)
)
_TYPES = {
    columns.Category.TYPE: _Type(
        kinds.record(
            _ALL | {"values": kinds.list_of(_WORD)},
            optional={"other": _WORD} | _MAY_MISS,
        ),
        _category,
        lambda column: (
            {"values": list(column.values)}
            | ({"other": column.other} if column.other else {})
        ),
    ),
    columns.Boolean.TYPE: _Type(
        kinds.record(
            _ALL, optional={"words": kinds.list_of(_WORD)} | _MAY_MISS
        ),
        _boolean,
        lambda column: {"words": list(column.words)},
    ),
    columns.Integer.TYPE: _Type(
        kinds.record(
            _ALL, optional=ordered_text.keys(kinds.INTEGER) | _MAY_MISS
        ),
        _integer,
        _write_ordered,
    ),
    columns.Number.TYPE: _Type(
        kinds.record(
            _ALL,
            optional={"decimals": kinds.integer(0, 12)}
            | ordered_text.keys(kinds.NUMBER)
            | _MAY_MISS,
        ),
        _number,
        lambda column: _write_ordered(column) | _decimals(column),
    ),
    columns.Date.TYPE: _Type(
        kinds.record(_ALL, optional=_TIMES | _MAY_MISS), _date, _write_times
    ),
    columns.DateTime.TYPE: _Type(
        kinds.record(_ALL, optional=_TIMES | _MAY_MISS), _datetime, _write_times
    ),
    columns.Codes.TYPE: _Type(
        kinds.record(
            _ALL | {"codes": kinds.list_of(_WORD)},
            optional={"separator": kinds.TEXT},
        ),
        _codes,
        lambda column: {
            "codes": list(column.codes),
            "separator": column.separator,
        },
    ),
}
