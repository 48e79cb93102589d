"""Columns of numbers and of times as JSON values: bounds, bins, edges, points.

What is declared in few words (`least`, `most`, `bins`, `spacing`, `resolution`)
becomes explicit edges once, when it is read.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import cuts
from dpgan_tf.privacy import untrusted_json as kinds

MOST_CELLS = 65_536
BOUNDS, PRIVATE = "bounds", "private"
"""Key and value of a column whose bins are still to be learnt."""

_LARGEST_WHOLE = 2**53
_LARGEST = 1e15
_BINS = kinds.integer(1, MOST_CELLS)
_SPACING = kinds.of(
    f"{cuts.LINEAR} or {cuts.LOG}",
    lambda value: value in (cuts.LINEAR, cuts.LOG),
)

Cut = Callable[[Mapping[str, Any], Any, Any, tuple], tuple]
"""Function from a column's values, its least and most number and its points to
its edges."""


def keys(
    number: kinds.Kind, *, resolutions: tuple[str, ...] = ()
) -> dict[str, kinds.Kind]:
    """Return the kinds of the values by which bins are declared.

    Args:
      number: kind of a number, or of the text of a date.
      resolutions: names of units of time; empty for numbers.
    """
    list_of_numbers = kinds.list_of(number)
    found = {
        "least": number,
        "most": number,
        "bins": _BINS,
        "edges": list_of_numbers,
        "points": list_of_numbers,
        BOUNDS: kinds.of(f'"{PRIVATE}"', lambda value: value == PRIVATE),
    }
    if not resolutions:
        return found | {"spacing": _SPACING}
    resolution = kinds.of(
        f"one of {', '.join(resolutions)}", lambda value: value in resolutions
    )
    return found | {"resolution": resolution}


def read(
    fields: Mapping[str, Any], *, number: Callable[[Any], Any], cut: Cut
) -> dict[str, Any]:
    """Return the arguments of a column of numbers.

    Args:
      fields: JSON values by key.
      number: function from a JSON value to a number.
      cut: function that gives edges where there are none.

    Returns:
      name, missing, edges and points.

    Raises:
      ValueError: saying what is wrong, without the column's name.
    """
    if BOUNDS in fields:
        raise ValueError(
            f"{BOUNDS}={PRIVATE} are not learnt yet; `dpgan schema TABLE "
            "--private --schema=FILE` learns them"
        )
    points = tuple(number(value) for value in fields.get("points", ()))
    _require_ascending(points, key="points")
    if "edges" in fields:
        edges = _given_edges(fields, number, points)
    else:
        edges = _made_edges(fields, number, points, cut)
    if len(edges) - 1 + len(points) > MOST_CELLS:
        raise ValueError(
            f"gives {len(edges) - 1 + len(points):,} cells; expected at most "
            f"{MOST_CELLS:,}"
        )
    return {
        "name": fields["name"],
        "missing": fields.get("missing", False),
        "edges": edges,
        "points": points,
    }


def write(
    column: columns.Ordered, shown: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return JSON values by which bins are declared, with explicit edges.

    Args:
      column: the column.
      shown: function from a number to a JSON value.
    """
    found = {"edges": [shown(edge) for edge in column.edges]}
    if column.points:
        found["points"] = [shown(point) for point in column.points]
    return found


def plain(number: float) -> float:
    """Return a number without a fraction of 0.

    Args:
      number: the number.
    """
    return int(number) if number == int(number) else number


def whole(value: int) -> int:
    """Return a whole number that a float64 holds exactly.

    Args:
      value: the number.

    Raises:
      ValueError: if it is too large.
    """
    if abs(value) > _LARGEST_WHOLE:
        raise ValueError(f"{value}; expected at most {_LARGEST_WHOLE}")
    return value


def real(value: float) -> float:
    """Return a number that bins can be made of.

    Args:
      value: the number.

    Raises:
      ValueError: if it is too large.
    """
    if abs(value) > _LARGEST:
        raise ValueError(f"{value}; expected at most {_LARGEST:g}")
    return float(value)


def whole_edges(
    fields: Mapping[str, Any], least: int, most: int, points: tuple
) -> tuple[int, ...]:
    """Return edges of whole numbers, as `Cut`.

    Args:
      fields: JSON values by key.
      least: least number; where it is a point, bins begin after it.
      most: largest number.
      points: numbers with a cell each.
    """
    first = least + (points[:1] == (least,) and least < most)
    return cuts.of_whole_numbers(
        first,
        most,
        bins=fields.get("bins"),
        spacing=fields.get("spacing", cuts.LINEAR),
    )


def number_edges(
    fields: Mapping[str, Any], least: float, most: float, points: tuple
) -> tuple[float, ...]:
    """Return edges of numbers, as `Cut`.

    Args:
      fields: JSON values by key.
      least: least number.
      most: largest number.
      points: numbers with a cell each.
    """
    if least == most:
        raise ValueError(
            f"least={least:g}, most={most:g}; expected two different numbers"
        )
    return cuts.of_numbers(
        least,
        most,
        bins=fields.get("bins"),
        spacing=fields.get("spacing", cuts.LINEAR),
    )


def time_edges(tick: str) -> Cut:
    """Return the `Cut` of times.

    Args:
      tick: "D" if they are days, "s" if they are seconds.
    """

    def cut(fields, least, most, points):
        if "resolution" not in fields:
            return whole_edges(fields, least, most, points)
        if "bins" in fields:
            raise ValueError("has bins and a resolution; expected one of them")
        if tick == "D" and fields["resolution"] == "hour":
            raise ValueError("resolution=hour; is for a column of datetime")
        return cuts.of_times(
            least,
            most,
            resolution=fields["resolution"],
            tick=tick,
            largest=MOST_CELLS,
        )

    return cut


def _given_edges(fields, number, points) -> tuple:
    for key in ("bins", "spacing", "resolution"):
        if key in fields:
            raise ValueError(f"has edges and {key}; expected one of them")
    edges = tuple(number(value) for value in fields["edges"])
    if len(edges) < 2:
        raise ValueError(f"edges has {len(edges)}; expected two or more")
    # The last bin of whole numbers may be a single one: its end is in it.
    may_be_one = edges[-1] == edges[-2] and type(edges[-1]) is int
    _require_ascending(edges[: len(edges) - may_be_one], key="edges")
    for key, end in (
        ("least", min(edges[:1] + points[:1])),
        ("most", max(edges[-1:] + points[-1:])),
    ):
        if key in fields and number(fields[key]) != end:
            raise ValueError(
                f"{key}={fields[key]}; its edges and points end elsewhere: "
                f"leave {key} out"
            )
    return edges


def _made_edges(fields, number, points, cut) -> tuple:
    for key in ("least", "most"):
        if key not in fields:
            raise ValueError(
                f"has no {key}; declare least and most, which are publicly "
                "known, or edges"
            )
    least, most = number(fields["least"]), number(fields["most"])
    if least > most:
        raise ValueError(
            f"least={fields['least']}, most={fields['most']}; are the wrong "
            "way round"
        )
    for place, point in enumerate(points):
        if not least <= point <= most:
            raise ValueError(
                f"points has {fields['points'][place]}, which is outside "
                f"least={fields['least']} and most={fields['most']}"
            )
    return cut(fields, least, most, points)


def _require_ascending(numbers: tuple, *, key: str) -> None:
    if any(a >= b for a, b in zip(numbers, numbers[1:], strict=False)):
        raise ValueError(f"{key} does not ascend; sort it, each number once")
