"""A column as public rows show it, and a declaration that fits them."""

import dataclasses
from typing import Any

import numpy as np

from dpgan_tf.data import arrow
from dpgan_tf.data.tables import cells
from dpgan_tf.data.tables import column_text
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import cuts
from dpgan_tf.data.tables import distinct
from dpgan_tf.data.tables import numerals
from dpgan_tf.data.tables import times

MOST_VALUES = 1_000
_MANY = 2 * cuts.DEFAULT_BINS
_FREQUENT = 0.2
_MOST_DECIMALS = 12
_DECIMALS = r"[.,](?P<end>\d+)$"
_SEPARATORS = (";", "|")
_PAIRS = (
    ("false", "true"),
    ("f", "t"),
    ("no", "yes"),
    ("n", "y"),
    ("0", "1"),
)
_TIMES = columns.DateTime(name="", edges=(0, 1))
_YEAR_SECONDS = 365 * 86_400
_RESOLUTIONS = (
    (40 * _YEAR_SECONDS, "year"),
    (_YEAR_SECONDS // 3, "month"),
    (30 * 86_400, "week"),
    (4 * 86_400, "day"),
)
"""Spans from which on a unit of time gives few enough bins."""


@dataclasses.dataclass
class _Range:
    """Numbers that were seen.

    Attributes:
      least: the least.
      most: the largest.
      are_all: whether every value was a number of this kind.
      are_whole: whether all were whole.
    """

    least: float = np.inf
    most: float = -np.inf
    are_all: bool = True
    are_whole: bool = True

    def add(self, numbers: np.ndarray) -> None:
        """See some numbers, NaN for values that are none."""
        self.are_all &= bool(np.isfinite(numbers).all())
        if self.are_all and len(numbers):
            self.least = min(self.least, float(numbers.min()))
            self.most = max(self.most, float(numbers.max()))
            self.are_whole &= bool((numbers == np.floor(numbers)).all())


class Facts:
    """What the rows of a column have in common."""

    def __init__(self, *, decimal: str):
        """Begin before the first row.

        Args:
          decimal: see `numerals.read`.
        """
        self._decimal = decimal
        self._words: set[str] = set()
        self._num_rows = self._num_zeros = self._decimals = 0
        self._may_miss = self._have_clock = False
        self._numbers, self._seconds = _Range(), _Range()

    def add(self, values: distinct.Distinct) -> None:
        """See some rows.

        Args:
          values: their values.
        """
        pyarrow, compute = arrow.module(), arrow.module("pyarrow.compute")
        counts = np.bincount(values.places, minlength=len(values.texts))
        small = compute.utf8_lower(values.texts)
        words = pyarrow.array(cells.MISSING_WORDS, pyarrow.string())
        is_missing = compute.is_in(small, words).to_numpy(zero_copy_only=False)
        self._may_miss |= bool(counts[is_missing].any())
        is_seen = (counts > 0) & ~is_missing
        texts = values.texts.filter(pyarrow.array(is_seen))
        numbers = self._numbers_of(texts)
        self._num_rows += int(counts[is_seen].sum())
        self._num_zeros += int(counts[is_seen][numbers == 0].sum())
        self._numbers.add(numbers)
        seconds = times.read(texts, _TIMES)
        self._seconds.add(seconds)
        self._have_clock |= bool((seconds % 86_400 > 0).any())
        if len(self._words) <= MOST_VALUES:
            self._words |= set(texts.to_pylist())
        if self._numbers.are_all and not self._numbers.are_whole:
            ends = compute.extract_regex(texts, _DECIMALS).field("end")
            behind = compute.utf8_length(ends).fill_null(0).to_numpy()
            self._decimals = max(self._decimals, int(behind.max(initial=0)))

    def _numbers_of(self, texts: Any) -> np.ndarray:
        """Return the numbers that texts say; none if one is a code like 007."""
        compute = arrow.module("pyarrow.compute")
        is_code = compute.match_substring_regex(texts, r"^0\d")
        if len(texts) and compute.any(is_code).as_py():
            return np.full(len(texts), np.nan)
        return numerals.read(texts, decimal=self._decimal)

    def declared(self) -> dict[str, Any] | None:
        """Return JSON values of a column that fits; None if none does."""
        found = self._typed() if self._num_rows else None
        if found is None:
            return None
        if self._may_miss and found["type"] != columns.Codes.TYPE:
            found["missing"] = True
        try:
            column_text.read(found | {"name": "a"})
        except ValueError:
            return None
        return found

    def _typed(self) -> dict[str, Any] | None:
        words = {word.casefold(): word for word in self._words}
        for pair in _PAIRS:
            if set(words) == set(pair):
                return {
                    "type": columns.Boolean.TYPE,
                    "words": [words[word] for word in pair],
                }
        if self._numbers.are_all:
            return self._number()
        if self._seconds.are_all:
            return self._time()
        for mark in _SEPARATORS:
            if any(mark in word for word in self._words):
                return self._codes(mark)
        if len(self._words) > MOST_VALUES:
            return None
        return {"type": columns.Category.TYPE, "values": sorted(self._words)}

    def _number(self) -> dict[str, Any] | None:
        seen = self._numbers
        if seen.are_whole:
            kind, least, most = (
                columns.Integer.TYPE,
                int(seen.least),
                int(seen.most),
            )
        else:
            kind, least, most = columns.Number.TYPE, seen.least, seen.most
        found: dict[str, Any] = {"type": kind, "least": least, "most": most}
        is_frequent = self._num_zeros >= _FREQUENT * self._num_rows
        if is_frequent and most - least > _MANY:
            found["points"] = [0]
        if not seen.are_whole and 0 < self._decimals <= _MOST_DECIMALS:
            found["decimals"] = self._decimals
        return found

    def _time(self) -> dict[str, Any]:
        least, most = self._seconds.least, self._seconds.most
        span = most - least
        fitting = (
            unit for least_span, unit in _RESOLUTIONS if span >= least_span
        )
        kind = columns.DateTime if self._have_clock else columns.Date
        finest = "hour" if self._have_clock else "day"
        tick = 1 if self._have_clock else 86_400
        column = kind(name="", edges=(0, 1))
        return {
            "type": kind.TYPE,
            "least": column.iso(least // tick),
            "most": column.iso(most // tick),
            "resolution": next(fitting, finest),
        }

    def _codes(self, mark: str) -> dict[str, Any] | None:
        if len(self._words) > MOST_VALUES:
            return None
        parts = {
            code.strip() for word in self._words for code in word.split(mark)
        }
        return {
            "type": columns.Codes.TYPE,
            "codes": sorted(parts - {""}),
            "separator": mark,
        }
