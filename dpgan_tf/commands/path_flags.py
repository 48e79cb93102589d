"""Checks of the folders and files that flags name, before any work begins."""

import os
import pathlib

from absl import flags

from dpgan_tf import errors

_FOLDERS = ("run_dir", "release_dir", "data_dir", "runs_dir", "results_dir")
_WRITTEN = ("output", "results_dir", "runs_dir")
"""Flags whose path is written by every command that has them."""

_WRITTEN_BY = {
    "quick": ("run_dir",),
    "train": ("run_dir",),
    "evaluate": ("run_dir",),
    "export": ("run_dir",),
}


def check(command: str, flag_values: flags.FlagValues) -> None:
    """Refuse empty values, files in place of folders, and read-only paths.

    Args:
      command: the command's name.
      flag_values: the command's parsed flags.

    Raises:
      UserError: naming the flag, its value and the remedy.
    """
    for name in flag_values:
        _require_not_empty(name, flag_values[name])
    written = (*_WRITTEN, *_WRITTEN_BY.get(command, ()))
    for name in (*_FOLDERS, "output"):
        value = flag_values[name].value if name in flag_values else None
        if value is None:
            continue
        if name in _FOLDERS:
            _require_folder(name, value)
        _require_below_folder(name, value, is_written=name in written)


def _require_not_empty(name: str, flag: flags.Flag) -> None:
    if flag.present and flag.value in ("", []) and flag.default is not False:
        raise errors.UserError(
            f"--{name}=: is empty; give it a value, or leave it out."
        )


def _require_folder(name: str, value: str) -> None:
    if os.path.lexists(value) and not os.path.isdir(value):
        raise errors.UserError(
            f"--{name}={value}: is not a folder; choose another name."
        )


def _require_below_folder(name: str, value: str, *, is_written: bool) -> None:
    """Check the path, or the nearest existing folder above it."""
    path = pathlib.Path(value).absolute()
    above = path if name != "output" and path.is_dir() else path.parent
    while not os.path.lexists(above):
        above = above.parent
    if not above.is_dir():
        raise errors.UserError(
            f"--{name}={value}: {above} is not a folder; choose another name."
        )
    if is_written and not os.access(above, os.W_OK | os.X_OK):
        raise errors.UserError(
            f"--{name}={value}: cannot be written, you may not write to "
            f"{above}; choose another name."
        )
