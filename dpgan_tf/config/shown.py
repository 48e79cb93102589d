"""A recipe as rows for a reader: every setting, its value, its meaning."""

import dataclasses
from typing import Any

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import setting

_LONGEST = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """One setting of a recipe.

    Attributes:
      key: the setting, or a part with several kinds.
      value: its value.
      meaning: its description.
      is_own: whether it differs from the preset that the recipe started from;
        without one, from the default.
      is_place: whether it may be a path on the curator's machine.
    """

    key: str
    value: str
    meaning: str
    is_own: bool
    is_place: bool


def rows(recipe: recipes.Recipe) -> list[Shown]:
    """Return the settings that a recipe has, in the order of their parts.

    Args:
      recipe: the recipe.
    """
    fields = dict(kinds.settings())
    found = kinds.flat(recipe)
    usual = _usual(recipe, fields)
    return [
        Shown(
            key=one.key,
            value=_value(found[one.key]),
            meaning=one.meaning,
            is_own=one.key not in usual or found[one.key] != usual[one.key],
            is_place=(
                one.key in fields
                and fields[one.key].metadata["range"] is setting.TEXT
            ),
        )
        for one in text.explain()
        if one.key in found
    ]


def _usual(
    recipe: recipes.Recipe, fields: dict[str, dataclasses.Field]
) -> dict[str, Any]:
    """Return the values of the recipe's preset, or the defaults."""
    if recipe.name in presets.names():
        return kinds.flat(presets.get(recipe.name))
    defaults = {
        field.name: kinds.kind_of(field.name, field.default)
        for field in dataclasses.fields(recipes.Recipe)
        if field.name in kinds.KINDS
    }
    return defaults | {
        key: field.default
        for key, field in fields.items()
        if field.default is not dataclasses.MISSING
    }


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
