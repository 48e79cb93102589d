"""The machine that the numbers were measured on."""

import importlib.metadata
import os
import pathlib
import platform
import subprocess
from collections.abc import Sequence

from dpgan_tf import errors

_PEER_VERSIONS = """
from importlib import metadata
print(metadata.version("torch"), metadata.version("jax"))
"""
_SOURCES = ("dpgan_tf", ":(glob)benchmarks/**/*.py")


def describe(*, peers_python: str) -> dict[str, object]:
    """Return the processor, cores, versions and commit.

    Args:
      peers_python: interpreter of the peers; empty if there are none.
    """
    torch, jax = _peer_versions(peers_python)
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "tensorflow": importlib.metadata.version("tensorflow"),
        "keras": importlib.metadata.version("keras"),
        "torch": torch,
        "jax": jax,
        "commit": _commit(),
    }


def use_cores(number: int) -> None:
    """Restrict this process and its children to some cores.

    All libraries start as many threads as they have cores.

    Args:
      number: number of cores.

    Raises:
      UserError: if there are fewer cores.
    """
    allowed = sorted(os.sched_getaffinity(0))
    if not 0 < number <= len(allowed):
        raise errors.UserError(
            f"--threads={number}; expected 1 to {len(allowed)}, the number of "
            "cores."
        )
    os.sched_setaffinity(0, allowed[:number])


def _processor() -> str:
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1] for line in lines if "model name" in line]
    return names[0].strip() if names else platform.machine()


def _commit() -> str:
    """Return the commit, with "-dirty" if sources were changed."""
    commit = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--", *_SOURCES)
    return f"{commit}-dirty" if changed else commit or "unknown"


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _peer_versions(python: str) -> Sequence[str | None]:
    if not python:
        return [None, None]
    try:
        done = subprocess.run(
            [python, "-c", _PEER_VERSIONS],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise errors.UserError(
            f"--peers_python={python}: no interpreter with torch and jax; make "
            "an environment from benchmarks/requirements.txt."
        ) from error
    return done.stdout.split()
