"""What tables of results are made of: cells of a kind, numbers as texts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Cells = Mapping[str, Mapping[str, Any]]
Row = Sequence[str]


def of_kind(cells: Cells, kind: str) -> Iterator[tuple[Row, dict, Any]]:
    """Yield the rest of the name, the settings and the result of each cell.

    Args:
      cells: cells of a results file.
      kind: first part of the cells' names.

    Yields:
      The cells of that kind, in order.
    """
    for name, cell in cells.items():
        first, *rest = name.split("/")
        if first == kind:
            yield rest, cell["settings"], cell["result"]


def ms(value: float) -> str:
    """Return a number with three digits, or all before the point.

    Args:
      value: milliseconds, or a number like them.
    """
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def between(values: Sequence[float], text: Callable[[float], str]) -> str:
    """Return the least and the largest of some numbers, or the only one.

    Args:
      values: numbers, in any order.
      text: text of a number.
    """
    ends = [text(value) for value in (min(values), max(values))]
    return " to ".join(ends if len(values) > 1 else ends[:1])
