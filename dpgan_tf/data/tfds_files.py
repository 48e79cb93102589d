"""The descriptions that TensorFlow Datasets keeps next to its records.

They are JSON that TFDS trusts: it imports any Python module that a feature
names, and raises anything for a description of another form. Here they are
checked first.
"""

import contextlib
import os
import pathlib
import re
from collections.abc import Iterator
from typing import Any

from dpgan_tf import errors
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy import untrusted_json

INFO, FEATURES = "dataset_info.json", "features.json"

_DESCRIBED = untrusted_json.record(
    {"description": untrusted_json.TEXT}, others=untrusted_json.ANY
)

_CLASS_KEYS = ("pythonClassName", "python_class_name", "type")
_PACKAGE = "tensorflow_datasets."
_LEAST_BYTES = 16
"""Least bytes of a record in a file: its length and checksums."""

_LENGTH = untrusted_json.of(
    "a number of records",
    lambda value: re.fullmatch(r"[0-9]{1,15}", str(value)),
)
_LENGTHS = untrusted_json.record(
    {},
    optional={
        "splits": untrusted_json.list_of(
            untrusted_json.record(
                {},
                optional={"shardLengths": untrusted_json.list_of(_LENGTH)},
                others=untrusted_json.ANY,
            )
        )
    },
    others=untrusted_json.ANY,
)


@contextlib.contextmanager
def damage_named(folder: str | os.PathLike, *, remedy: str) -> Iterator[None]:
    """Turn any error of TFDS about a folder's files into one line.

    Args:
      folder: folder of a prepared data set; its descriptions are checked first.
      remedy: advice for the message.

    Raises:
      DatasetError: for damaged files.
    """
    folder = pathlib.Path(folder)
    try:
        _require_descriptions(folder)
        yield
    except (errors.UserError, MemoryError, PermissionError):
        raise
    except Exception as error:  # TFDS raises anything for damaged descriptions.
        raise errors.DatasetError(
            f"{folder}: the prepared copy is damaged "
            f"({errors.first_line(error)}): {remedy}."
        ) from error


def description_of(folder: pathlib.Path) -> str:
    """Return a data set's description.

    Args:
      folder: folder of a prepared data set.

    Raises:
      DatasetError: if it is damaged.
    """
    info = untrusted_json.read(
        folder / INFO,
        _DESCRIBED,
        error=errors.DatasetError,
        remedy="remove that folder and run prepare-data",
    )
    return info["description"]


def _require_descriptions(folder: pathlib.Path) -> None:
    """Raise unless a data set's descriptions are safe for TFDS."""
    _require_possible_lengths(_read(folder / INFO), folder)
    if (folder / FEATURES).exists():
        _require_known_classes(_read(folder / FEATURES))


def _read(path: pathlib.Path) -> dict[str, Any]:
    content = plain_files.read(path, largest=untrusted_json.LARGEST)
    try:
        return untrusted_json.parse(content, untrusted_json.OBJECT)
    except untrusted_json.JsonError as error:
        raise untrusted_json.JsonError(f"{path.name} {error}") from error


def _require_possible_lengths(info: Any, folder: pathlib.Path) -> None:
    """Refuse more records than the files can hold.

    TensorFlow allocates memory for all of them before it reads any, and ends
    the process if it cannot.
    """
    if problem := _LENGTHS.problem_of(info):
        raise untrusted_json.JsonError(f"{INFO} {problem}")
    declared = sum(
        int(length)
        for split in info.get("splits", ())
        for length in split.get("shardLengths", ())
    )
    stored = sum(path.stat().st_size for path in folder.iterdir())
    if declared * _LEAST_BYTES > stored:
        raise ValueError(
            f"{INFO} declares {declared:,} records, more than {stored:,} bytes "
            "can hold"
        )


def _require_known_classes(value: Any) -> None:
    """Refuse classes that are not TFDS's own: it would import their modules."""
    if isinstance(value, dict):
        for key in _CLASS_KEYS:
            name = value.get(key, _PACKAGE)
            if type(name) is str and not name.startswith(_PACKAGE):
                raise ValueError(
                    f"{FEATURES} names {untrusted_json.shown(name)}, which is "
                    "no class of TFDS"
                )
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _require_known_classes(item)
