"""Whether a model card says what its claim says, and nothing else.

Little of a card is free: sizes, public settings, scores. These are read from
it, each by a narrow pattern; the card is then made again from them and from the
claim, and must be the same in every byte.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dpgan_tf import card_words
from dpgan_tf import errors
from dpgan_tf import model_card
from dpgan_tf import release_names
from dpgan_tf.data import records

LARGEST = 2**20
"""Bytes of a card."""

_MAX_SHOWN = 80
_SIZE = r"([1-9]\d{0,8})"
_LATENT_DIM = re.compile(rf"tf\.random\.normal\(\[16, {_SIZE}\]\)")
_IMAGE_SHAPE = re.compile(rf"float32 \[16, {_SIZE}, {_SIZE}, {_SIZE}\] in")
_ROW_SHAPE = re.compile(rf"uint8 \[16, {_SIZE}\] from 0 to {_SIZE}")
_NUM_CLASSES = re.compile(rf"tf\.range\(16, dtype=tf\.int64\) % {_SIZE}")
_ROW = re.compile(r"\| (.*) \|")
_SETTING_VALUE = re.compile(
    r"True|False|None|-?\d+(\.\d+)?(e[+-]?\d+)?|[a-z][a-z0-9_]{0,40}"
)
_CONTRADICTING = re.compile("epsilon|delta|privac|privat|differential")
_SCORE_VALUE = re.compile(r"-|nan|-?\d+\.\d{2,3}")
_NUM_SCORED = re.compile(r"\d{1,3}(,\d{3})* (images|rows)")


def problem_of(content: bytes, claim: Mapping[str, Any]) -> str:
    """Return what is wrong with a card, empty if nothing is.

    Args:
      content: of the card's file.
      claim: as `claim.assemble` made it from the facts of a `privacy.json`.
    """
    try:
        card = content.decode("utf-8")
    except UnicodeDecodeError:
        return "is no text in UTF-8"
    try:
        expected = model_card.model_card(claim, **_free_parts(card, claim))
    except _UnknownPartError as error:
        return str(error)
    return "" if card == expected else _first_difference(card, expected)


def files_beside(content: bytes) -> frozenset[str]:
    """Return the files of a release whose card holds, but the claim.

    Args:
      content: of the card's file.
    """
    is_table = _ROW_SHAPE.search(content.decode("utf-8"))
    return release_names.OF_TABLE if is_table else release_names.OF_IMAGES


class _UnknownPartError(Exception):
    """Something on a card that no card of this program has."""


def _free_parts(card: str, claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that a card was made with."""
    num_classes = _NUM_CLASSES.search(card)
    return {
        "latent_dim": int(_found(_LATENT_DIM, card)[0]),
        "num_classes": int(num_classes[1]) if num_classes else 0,
        "form": _form(card),
        "training_facts": _settings(card, len(model_card.claim_rows(claim))),
        "scores": _scores(card),
    }


def _form(card: str) -> records.Form:
    if row := _ROW_SHAPE.search(card):
        return records.Form((int(row[1]),), largest=int(row[2]))
    return records.Form(tuple(map(int, _found(_IMAGE_SHAPE, card))))


def _found(pattern: re.Pattern[str], card: str) -> tuple[str, ...]:
    match = pattern.search(card)
    if match is None:
        raise _UnknownPartError("does not say what an example looks like")
    return match.groups()


def _settings(card: str, num_claimed: int) -> list[tuple[str, str]]:
    rows = _rows(card, model_card.SETTINGS_TITLE, num_cells=2)
    found: list[tuple[str, str]] = []
    for name, value in rows[num_claimed:]:
        known = [one for one, _ in found]
        if (
            name not in card_words.SETTINGS
            or name in known
            or not _SETTING_VALUE.fullmatch(value)
            or _CONTRADICTING.search(value)
        ):
            raise _unknown_row(name, value)
        found.append((name, value))
    return found


def _scores(card: str) -> list[tuple[str, str, str]]:
    found = _rows(card, model_card.SCORES_TITLE, num_cells=3)
    names = {
        f"{score}, {scored}"
        for score in card_words.SCORES
        for scored in card_words.SCORED.values()
    }
    for name, value, note in found:
        if not (
            name in names
            and _SCORE_VALUE.fullmatch(value)
            and _NUM_SCORED.fullmatch(note)
        ):
            raise _unknown_row(name, value, note)
    return found


def _rows(card: str, title: str, *, num_cells: int) -> list[tuple[Any, ...]]:
    """Return the cells of a section's table, without its two header lines."""
    _, _, section = card.partition(f"\n## {title}\n")
    section, _, _ = section.partition("\n## ")
    rows = []
    for line in section.split("\n"):
        if match := _ROW.fullmatch(line):
            cells = tuple(match[1].split(" | "))
            if len(cells) != num_cells:
                raise _unknown_row(line)
            rows.append(cells)
    return rows[2:]


def _unknown_row(*cells: str) -> _UnknownPartError:
    shown = errors.printable(" | ".join(cells), largest=_MAX_SHOWN)
    return _UnknownPartError(f"has a row that no card has: {shown}")


def _first_difference(card: str, expected: str) -> str:
    """Return the number and the words of the first line that differs."""
    lines: Sequence[str] = card.split("\n")
    wanted = expected.split("\n")
    number = next(
        (
            i
            for i, (line, other) in enumerate(zip(lines, wanted, strict=False))
            if line != other
        ),
        min(len(lines), len(wanted)),
    )
    line = lines[number] if number < len(lines) else "(its end)"
    shown = errors.printable(line, largest=_MAX_SHOWN)
    return f"line {number + 1} is not what the claim makes of it: {shown}"
