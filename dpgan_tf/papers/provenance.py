"""The origin of a number: commit, command, machine, date."""

import datetime
import os
import pathlib
import platform
import subprocess
from importlib import metadata

_ROOT = pathlib.Path(__file__).parents[2]
_LIBRARIES = ("tensorflow", "keras", "numpy", "dp-accounting")


def describe(command: str) -> dict[str, object]:
    """Return the origin to record with a result.

    Args:
      command: command that makes the result.
    """
    versions = {name: metadata.version(name) for name in _LIBRARIES}
    return {
        "command": command,
        "commit": commit(),
        "date": datetime.date.today().isoformat(),
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
    } | versions


def commit() -> str:
    """Return the commit of the code, with "+" if files were changed.

    Changed results do not count, so that one recorded cell does not mark the
    next. "unknown" if the package is not in a git checkout.
    """
    found = _git("rev-parse", "--short=12", "HEAD")
    changed = _git(
        *("status", "--porcelain", "--untracked-files=no"),
        *("--", ".", ":(exclude)runs"),
    )
    return f"{found}+" if changed else found or "unknown"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(_ROOT), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
