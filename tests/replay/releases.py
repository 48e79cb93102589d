"""Releases of a run: what was noised, how much, and what came out."""

import pathlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

STEPS, SUMMARY = "mechanism", "summary"
"""Modules whose noise is recorded: private steps, and a summary."""

CHOICE = "choice"
"""What a summary's choices are recorded as."""


class Release(NamedTuple):
    """One call of the noise, or one choice.

    Attributes:
      values: sums without noise, float64 each; or one array of scores.
      deviations: float64 [V], standard deviation of each sum's noise; or the
        noise multiplier that a choice is charged as.
      noisy: sums with noise; or the number that was chosen.
    """

    values: Sequence[np.ndarray]
    deviations: np.ndarray
    noisy: Sequence[np.ndarray]


def name(mechanism: str, key: np.ndarray, step: np.ndarray) -> str:
    """Return the name of a release: the module, its key and its number."""
    return f"{mechanism}-{np.asarray(key).tobytes().hex()}-{int(step):06}"


def step_of(release: str) -> int:
    """Return the number of a release within its attempt."""
    return int(release.rpartition("-")[2])


def of(mechanism: str, found: dict[str, Release]) -> dict[str, Release]:
    """Return the releases of one mechanism."""
    return {
        name: release
        for name, release in found.items()
        if name.startswith(f"{mechanism}-")
    }


def write(path: pathlib.Path, found: dict[str, Release]) -> None:
    """Write releases to a file."""
    arrays = {}
    for name, release in found.items():
        arrays[f"{name}/deviations"] = release.deviations
        for part in ("values", "noisy"):
            for i, array in enumerate(getattr(release, part)):
                arrays[f"{name}/{part}/{i}"] = array
    np.savez(path, **arrays)


def read(path: pathlib.Path) -> dict[str, Release]:
    """Read releases from a file."""
    with np.load(path) as arrays:
        names = [key[:-11] for key in arrays if key.endswith("/deviations")]
        return {
            name: Release(
                *(
                    _parts(arrays, f"{name}/values"),
                    arrays[f"{name}/deviations"],
                    _parts(arrays, f"{name}/noisy"),
                )
            )
            for name in names
        }


def _parts(arrays, name):
    found, i = [], 0
    while f"{name}/{i}" in arrays:
        found.append(arrays[f"{name}/{i}"])
        i += 1
    return found
