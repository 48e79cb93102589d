"""Edges of a column's bins from a few public words: how many, or which unit.

All numbers are as in `columns`: whole ones for integers, days for dates and
seconds for moments. The last bin of whole numbers includes its end, so that its
two edges may be the same number.
"""

import numpy as np

DEFAULT_BINS = 20
LINEAR, LOG = "linear", "log"
RESOLUTIONS = {"year": "Y", "month": "M", "week": "W", "day": "D", "hour": "h"}
"""NumPy's units of time by their names."""

_MONDAY = np.timedelta64(3, "D")
"""NumPy's weeks begin on the weekday of 1970-01-01, three days after Monday."""


def of_whole_numbers(
    first: int, most: int, *, bins: int | None, spacing: str
) -> tuple[int, ...]:
    """Return edges of bins of whole numbers, as equal as can be.

    Args:
      first: first number of the first bin.
      most: last number of the last bin.
      bins: number of bins, at most with the spacing `LOG`; None for the
        default, or a bin for each number if there are fewer.
      spacing: `LINEAR` or `LOG`.

    Raises:
      ValueError: saying what does not fit.
    """
    num_numbers = most - first + 1
    if bins is not None and bins > num_numbers:
        raise ValueError(f"bins={bins}; there are {num_numbers} numbers")
    bins = min(DEFAULT_BINS, num_numbers) if bins is None else bins
    if spacing == LOG:
        _require_positive(first)
        starts = np.geomspace(first, most + 1, bins + 1)[:-1]
        return (*map(int, np.unique(np.floor(starts + 1e-9))), most)
    return (*(first + i * num_numbers // bins for i in range(bins)), most)


def of_numbers(
    least: float, most: float, *, bins: int | None, spacing: str
) -> tuple[float, ...]:
    """Return edges of bins of numbers, in twelve digits.

    Args:
      least: first edge.
      most: last edge, above `least`.
      bins: number of bins; None for the default.
      spacing: `LINEAR` or `LOG`.

    Raises:
      ValueError: saying what does not fit.
    """
    if spacing == LOG:
        _require_positive(least)
    divide = np.geomspace if spacing == LOG else np.linspace
    edges = divide(least, most, (bins or DEFAULT_BINS) + 1)[1:-1]
    return (least, *(float(f"{edge:.12g}") for edge in edges), most)


def of_times(
    least: int, most: int, *, resolution: str, tick: str, largest: int
) -> tuple[int, ...]:
    """Return edges where years, months, weeks, days or hours begin.

    Args:
      least: first day or second.
      most: last day or second.
      resolution: key of `RESOLUTIONS`; weeks begin on Monday.
      tick: "D" if they are days, "s" if they are seconds.
      largest: largest number of bins.

    Raises:
      ValueError: if there are more bins.
    """
    unit = RESOLUTIONS[resolution]
    shift = _MONDAY if unit == "W" else np.timedelta64(0, "D")
    first, last = (
        (np.datetime64(end, tick) + shift).astype(f"datetime64[{unit}]")
        for end in (least, most)
    )
    count = int((last - first).astype(np.int64)) + 1
    if count > largest:
        raise ValueError(
            f"resolution={resolution}; gives {count:,} cells, and at most "
            f"{largest:,} are taken: choose a coarser one"
        )
    starts = np.arange(first, last + 1).astype(f"datetime64[{tick}]") - shift
    return (least, *starts[1:].astype(np.int64).tolist(), most)


def _require_positive(least: float) -> None:
    if least <= 0:
        raise ValueError(
            f"spacing=log; begins at {least:g}, and has to begin above 0: give "
            "edges instead, or for whole numbers from 0 on points=[0]"
        )
