"""A setting: a field of a part, with its range and its meaning."""

import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any, get_args

from dpgan_tf import errors

_LARGEST_INTEGER = 10**18
_LONGEST_WORDS = 100
_WORDS = re.compile(
    "[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e _.,()/-]*"
)
"""Letters of languages in Latin script, digits, and marks without a meaning in
Markdown or HTML."""

_ADDRESS = re.compile("[0-9A-Za-z._+-]+@[0-9A-Za-z.-]+")


@dataclasses.dataclass(frozen=True)
class Range:
    """The allowed values of a setting.

    Attributes:
      text: the range in words, such as "> 0".
      holds: whether a value of the right type is in the range.
    """

    text: str
    holds: Callable[[Any], bool]


POSITIVE = Range("> 0", lambda value: value > 0)
NOT_NEGATIVE = Range(">= 0", lambda value: value >= 0)
BELOW_1 = Range("in [0, 1)", lambda value: 0 <= value < 1)
BETWEEN_0_AND_1 = Range("in (0, 1)", lambda value: 0 < value < 1)
TEXT = Range("a name or a path", lambda value: True)
SWITCH = Range("true or false", lambda value: True)
WORDS = Range(
    f"at most {_LONGEST_WORDS} letters, digits, single spaces or _ - . , ( ) "
    "/, and no web address",
    lambda value: (
        len(value) <= _LONGEST_WORDS
        and _WORDS.fullmatch(value) is not None
        and value == " ".join(value.split())
        and "www." not in value.lower()
    ),
)
"""Words of the curator's own that stand on a card, and cannot forge it."""

CONTACT = Range(
    f"{WORDS.text}; or an e-mail address",
    lambda value: (
        WORDS.holds(value)
        or (
            len(value) <= _LONGEST_WORDS
            and _ADDRESS.fullmatch(value) is not None
        )
    ),
)
"""Words as `WORDS`, or an address, which links to nothing but itself."""


def size(most: int) -> Range:
    """Return the range from 1 to a size that memory can hold.

    Args:
      most: the largest size.
    """
    return Range(
        f"> 0 and at most {most:,} (memory)",
        lambda value: 0 < value <= most,
    )


def one_of(*choices: str) -> Range:
    """Return the range of a text that is one of several names.

    Args:
      choices: the names.
    """
    return Range(f"one of {', '.join(choices)}", lambda value: value in choices)


def or_none(allowed: Range, meaning: str) -> Range:
    """Return a range that also allows None.

    Args:
      allowed: the range of the other values.
      meaning: what None does.
    """
    return Range(
        f"{allowed.text}, or none {meaning}",
        lambda value: value is None or allowed.holds(value),
    )


def of(allowed: Range, meaning: str, default: Any = dataclasses.MISSING) -> Any:
    """Return the field of a setting.

    Args:
      allowed: the setting's range.
      meaning: its description for users, beginning with a noun.
      default: its value if a recipe gives none.
    """
    metadata = {"range": allowed, "meaning": meaning}
    return dataclasses.field(default=default, metadata=metadata)


class Part:
    """A frozen dataclass of settings that checks each of them."""

    def __post_init__(self) -> None:
        """Check types and ranges."""
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            require(field, getattr(self, field.name))


def require(field: dataclasses.Field, value: Any) -> None:
    """Refuse a setting's value of the wrong type or out of range.

    Args:
      field: the setting's field.
      value: the value to check.

    Raises:
      ConfigError: naming the setting, its value and the allowed values.
    """
    _require_type(field.name, value, field.type)
    allowed = field.metadata["range"]
    if not allowed.holds(value):
        raise errors.ConfigError(
            f"{field.name}={value}; expected {allowed.text}."
        )


def types_of(field: dataclasses.Field) -> tuple[type, ...]:
    """Return the types that a setting's value may have.

    Args:
      field: the setting's field.
    """
    return get_args(field.type) or (field.type,)  # type: ignore[return-value]


def _require_type(name: str, value: Any, wanted: Any) -> None:
    allowed = get_args(wanted) or (wanted,)
    if float in allowed and isinstance(value, int):
        allowed = (*allowed, int)
    is_bool_elsewhere = isinstance(value, bool) and bool not in allowed
    if is_bool_elsewhere or not isinstance(value, allowed):
        names = " or ".join(kind.__name__ for kind in allowed)
        raise errors.ConfigError(f"{name}={value!r}; expected {names}.")
    if isinstance(value, int) and abs(value) >= _LARGEST_INTEGER:
        raise errors.ConfigError(
            f"{name} has {len(str(abs(value)))} digits; expected at most 18."
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise errors.ConfigError(f"{name}={value}; expected a finite number.")
    if isinstance(value, str) and not _is_unicode(value):
        raise errors.ConfigError(
            f"{name}={value!r}; expected text in UTF-8, which config.json can "
            "hold: rename that file or folder."
        )


def _is_unicode(text: str) -> bool:
    """Return whether a text can be encoded, unlike a path that is not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
