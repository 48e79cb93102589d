"""Days and moments as text: ISO 8601 in a schema, any form in files."""

import datetime
import re

from dpgan_tf import errors
from dpgan_tf.data.tables import columns
from dpgan_tf.privacy import untrusted_json as kinds

_MARKS = frozenset("YymbBdHIMSp")
"""Marks of a form that all readers of times know."""


def second(text: str) -> int:
    """Return the seconds from `columns.EPOCH` to a moment.

    Args:
      text: the moment, such as 2026-01-31T23:59:59; without a time: midnight.

    Raises:
      ValueError: saying what is wrong.
    """
    return round((_moment(text) - columns.EPOCH).total_seconds())


def day(text: str) -> int:
    """Return the days from `columns.EPOCH` to a day.

    Args:
      text: the day, such as 2026-01-31.

    Raises:
      ValueError: saying what is wrong.
    """
    moment = _moment(text)
    if moment.time() != datetime.time.min:
        raise ValueError(f"{kinds.shown(text)}: has a time; expected a day")
    return (moment - columns.EPOCH).days


def require_format(form: str) -> str:
    """Return the form of times in files, once it gives a day back.

    Args:
      form: form as of `datetime.strftime`; empty for ISO 8601.

    Raises:
      ValueError: saying what is expected.
    """
    marks = re.findall("%(.?)", form, re.DOTALL)
    is_known = set(marks) <= _MARKS and len(set(marks)) == len(marks)
    if form and not (is_known and form.isprintable() and _is_whole(form)):
        raise ValueError(
            f"format is {errors.printable(form, largest=60)!r}; expected a "
            "form of year, month and day such as %d.%m.%Y, each once, of "
            f"{', '.join(f'%{mark}' for mark in sorted(_MARKS))}"
        )
    return form


def _is_whole(form: str) -> bool:
    """Return whether a day that is written in a form can be read again."""
    tried = datetime.datetime(2001, 2, 3)
    try:
        return datetime.datetime.strptime(tried.strftime(form), form) == tried
    except ValueError:
        return False


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"{kinds.shown(text)}: is no date; expected one such as 2026-01-31"
        ) from error
    if moment.tzinfo is not None or moment.microsecond:
        raise ValueError(
            f"{kinds.shown(text)}: has a time zone or parts of a second; "
            "expected a moment such as 2026-01-31T23:59:59"
        )
    return moment
