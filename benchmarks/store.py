"""The file of results, which is written after every finished cell."""

import json
import pathlib
from collections.abc import Mapping
from typing import Any

from benchmarks import plan
from dpgan_tf import errors
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import untrusted_json

_RESULTS = untrusted_json.record(
    {"machine": untrusted_json.OBJECT, "cells": untrusted_json.OBJECT},
    others=untrusted_json.ANY,
)


class Store:
    """Results of one machine and commit, by cell."""

    def __init__(
        self,
        path: pathlib.Path,
        *,
        machine: Mapping[str, object],
        command: str,
        date: str,
    ) -> None:
        """Open a file, or start a new one.

        Args:
          path: path of the JSON file.
          machine: description of this machine and commit.
          command: current command.
          date: current date.

        Raises:
          UserError: if the file is not a file of results, or is from another
            machine or commit.
        """
        self._path = path
        self._content: dict[str, Any] = {
            "machine": dict(machine),
            "command": command,
            "date": date,
            "cells": {},
        }
        if path.exists():
            self._content = _read(path, machine)

    @property
    def content(self) -> dict[str, Any]:
        """The content: machine, command, date and cells."""
        return self._content

    def has(self, cell: plan.Cell) -> bool:
        """Return whether a cell is finished with the same settings.

        Args:
          cell: the cell.
        """
        found = self._content["cells"].get(cell.name)
        return found is not None and found["settings"] == cell.settings

    def add(self, cell: plan.Cell, result: object) -> None:
        """Store a result on disk.

        Args:
          cell: the measured cell.
          result: result as JSON values.
        """
        self._content["cells"][cell.name] = {
            "settings": cell.settings,
            "result": result,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self._content, indent=1) + "\n"
        durable.create(self._path, text.encode())


def _read(path, machine):
    content = untrusted_json.read(
        path,
        _RESULTS,
        error=lambda text: errors.UserError(f"--out={text}"),
        what="not a file of results",
        remedy="choose another name",
    )
    found, cells = content["machine"], content["cells"]
    for name, value in machine.items():
        if found.get(name) != value:
            raise errors.UserError(
                f"--out={path}: {len(cells)} cells were measured with {name} "
                f"{found.get(name)!r}, now it is {value!r}; choose another "
                "name, or delete the file."
            )
    return content
