"""The paths of a run's records: kept in its private folder, never released.

A configuration has the paths as they were typed, so that it is the same on
every machine; a run that is resumed or scored in another working folder needs
absolute paths.
"""

import os
import pathlib
from typing import NamedTuple

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import sources
from dpgan_tf.privacy import untrusted_json

DEFAULT_DATA_DIR = "data"


class Places(NamedTuple):
    """The places of records.

    Attributes:
      dataset: a data set's name or path.
      data_dir: folder of named data sets and classifiers.
    """

    dataset: str
    data_dir: str


_PATH = untrusted_json.of(
    "a path", lambda value: type(value) is str and bool(value)
)
_KEPT = untrusted_json.record(
    {"dataset": _PATH, "data_dir": _PATH}, optional={"public": _PATH}
)


def remember(
    files: run_files.RunFiles, places: Places, *, public: str = ""
) -> None:
    """Store the places of a run's records, as absolute paths.

    Paths that are not UTF-8 cannot be stored in JSON; users give them again.

    Args:
      files: the run's files.
      places: places where the records were found.
      public: place of a public source; empty if there is none.
    """
    found = {
        name: _absolute(place, places.data_dir)
        for name, place in (
            ("dataset", places.dataset),
            ("public", public),
        )
        if place
    }
    found["data_dir"] = os.path.abspath(places.data_dir)
    try:
        "".join(found.values()).encode()
    except UnicodeEncodeError:
        files.places.unlink(missing_ok=True)
        return
    run_files.write_json(files.places, found)


def _absolute(dataset: str, data_dir: str) -> str:
    """Return a name as it is, and a path in every working folder's form."""
    if sources.is_name(dataset, data_dir=data_dir):
        return dataset
    return os.path.abspath(dataset)


def find_public(files: run_files.RunFiles, config_source: str) -> str:
    """Return the present place of a run's public source.

    Args:
      files: the run's present or future files.
      config_source: the source in the configuration; empty if there is none.
    """
    if not config_source:
        return ""
    return _first_there(_kept(files).get("public"), config_source)


def find(
    files: run_files.RunFiles,
    config_dataset: str,
    *,
    dataset: str | None = None,
    data_dir: str | None = None,
) -> Places:
    """Return the present places of a run's records.

    Args:
      files: the run's files.
      config_dataset: the data set's name in the configuration.
      dataset: the user's data set, if given.
      data_dir: the user's folder, if given.

    Returns:
      The user's places, else the stored ones, else the defaults.

    Raises:
      UserError: if the records are not there.
    """
    kept = _kept(files)
    found = Places(
        dataset or _first_there(kept.get("dataset"), config_dataset),
        data_dir or kept.get("data_dir") or DEFAULT_DATA_DIR,
    )
    if sources.is_name(found.dataset, data_dir=found.data_dir):
        if data_dir is None and "data_dir" in kept:
            _require_folder(found.data_dir)
    elif not os.path.exists(found.dataset) and (
        kept or dataset or files.config.exists()
    ):
        raise errors.UserError(
            f"{found.dataset}: the run's records are not there; say where "
            "they are with --dataset=PATH."
        )
    return found


def _kept(files: run_files.RunFiles) -> dict[str, str]:
    if not files.places.exists():
        return {}
    return untrusted_json.read(
        files.places,
        _KEPT,
        error=errors.UserError,
        remedy=(
            "remove the file, and say where the records are with --dataset "
            "and --data_dir"
        ),
    )


def _first_there(kept: str | None, name: str) -> str:
    """Return the stored path, unless only the other one exists."""
    if kept is None:
        return name
    is_gone = os.path.isabs(kept) and not os.path.exists(kept)
    return name if is_gone and os.path.exists(name) else kept


def _require_folder(data_dir: str) -> None:
    if not pathlib.Path(data_dir).is_dir():
        raise errors.UserError(
            f"{data_dir}: the run's data sets were there, and it is not a "
            "folder now; say where they are with --data_dir=DIR."
        )
