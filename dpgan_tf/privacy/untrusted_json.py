"""JSON that somebody else may have written: bounded, exact, of known types.

Python's reader accepts repeated keys, NaN, and numbers and nesting of any size,
and leaves type checks to the caller. Here a text is read completely or refused
in one line, and has the types that its reader declares.
"""

import codecs
import dataclasses
import json
import math
import os
import re
import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dpgan_tf.privacy import plain_files

LARGEST = 2**26
"""Most bytes that a file may have by default."""

MAX_DEPTH = 32
_MAX_INTEGER = 2**64
_MAX_DIGITS = 20
_MAX_SHOWN = 60
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = _MAX_SHOWN
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class JsonError(ValueError):
    """A text that is not JSON of the expected kind; the message says why."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of value.

    Attributes:
      words: description of the expected values, for messages.
      problem_of: function from a value to what is wrong with it, or "".
    """

    words: str
    problem_of: Callable[[Any], str] = dataclasses.field(repr=False)


def of(words: str, holds: Callable[[Any], object]) -> Kind:
    """Return a kind of value.

    Args:
      words: description of the expected values, for messages.
      holds: test of a value; it must accept values of every type.
    """

    def problem_of(value: Any) -> str:
        return "" if holds(value) else f"is {shown(value)}; expected {words}"

    return Kind(words, problem_of)


ANY = of("anything", lambda value: True)
BOOLEAN = of("true or false", lambda value: type(value) is bool)
TEXT = of("text", lambda value: type(value) is str)
INTEGER = of("an integer", lambda value: type(value) is int)
COUNT = of("an integer >= 0", lambda value: type(value) is int and value >= 0)
POSITIVE = of("an integer >= 1", lambda value: type(value) is int and value > 0)
NUMBER = of("a number", lambda value: type(value) in (int, float))
DIGEST = of(
    "64 hexadecimal digits",
    lambda value: type(value) is str and _DIGEST.fullmatch(value),
)


def integer(least: int, largest: int) -> Kind:
    """Return the kind of integers in a range.

    Args:
      least: the smallest.
      largest: the largest.
    """
    return of(
        f"an integer from {least} to {largest}",
        lambda value: type(value) is int and least <= value <= largest,
    )


def either(*kinds: Kind) -> Kind:
    """Return the kind of values that are of one of several kinds.

    Args:
      *kinds: the kinds.
    """
    return of(
        " or ".join(kind.words for kind in kinds),
        lambda value: any(not kind.problem_of(value) for kind in kinds),
    )


NULL = of("null", lambda value: value is None)


def list_of(kind: Kind) -> Kind:
    """Return the kind of lists whose items are of a kind.

    Args:
      kind: the items' kind.
    """

    def problem_of(value: Any) -> str:
        if type(value) is not list:
            return f"is {shown(value)}; expected a list"
        return _first_problem(enumerate(value), lambda _: kind)

    return Kind(f"a list, each item {kind.words}", problem_of)


def map_of(kind: Kind) -> Kind:
    """Return the kind of objects with any keys, whose values are of a kind.

    Args:
      kind: the values' kind.
    """

    def problem_of(value: Any) -> str:
        if type(value) is not dict:
            return f"is {shown(value)}; expected an object"
        return _first_problem(value.items(), lambda _: kind)

    return Kind(f"an object, each value {kind.words}", problem_of)


OBJECT = map_of(ANY)


def record(
    fields: Mapping[str, Kind],
    *,
    optional: Mapping[str, Kind] | None = None,
    others: Kind | None = None,
) -> Kind:
    """Return the kind of objects with known keys.

    Args:
      fields: kinds of the required values, by key.
      optional: kinds of the optional values, by key.
      others: kind of all other values; None if no other key is allowed.
    """
    known = {**fields, **(optional or {})}

    def problem_of(value: Any) -> str:
        if type(value) is not dict:
            return f"is {shown(value)}; expected an object"
        for name in fields:
            if name not in value:
                return f"has no {name}"
        for name in value:
            if name not in known and others is None:
                return f"has an unknown key {shown(name)}"
        return _first_problem(
            value.items(), lambda name: known.get(name) or others or ANY
        )

    return Kind(f"an object with {', '.join(fields) or 'any keys'}", problem_of)


def parse(text: str | bytes, kind: Kind = ANY) -> Any:
    """Read a JSON text.

    Args:
      text: JSON text; UTF-8, if it is bytes.
      kind: the value's expected kind.

    Returns:
      The value: no number in it is NaN, infinite or beyond 64 bits, no key
      occurs twice, and every text can be encoded in UTF-8.

    Raises:
      JsonError: saying what is wrong, without a file's name.
    """
    try:
        _require_no_mark(text)
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        value = _DECODER.decode(text)
    except RecursionError as error:
        raise _too_deep() from error
    except UnicodeDecodeError as error:
        raise JsonError(
            f"is no text in UTF-8 (byte {error.start + 1})"
        ) from error
    except json.JSONDecodeError as error:
        raise JsonError(
            f"is no JSON ({error.msg}: line {error.lineno}, column "
            f"{error.colno})"
        ) from error
    _require_bounded(value)
    if problem := kind.problem_of(value):
        raise JsonError(problem)
    return value


def read(
    path: str | os.PathLike[str],
    kind: Kind = OBJECT,
    *,
    error: Callable[[str], Exception],
    remedy: str,
    what: str = "cannot be used",
    largest: int = LARGEST,
    follow_links: bool = True,
) -> Any:
    """Read a JSON file.

    Args:
      path: a plain file; nothing else is opened.
      kind: the content's expected kind.
      error: function from a message to the exception to raise.
      remedy: advice about a file that cannot be used, for that message.
      what: words about such a file, before the reason.
      largest: most bytes that it may have.
      follow_links: whether a link to a plain file counts as one.

    Returns:
      The file's content; see `parse`.

    Raises:
      Exception: made by `error`: one line with file, reason and remedy.
    """
    try:
        content = plain_files.read(
            path, largest=largest, follow_links=follow_links
        )
        return parse(content, kind)
    except (OSError, JsonError) as failure:
        reason = getattr(failure, "strerror", None) or str(failure)
        text = f"{os.fspath(path)}: {what} ({reason}): {remedy}."
        raise error(text) from failure


def shown(value: Any) -> str:
    """Return a value as text for a message, cut to a short length.

    Args:
      value: a value of any type and size.
    """
    text = _SHORT.repr(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."


def _first_problem(items: Any, kind_of: Callable[[Any], Kind]) -> str:
    for name, value in items:
        if problem := kind_of(name).problem_of(value):
            label = name if type(name) is str else f"item {name + 1}"
            return f"{label} {problem}" if label else problem
    return ""


def _require_no_mark(text: str | bytes) -> None:
    """Refuse the invisible mark that some editors write first."""
    marks = _MARKS if isinstance(text, bytes) else ("\ufeff",)
    if text.startswith(marks):  # type: ignore[arg-type]
        raise JsonError(
            "begins with a byte order mark; expected UTF-8 without one"
        )


def _require_bounded(value: Any) -> None:
    """Refuse deep nesting and text that is half a character."""
    level: Sequence[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for item in level:
            if type(item) is str:
                _require_text(item)
            elif type(item) is list:
                inner += item
            elif type(item) is dict:
                inner += item
                inner += item.values()
        if not inner:
            return
        level = inner
    raise _too_deep()


def _require_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise JsonError(
            f"has text that is half a character ({shown(text)})"
        ) from error


def _too_deep() -> JsonError:
    return JsonError(f"is nested more than {MAX_DEPTH} levels deep")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise JsonError(f"has the key {shown(key)} twice")
        found[key] = value
    return found


def _integer(text: str) -> int:
    if len(text) <= _MAX_DIGITS + 1 and abs(int(text)) < _MAX_INTEGER:
        return int(text)
    raise JsonError(f"has the integer {text[:_MAX_DIGITS]}..., beyond 64 bits")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonError(f"has a number too large for a float ({shown(text)})")
    return value


def _no_number(text: str) -> float:
    raise JsonError(f"has {text}, which is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_no_number,
)
