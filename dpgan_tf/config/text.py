"""Recipes as text: JSON files, command lines and explanations."""

import dataclasses
import difflib
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config import aliases
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import setting
from dpgan_tf.privacy import untrusted_json

_LARGEST = 2**24
_SEE = "`presets --settings` lists them all."
_NOTHING = {
    "summary": "No summary.",
    "budget": "No privacy: nothing is released.",
}
_BOOLEANS = {"true": True, "false": False}


def from_json(text: str) -> recipes.Recipe:
    """Read a recipe that `Recipe.to_json` wrote.

    Args:
      text: JSON of one object.

    Returns:
      The recipe.

    Raises:
      ConfigError: if it is not JSON, or a key or value is invalid.
    """
    try:
        values = untrusted_json.parse(text, untrusted_json.OBJECT)
    except untrusted_json.JsonError as error:
        raise errors.ConfigError(f"not a configuration ({error}).") from error
    return _built(values)


def read(path: pathlib.Path) -> recipes.Recipe:
    """Read the recipe of a run.

    Args:
      path: the run's config.json.

    Returns:
      The recipe.

    Raises:
      ConfigError: naming the file, if it is invalid.
    """
    values = untrusted_json.read(
        path,
        error=errors.ConfigError,
        what="not a configuration",
        remedy="restore it from a backup, or choose another folder",
        largest=_LARGEST,
    )
    try:
        return _built(values)
    except errors.ConfigError as error:
        raise errors.ConfigError(f"{path}: {error}") from error


def change(
    recipe: recipes.Recipe,
    assignments: Mapping[str, str],
    *,
    beside: Mapping[str, Any] | None = None,
) -> recipes.Recipe:
    """Return a recipe with settings given as text, as on a command line.

    Args:
      recipe: the recipe to start from.
      assignments: texts by key or alias, such as {"steps.num_steps": "60"};
        "none" stands for None.
      beside: values of further settings by key, which texts replace. All are
        changed together, so that only the result must make sense.

    Returns:
      The changed and validated recipe.

    Raises:
      ConfigError: for an unknown key or a value of the wrong type or range.
    """
    plain, numbers = aliases.split(assignments)
    values = {key: _parse(key, text) for key, text in plain.items()}
    changed = recipes.change(recipe, dict(beside or {}) | values)
    return recipes.change(changed, aliases.resolve(changed, numbers, values))


@dataclasses.dataclass(frozen=True)
class Explanation:
    """The explanation of a setting.

    Attributes:
      key: the setting, or a part with several kinds.
      meaning: its description.
      expected: its allowed values.
    """

    key: str
    meaning: str
    expected: str


def explain() -> list[Explanation]:
    """Return the explanations of all settings, part by part."""
    found = [Explanation("name", "Preset that the run started from.", "a name")]
    fields = dict(kinds.settings())
    for part, classes in kinds.PARTS.items():
        if part in kinds.KINDS:
            meaning = " ".join(
                f"{kind}: {_first_line(part, cls)}"
                for kind, cls in classes.items()
            )
            found.append(
                Explanation(part, meaning, f"one of {', '.join(classes)}")
            )
        for key, field in fields.items():
            if key.startswith(f"{part}."):
                allowed = field.metadata["range"].text
                meaning = field.metadata["meaning"]
                found.append(Explanation(key, meaning, allowed))
    return found


def _first_line(part: str, cls: type | None) -> str:
    return (cls.__doc__ or "").split("\n")[0] if cls else _NOTHING[part]


def _built(values: Mapping[str, Any]) -> recipes.Recipe:
    if "preset" in values:
        raise errors.ConfigError(
            "not a configuration of this version: it was written by an earlier "
            "one, which this one cannot continue; train again with --preset in "
            "a new --run_dir. What the old run spent of the same records adds "
            "up with the new one."
        )
    expected = {"name", *kinds.PARTS}
    if unlike := expected.symmetric_difference(values):
        what = "unknown" if min(unlike) in values else "missing"
        raise errors.ConfigError(
            f"not a configuration: {min(unlike)!r} is {what}."
        )
    if not isinstance(values["name"], str):
        raise errors.ConfigError("not a configuration: name is not a text.")
    parts = {part: _part(part, values[part]) for part in kinds.PARTS}
    return recipes.Recipe(name=values["name"], **parts)


def _part(part: str, values: Any) -> Any:
    if not isinstance(values, dict):
        raise errors.ConfigError(f"{part}: expected an object.")
    fields = dict(values)
    kind = "" if part not in kinds.KINDS else None
    if part in kinds.KINDS or fields.get("kind") == kinds.OWN:
        kind = fields.pop("kind", None)
    if not isinstance(kind, str):
        raise errors.ConfigError(f"{part}.kind: expected a text.")
    return kinds.build(part, kind, fields)


def _parse(key: str, text: str) -> object:
    """Return the value of a setting from its text."""
    if key in kinds.KINDS or key == "name":
        return text
    field = dict(kinds.settings()).get(key)
    if field is None:
        raise errors.ConfigError(f"unknown setting {key!r}; {_hint(key)}")
    wanted = setting.types_of(field)
    if text.lower() == "none" and type(None) in wanted:
        return None
    try:
        return _BOOLEANS[text.lower()] if bool in wanted else wanted[0](text)
    except (KeyError, ValueError) as error:
        raise errors.ConfigError(
            f"{key}={text}; expected a value of type {wanted[0].__name__}."
        ) from error


def _hint(key: str) -> str:
    """Suggest the nearest key, by its full name or by its last part."""
    known = [*kinds.KINDS, *(name for name, _ in kinds.settings())]
    known += aliases.MEANINGS
    leaves = [name.rpartition(".")[2] for name in known]
    near = difflib.get_close_matches(key, known, n=1)
    if "." not in key and not (near and near[0] in kinds.KINDS):
        alike = difflib.get_close_matches(key, leaves, n=1)
        near = [
            name
            for name, leaf in zip(known, leaves, strict=True)
            if leaf in alike
        ]
    return f"did you mean {' or '.join(near)}?" if near else _SEE
