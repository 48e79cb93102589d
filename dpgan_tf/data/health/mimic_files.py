"""MIMIC's files: where they are, their identifiers, and rows left out."""

import dataclasses
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dpgan_tf import errors

NO_NUMBER = "no number as identifier"

_INNER = "hosp"
"""Folder of MIMIC-IV's tables of the hospital."""

_NUM_EXAMPLES = 3
_ID = re.compile(r"(?P<number>\d{1,18})|(?P<float>\d{1,15})\.0*", re.ASCII)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """Rows that were left out for one reason.

    Attributes:
      num_rows: number of rows.
      lines: line numbers of the first of them in their file.
    """

    num_rows: int
    lines: tuple[int, ...]


class Problems:
    """Rows that are left out, counted by file and reason."""

    def __init__(self):
        """Begin without any."""
        self._found: dict[tuple[str, str], Problem] = {}

    def add(self, path: pathlib.Path, reason: str, *, line: int) -> None:
        """Count a row.

        Args:
          path: the row's file.
          reason: why it cannot be used.
          line: number of its first line.
        """
        before = self._found.get((path.name, reason))
        num_rows, lines = 0, ()
        if before is not None:
            num_rows, lines = before.num_rows, before.lines
        self._found[path.name, reason] = Problem(
            num_rows=num_rows + 1, lines=(*lines, line)[:_NUM_EXAMPLES]
        )

    def by_reason(self) -> dict[str, Problem]:
        """Return the problems, each with its file and reason, sorted."""
        return {
            f"{name}: {reason}": problem
            for (name, reason), problem in sorted(self._found.items())
        }

    def mainly(self, path: pathlib.Path) -> str:
        """Return why most rows of a file were left out, for messages.

        Args:
          path: the file.
        """
        of_file = {
            reason: problem
            for (name, reason), problem in self._found.items()
            if name == path.name
        }
        if not of_file:
            return " (no rows)"
        reason = max(of_file, key=lambda found: of_file[found].num_rows)
        problem = of_file[reason]
        return (
            f" ({reason}: {problem.num_rows:,} rows, first in line "
            f"{problem.lines[0]})"
        )


def as_json(problems: Mapping[str, Problem]) -> dict[str, Any]:
    """Return problems as JSON values.

    Args:
      problems: the problems, by file and reason.
    """
    return {
        reason: {"num_rows": one.num_rows, "first_lines": list(one.lines)}
        for reason, one in problems.items()
    }


def lines(
    problems: Mapping[str, Problem],
    unknown_codes: Mapping[str, int],
    doubt: str,
) -> list[str]:
    """Return what was left out, and why, for the curator to read.

    Args:
      problems: the problems, by file and reason.
      unknown_codes: categories that are not columns, most frequent first.
      doubt: warning about the codes; empty if there is none.
    """
    found = [
        f"  left out, {reason}: {one.num_rows:,} rows, first in line "
        f"{', '.join(map(str, one.lines))}"
        for reason, one in problems.items()
    ]
    if doubt:
        found.append(f"Warning: {doubt}")
    if unknown_codes:
        found.append(
            "  left out, not among the columns: "
            f"{sum(unknown_codes.values()):,} diagnoses of "
            f"{len(unknown_codes):,} categories, most often "
            f"{', '.join(list(unknown_codes)[:5])}"
        )
    return found


def as_id(text: str) -> int | None:
    """Return an identifier, which a table may have made a float; or None.

    Args:
      text: a field.
    """
    match = _ID.fullmatch(text.strip(" \t\xa0'\"="))
    return None if match is None else int(match["number"] or match["float"])


def find(folder: pathlib.Path, *names: str) -> list[pathlib.Path]:
    """Return files of MIMIC in a folder, or in its folder `hosp`.

    Args:
      folder: the folder.
      *names: names without .csv, in any case.

    Raises:
      DatasetError: naming the file that is not there, or there twice.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "no such folder"
        listed = ", ".join(f"{name}.csv" for name in names)
        raise errors.DatasetError(
            f"--source={folder}: {what}; expected a folder with {listed}."
        )
    inner = [path for path in folder.iterdir() if path.name.lower() == _INNER]
    places = [folder, *filter(pathlib.Path.is_dir, inner)]
    files = [path for place in places for path in sorted(place.iterdir())]
    return [_only(name, files, folder) for name in names]


def _only(
    name: str, files: Sequence[pathlib.Path], folder: pathlib.Path
) -> pathlib.Path:
    wanted = {f"{name}.csv".lower(), f"{name}.csv.gz".lower()}
    found = [f for f in files if f.name.lower() in wanted and f.is_file()]
    if len(found) != 1:
        what = "missing" if not found else f"there {len(found)} times"
        raise errors.DatasetError(
            f"{folder}: {name}.csv (or .csv.gz) is {what}; expected one."
        )
    return found[0]
