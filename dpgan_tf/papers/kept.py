"""Keeps results that took long to compute, with a key of their inputs."""

import hashlib
import json
import pathlib
import time
from collections.abc import Callable
from typing import Any

from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf import run_files
from dpgan_tf.papers import provenance
from dpgan_tf.privacy import untrusted_json

_KEPT = untrusted_json.record(
    {"key": untrusted_json.DIGEST, "seconds": untrusted_json.NUMBER},
    optional={"values": untrusted_json.OBJECT},
    others=untrusted_json.ANY,
)


def keep(
    path: pathlib.Path, key: Any, make: Callable[[], dict], *, command: str
) -> dict:
    """Return the values in a file, or compute and write them.

    Values under another key are replaced. Until the values are computed, a
    second file holds the time of interrupted attempts; an attempt that was
    killed adds nothing.

    Args:
      path: path of the file.
      key: all that the values depend on, as JSON values.
      make: function that computes the values.
      command: command to record with the values.

    Returns:
      "values", the "seconds" of all attempts, "key" as a hash, and "from",
      the origin.

    Raises:
      errors.UserError: if the file is damaged.
    """
    found = find(path, key)
    if found is not None:
        return found
    unfinished = path.with_suffix(".unfinished.json")
    before = find(unfinished, key)
    start = time.monotonic() - (before["seconds"] if before else 0)
    found = {"key": _digest(key)}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with interrupts.heeded():
            values = make()
    except BaseException:
        found["seconds"] = round(time.monotonic() - start, 1)
        run_files.write_json(unfinished, found)
        raise
    found |= {
        "values": values,
        "seconds": round(time.monotonic() - start, 1),
        "from": provenance.describe(command),
    }
    run_files.write_json(path, found)
    unfinished.unlink(missing_ok=True)
    return found


def find(path: pathlib.Path, key: Any) -> dict | None:
    """Return the content of a file if it has this key, else None.

    Args:
      path: path of the file, which may be missing.
      key: key as in `keep`.

    Raises:
      errors.UserError: if the file is damaged.
    """
    if not path.is_file():
        return None
    found = untrusted_json.read(
        path,
        _KEPT,
        error=errors.UserError,
        what="not the scores of a cell",
        remedy="remove the file to compute it again",
    )
    return found if found["key"] == _digest(key) else None


def _digest(key) -> str:
    text = json.dumps(key, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
