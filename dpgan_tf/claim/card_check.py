"""Checks that a model card says what its claim says, and nothing else.

Only a few parts of a card may vary: sizes, public settings, scores. They are
read from the card, each by a narrow pattern; the card is then made again from
them and the claim, and must be the same in every byte.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf.claim import card_words
from dpgan_tf.claim import column_rows
from dpgan_tf.claim import model_card
from dpgan_tf.claim import release_names
from dpgan_tf.claim import schema_check
from dpgan_tf.claim import variety
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import setting
from dpgan_tf.data import records
from dpgan_tf.data.tables import schema as schemas

LARGEST = 2**20
"""Largest size of a card in bytes."""

_MAX_SHOWN = 80
_SIZE = r"([1-9]\d{0,8})"


def _ascii(pattern: str) -> re.Pattern[str]:
    """Return a pattern that matches ASCII digits only."""
    return re.compile(pattern, re.ASCII)


_LATENT_DIM = _ascii(rf"tf\.random\.normal\(\[16, {_SIZE}\]\)")
_IMAGE_SHAPE = _ascii(rf"float32 \[16, {_SIZE}, {_SIZE}, {_SIZE}\] in")
_ROW_SHAPE = _ascii(rf"uint8 \[16, {_SIZE}\] from 0 to {_SIZE}")
_CLASSES = _ascii(
    rf"label = (?:{_SIZE} \+ )?tf\.range\(16, dtype=tf\.int64\) % {_SIZE}"
)
_ROW = _ascii(r"\| (.*) \|")
_NUMBER = _ascii(r"-?\d{1,18}(\.\d{1,18})?(e[+-]\d{1,3})?")
_SCORE_VALUE = _ascii(r"-|nan|-?\d{1,9}\.\d{2,3}")
_NUM_SCORED = _ascii(r"\d{1,3}(,\d{3}){0,5} (images|rows)")
_WORDS = {"True": True, "False": False, "None": None}
_FIELDS = dict(kinds.settings())


def problem_of(
    content: bytes,
    claim: Mapping[str, Any],
    schema: schemas.Schema | None = None,
) -> str:
    """Return what is wrong with a card, or an empty text.

    Args:
      content: bytes of the card's file.
      claim: result of `claim.assemble` for the facts of a `privacy.json`.
      schema: the schema beside the card; None if there is none.
    """
    try:
        card = content.decode("utf-8")
    except UnicodeDecodeError:
        return "is not a text in UTF-8"
    try:
        parts = _free_parts(card, claim, schema)
        expected = model_card.model_card(claim, schema=schema, **parts)
    except _UnknownPartError as error:
        return str(error)
    return "" if card == expected else _first_difference(card, expected)


def files_beside(content: bytes) -> frozenset[str]:
    """Return the files that belong to a checked card, without the claim.

    Args:
      content: bytes of the card's file.
    """
    card = content.decode("utf-8")
    if model_card.SCHEMA_LINK in card:
        return release_names.OF_TYPED
    if _ROW_SHAPE.search(card):
        return release_names.OF_COUNTS
    if model_card.CLASSES_LINE in card:
        return release_names.OF_NAMED_CLASSES
    return release_names.OF_IMAGES


class _UnknownPartError(Exception):
    """A part of a card that this program never writes."""


def _free_parts(
    card: str, claim: Mapping[str, Any], schema: schemas.Schema | None
) -> dict[str, Any]:
    """Return the arguments of `model_card` that made a card."""
    # The section of the columns follows from the schema alone, and has names
    # that could look like anything.
    card, _, _ = card.partition(f"\n## {column_rows.TITLE}\n")
    num_classes, first_label = _classes(card)
    settings = _settings(card, len(model_card.claim_rows(claim)))
    if (said := dict(settings)["networks.conditional"]) != str(num_classes > 0):
        shown = "shows" if num_classes else "does not show"
        raise _UnknownPartError(
            f"says networks.conditional {said}, but {shown} how to give labels"
        )
    best, its_form = variety.best_of(settings), form(card, schema)
    if its_form.is_table and best != 1:
        raise _UnknownPartError(
            f"says scoring.variety {best:g}, and rows have none but 1"
        )
    return {
        "latent_dim": int(_found(_LATENT_DIM, card)[0]),
        "num_classes": num_classes,
        "first_label": first_label,
        "has_class_names": model_card.CLASSES_LINE in card,
        "form": its_form,
        "training_facts": settings,
        "scores": _scores(card, best),
    }


def form(card: str, schema: schemas.Schema | None = None) -> records.Form:
    """Return the form of an example, from a card that `problem_of` accepted.

    Args:
      card: the card's text.
      schema: the schema beside the card; None if there is none.
    """
    if schema is not None:
        return schema_check.form_of(schema)
    if row := _ROW_SHAPE.search(card):
        return records.Form((int(row[1]),), largest=int(row[2]))
    num_classes, _ = _classes(card)
    return records.Form(
        tuple(map(int, _found(_IMAGE_SHAPE, card))), num_classes=num_classes
    )


def _classes(card: str) -> tuple[int, int]:
    """Return the number of classes on a card and the first one's label."""
    found = _CLASSES.search(card)
    return (int(found[2]), int(found[1] or 0)) if found else (0, 0)


def _found(pattern: re.Pattern[str], card: str) -> tuple[str, ...]:
    match = pattern.search(card)
    if match is None:
        raise _UnknownPartError("does not say what an example looks like")
    return match.groups()


def _settings(card: str, num_claimed: int) -> list[tuple[str, str]]:
    """Return all settings, checked to be in order and of possible value."""
    rows = _rows(card, model_card.SETTINGS_TITLE, num_cells=2)[num_claimed:]
    found = dict(rows)
    for (name, value), expected in zip(rows, card_words.SETTINGS, strict=False):
        kind = found.get(name.partition(".")[0], "")
        if name != expected or not _is_value(name, value, kind):
            raise _unknown_row(name, value)
    if len(rows) > len(card_words.SETTINGS):
        raise _unknown_row(*rows[len(card_words.SETTINGS)])
    if len(rows) < len(card_words.SETTINGS):
        missing = card_words.SETTINGS[len(rows)]
        raise _UnknownPartError(f"has no row of the setting {missing}")
    return rows


def _is_value(key: str, text: str, kind: str) -> bool:
    """Return whether a recipe can have this value in this notation.

    Args:
      key: a setting, or a part with several kinds.
      text: its value on the card.
      kind: the kind of its part on the card; empty if the card has none.
    """
    part, _, leaf = key.partition(".")
    if key == "name":
        return text in card_words.RECIPES
    if key == "data.public_source":
        return text in (card_words.ABSENT, card_words.OTHER_SOURCE)
    if not leaf:
        return text in kinds.KINDS[part]
    if text == card_words.OWN and key in card_words.WIDTHS.values():
        return True
    if text == card_words.ABSENT or not kinds.has(part, kind, leaf):
        return text == card_words.ABSENT and not kinds.has(part, kind, leaf)
    value = _read(text, setting.types_of(_FIELDS[key]))
    try:
        kinds.require(key, value)
    except errors.ConfigError:
        return False
    return str(value) == text


def _read(text: str, wanted: tuple[type, ...]) -> Any:
    """Return the value of a text in Python's notation, else the text."""
    if text in _WORDS:
        return _WORDS[text]
    if not _NUMBER.fullmatch(text):
        return text
    return (
        float(text)
        if float in wanted and not text.isdigit()
        else _integer(text)
    )


def _integer(text: str) -> Any:
    try:
        return int(text)
    except ValueError:  # The text has a point or an exponent.
        return text


def _scores(card: str, variety: float) -> list[tuple[str, str, str]]:
    found = _rows(card, model_card.SCORES_TITLE, num_cells=3)
    names = {
        f"{score.shown}, {scored}"
        for score in card_words.SCORES
        for scored in card_words.scored(variety).values()
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
    """Return the cells of a section's table, without the header's two lines."""
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
    """Return the number and text of the first line that differs."""
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
    line = lines[number] if number < len(lines) else "(end of the card)"
    shown = errors.printable(line, largest=_MAX_SHOWN)
    return f"line {number + 1} does not follow from the claim: {shown}"
