"""Days and moments as files have them: ISO 8601, or a declared form."""

from typing import Any

import numpy as np

from dpgan_tf.data import arrow
from dpgan_tf.data.tables import columns

_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"
_DAY_SECONDS = 86_400
_PARTS = {"Y": (0, 4), "M": (5, 7), "D": (8, 10)}
_CLOCK = {"h": (11, 13, 3_600, 24), "m": (14, 16, 60, 60), "s": (17, 19, 1, 60)}


def read(texts: Any, column: columns.Date | columns.DateTime) -> np.ndarray:
    """Return days or seconds that texts say, float64 [u]; NaN for none.

    Args:
      texts: Arrow text [u], without blanks around it. A day's time is left out,
        and so are the parts of a second.
      column: the column, with the form of its times.
    """
    seconds = _iso(texts)
    if column.format:
        own = _formed(texts, column.format)
        seconds = np.where(np.isnan(own), seconds, own)
    if isinstance(column, columns.DateTime):
        return seconds
    return np.floor(seconds / _DAY_SECONDS)


def _iso(texts: Any) -> np.ndarray:
    """Return seconds; NaN for no ISO date, and for days that no month has."""
    compute = arrow.module("pyarrow.compute")
    is_iso = compute.match_substring_regex(texts, _ISO)
    found = compute.if_else(is_iso, texts, "1970-01-01")

    def part(first, last):
        cut = compute.utf8_slice_codeunits(found, first, last)
        padded = compute.if_else(compute.equal(cut, ""), "0", cut)
        return padded.cast("int64").to_numpy(zero_copy_only=False)

    year, month, day = (part(*ends) for ends in _PARTS.values())
    of_month = (year - 1970) * 12 + month - 1
    first_day = of_month.astype("datetime64[M]").astype("datetime64[D]")
    days = first_day + (day - 1)
    is_good = is_iso.to_numpy(zero_copy_only=False) & (year > 0)
    is_good &= (1 <= month) & (month <= 12) & (day >= 1)
    is_good &= days.astype("datetime64[M]").astype(np.int64) == of_month
    seconds = days.astype(np.int64) * _DAY_SECONDS
    for first, last, factor, most in _CLOCK.values():
        count = part(first, last)
        is_good &= count < most
        seconds = seconds + count * factor
    return np.where(is_good, seconds, np.nan)


def _formed(texts: Any, form: str) -> np.ndarray:
    """Return seconds; NaN for texts that are not written as the form says."""
    compute = arrow.module("pyarrow.compute")
    found = compute.strptime(texts, format=form, unit="s", error_is_null=True)
    # The C library takes 30.2. for 1.3.: what is read must give the text again.
    again = compute.strftime(found, format=form)
    is_same = compute.equal(_loose(again), _loose(texts)).fill_null(False)
    seconds = found.cast("int64").fill_null(0)
    return np.where(
        is_same.to_numpy(zero_copy_only=False),
        seconds.to_numpy(zero_copy_only=False),
        np.nan,
    )


def _loose(texts: Any) -> Any:
    """Return texts in small letters, without zeros before a number."""
    compute = arrow.module("pyarrow.compute")
    small = compute.utf8_lower(texts)
    return compute.replace_substring_regex(small, r"\b0+(\d)", r"\1")
