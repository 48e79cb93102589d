"""Configurations as text: JSON files, command lines, explanations."""

import dataclasses
import difflib
import pathlib
from collections.abc import Mapping
from typing import Any, get_args

from dpgan_tf import errors
from dpgan_tf.config import settings as configs
from dpgan_tf.privacy import untrusted_json

_LARGEST = 2**20
_BOOLEANS = {"true": True, "false": False}


def from_json(text: str) -> configs.Config:
    """Read a configuration that `Config.to_json` wrote.

    Args:
      text: JSON of one object.

    Returns:
      The configuration.

    Raises:
      ConfigError: if it is not JSON, or a key or value cannot be used.
    """
    try:
        values = untrusted_json.parse(text, untrusted_json.OBJECT)
    except untrusted_json.JsonError as error:
        raise errors.ConfigError(f"not a configuration ({error}).") from error
    return _build(values)


def read(path: pathlib.Path) -> configs.Config:
    """Read the configuration of a run.

    Args:
      path: of its file.

    Returns:
      The configuration.

    Raises:
      ConfigError: naming the file, if it cannot be used.
    """
    values = untrusted_json.read(
        path,
        error=errors.ConfigError,
        what="not a configuration",
        remedy="restore it from a backup, or choose another folder",
        largest=_LARGEST,
    )
    try:
        return _build(values)
    except errors.ConfigError as error:
        raise errors.ConfigError(f"{path}: {error}") from error


def replace(
    config: configs.Config, assignments: Mapping[str, str]
) -> configs.Config:
    """Return a copy with some fields set from text, as on a command line.

    Args:
      config: what to start from.
      assignments: field name to its value as text, "none" for None.

    Returns:
      The changed and validated configuration.

    Raises:
      ConfigError: for an unknown key or a value of the wrong type or range.
    """
    values: dict[str, Any] = {
        name: _parse(name, text) for name, text in assignments.items()
    }
    return dataclasses.replace(config, **values)


def describe() -> dict[str, str]:
    """Return what each field means, from the docstring of `Config`."""
    lines = (configs.Config.__doc__ or "").split("Attributes:")[1].splitlines()
    meanings: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("      ") and not line.startswith("        "):
            name, _, meaning = line.strip().partition(": ")
            meanings[name] = meaning
        elif name and line.strip():
            meanings[name] += " " + line.strip()
    return meanings


def _build(values: Mapping[str, Any]) -> configs.Config:
    for name in values:
        _require_known(name)
    try:
        return configs.Config(**values)
    except TypeError as error:  # A field is missing.
        raise errors.ConfigError(f"not a configuration: {error}.") from error


def _field_types() -> dict[str, Any]:
    return {
        field.name: field.type for field in dataclasses.fields(configs.Config)
    }


def _require_known(name: str) -> None:
    known = _field_types()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "see `presets --help`."
        raise errors.ConfigError(f"unknown configuration key {name!r}; {hint}")


def _parse(name: str, text: str) -> object:
    _require_known(name)
    wanted = _field_types()[name]
    if text.lower() == "none" and type(None) in get_args(wanted):
        return None
    base = (get_args(wanted) or (wanted,))[0]
    try:
        return _BOOLEANS[text.lower()] if base is bool else base(text)
    except (KeyError, ValueError) as error:
        raise errors.ConfigError(
            f"{name}={text}; expected a value of type {base.__name__}."
        ) from error
