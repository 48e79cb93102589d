"""The machine that the numbers were measured on."""

import importlib.metadata
import os
import pathlib
import platform
import subprocess
from collections.abc import Sequence

from benchmarks import cases
from dpgan_tf import errors

_PEER_VERSIONS = """
from importlib import metadata
print(metadata.version("torch"), metadata.version("jax"))
"""
_SOURCES = ("dpgan_tf", ":(glob)benchmarks/**/*.py")
_CPUINFO = pathlib.Path("/proc/cpuinfo")
_INSTRUCTION_SETS = (
    *("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16"),
    *("amx_tile", "amx_bf16", "amx_int8", "aes", "vaes"),
    *("asimd", "bf16", "sve"),
)
"""Those that decide how fast a product, a rounding or a cipher is."""


def describe(*, peers_python: str) -> dict[str, object]:
    """Return the processor, its instructions, versions and commit.

    The precision is that of the measured steps; a whole run has its own.

    Args:
      peers_python: interpreter of the peers; empty if there are none.
    """
    torch, jax = _peer_versions(peers_python)
    return {
        "processor": _processor(),
        "instruction sets": _instruction_sets(),
        "cores": len(os.sched_getaffinity(0)),
        "precision": cases.PRECISION,
        "python": platform.python_version(),
        "tensorflow": importlib.metadata.version("tensorflow"),
        "keras": importlib.metadata.version("keras"),
        "torch": torch,
        "jax": jax,
        "commit": commit("."),
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


def commit(folder: str) -> str:
    """Return a checkout's commit, with "-dirty" if sources were changed.

    Args:
      folder: folder of the checkout.
    """
    found = _git(folder, "rev-parse", "--short=12", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--", *_SOURCES)
    return f"{found}-dirty" if changed else found or "unknown"


def _processor() -> str:
    return _first("model name") or platform.machine()


def _instruction_sets() -> str:
    """Return those of `_INSTRUCTION_SETS` that the processor has."""
    has = set((_first("flags") or _first("Features")).split())
    return " ".join(name for name in _INSTRUCTION_SETS if name in has)


def _first(field: str) -> str:
    """Return a field of the first processor; empty if there is none."""
    for line in _CPUINFO.read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return ""


def _git(folder: str, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments],
        capture_output=True,
        text=True,
        check=False,
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
