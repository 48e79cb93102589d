r"""Put recorded tables and curves into a page.

Between <!-- TITLE --> and <!-- end --> of the page stands the table whose
title begins with TITLE. Where TITLE is "command and machine", it is the line
about these; where it is "curves", the picture, which lies beside the page.

Example:
  python -m benchmarks.page --results=runs/results/bench/scaling_run.json \
      --page=docs/scaling.md
"""

import json
import pathlib
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from absl import flags

from benchmarks import curves
from benchmarks import table_parts
from benchmarks import tables
from dpgan_tf import errors

_MACHINE, _CURVES = "command and machine", "curves"
_SHOWN = "Time and memory against records, pixels and classes"
_PLACE = re.compile(r"(<!-- (.+?) -->\n).*?(<!-- end -->)", re.S)


def main(argv: Sequence[str] | None = None) -> int:
    """Fill the places that there are results for.

    Args:
      argv: flags; None takes them from the command line.

    Returns:
      0; 2 if the page has a place for a table that there never is.
    """
    values = _parse([sys.argv[0], *(sys.argv[1:] if argv is None else argv)])
    page = pathlib.Path(values.page)
    picture = page.with_suffix(".png")
    content = json.loads(pathlib.Path(values.results).read_text())
    try:
        page.write_text(fill(page.read_text(), content, picture=picture.name))
    except errors.UserError as error:
        print(f"{page}: {error}", file=sys.stderr)
        return 2
    if _has_curves(content):
        picture.write_bytes(curves.draw(content["cells"]))
    return 0


def fill(text: str, content: Mapping[str, Any], *, picture: str) -> str:
    """Return a page with tables of results.

    Args:
      text: text of the page.
      content: content of a results file.
      picture: name of the file of curves.

    Raises:
      UserError: for a place that no table is called like.
    """
    made = tables.by_title(content) | {
        _MACHINE: tables.machine(content),
        _CURVES: f"![{_SHOWN}]({picture})" if _has_curves(content) else "",
    }

    def table_at(place: re.Match) -> str:
        begin, title, end = place.groups()
        found = [name for name in made if name.startswith(title)]
        if len(found) != 1:
            raise errors.UserError(
                f"<!-- {title} -->: {len(found)} tables begin like this; "
                "expected one."
            )
        if not made[found[0]]:
            return place[0]
        return f"{begin}\n{made[found[0]]}\n\n{end}"

    return _PLACE.sub(table_at, text)


def _has_curves(content: Mapping[str, Any]) -> bool:
    return any(table_parts.of_kind(content["cells"], "scale"))


def _parse(argv):
    values = flags.FlagValues()
    flags.DEFINE_string(
        "results", None, "File of `benchmarks.run`.", flag_values=values
    )
    flags.DEFINE_string(
        "page", "docs/scaling.md", "Page to change.", flag_values=values
    )
    flags.mark_flag_as_required("results", flag_values=values)
    values(argv)
    return values


if __name__ == "__main__":
    sys.exit(main())
