"""The audit of the audit: it must convict what is broken, and nothing else."""

import dataclasses
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dpgan_tf import run_files
from dpgan_tf.audit import audit as audits
from dpgan_tf.audit import broken
from dpgan_tf.audit import cases
from dpgan_tf.privacy import durable

FORMAT = "dpgan-audit-self-test-1"
FILE_NAME, TABLE_NAME = "self_test.json", "self_test.md"
_SOUND = "sound"
_SURPRISING = 0.001
"""Least p-value at which what is sound is acquitted. At the level of an audit,
5%, one self-test in twenty would fail by chance."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """The outcome of one case.

    Attributes:
      name: name of the case.
      what: what is wrong with it.
      must_convict: whether something is wrong with it.
      epsilon: epsilon that its author claims.
      epsilon_at_least: lower bound, of mechanisms like the claimed one.
      p_value: how surprising the outcome is if the claim holds.
      is_convicted: whether the claim is refuted.
    """

    name: str
    what: str
    must_convict: bool
    epsilon: float
    epsilon_at_least: float
    p_value: float
    is_convicted: bool

    @property
    def is_right(self) -> bool:
        """Whether the audit said what is true."""
        return self.is_convicted == self.must_convict


def rows(*, num_canaries: int, seed: int | None) -> Iterator[Row]:
    """Audit everything that is broken, and the same with nothing wrong.

    Args:
      num_canaries: number of canaries of each audit.
      seed: seed of each audit; None takes the operating system's entropy.

    Yields:
      A row for each.
    """
    right = broken.Broken(name=_SOUND, what="nothing", case=broken.sound())
    for each in (right, *broken.every()):
        yield _row(each, each.case, num_canaries=num_canaries, seed=seed)


def _row(
    each: broken.Broken,
    case: cases.Case,
    *,
    num_canaries: int,
    seed: int | None,
) -> Row:
    found = audits.make(case, num_canaries=num_canaries, seed=seed).found
    must_convict = each.name != _SOUND
    return Row(
        name=each.name,
        what=each.what,
        must_convict=must_convict,
        epsilon=found.epsilon,
        epsilon_at_least=found.epsilon_of_family,
        p_value=found.p_value,
        is_convicted=found.is_refuted
        if must_convict
        else found.p_value < _SURPRISING,
    )


def table(found: Sequence[Row]) -> str:
    """Return rows as a table in Markdown.

    Args:
      found: rows.
    """
    lines = [
        "| what is wrong | claimed epsilon | at least | p | verdict |",
        "|---|---|---|---|---|",
    ]
    for row in found:
        said = "convicted" if row.is_convicted else "not refuted"
        mark = "" if row.is_right else " (WRONG)"
        lines.append(
            f"| {row.what} | {row.epsilon:.3g} | {row.epsilon_at_least:.3g} | "
            f"{row.p_value:.2g} | {said}{mark} |"
        )
    return "\n".join(lines)


def write(
    folder: pathlib.Path, found: Sequence[Row], *, origin: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the rows, also as a table, and return what was written.

    Args:
      folder: folder to write to, made if it is missing.
      found: rows.
      origin: command, versions and day.
    """
    durable.make_folder(folder)
    content = {
        "format": FORMAT,
        "from": dict(origin),
        "rows": [dataclasses.asdict(row) for row in found],
    }
    run_files.write_json(folder / FILE_NAME, content)
    durable.create(folder / TABLE_NAME, f"{table(found)}\n".encode())
    return content
