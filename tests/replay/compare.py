"""What two neighbours' runs must have in common, and how far sums may move."""

import json
import math
import os
import pathlib
import stat

import numpy as np

from tests.replay import releases

_PRIVATE = ("data", "run/private")
"""The records' folder with its classifiers, and what is not for publication."""

_CLAIM = "run/release/privacy.json"
_DECLARED = {
    releases.STEPS: "effective_noise_multiplier",
    releases.SUMMARY: "summary_noise_multiplier",
}


def published(root: pathlib.Path) -> dict[str, tuple[str, bytes]]:
    """Return mode and content of all that a run has left, but private parts.

    A folder has no content; its name and mode count.
    """
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if any(name.startswith(f"{part}/") for part in _PRIVATE):
            continue
        mode = stat.filemode(path.lstat().st_mode)
        content = b""
        if path.is_symlink():
            content = os.fsencode(os.readlink(path))
        elif path.is_file():
            content = path.read_bytes()
        found[name] = mode, content
    return found


def first_difference(one: pathlib.Path, other: pathlib.Path) -> str:
    """Return the first file in which two runs differ, or an empty text."""
    ours, theirs = published(one), published(other)
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in ours or name not in theirs:
            return f"{name}: only one run has it"
        (mode, content), (their_mode, their_content) = ours[name], theirs[name]
        if mode != their_mode:
            return f"{name}: has mode {mode} or {their_mode}"
        if content != their_content:
            sizes = f"{len(content)} and {len(their_content)} bytes"
            place = len(os.path.commonprefix([content, their_content]))
            return f"{name}: differs at byte {place} ({sizes})"
    if _CLAIM not in ours:
        return f"{_CLAIM}: is missing"
    return ""


def moves(
    root: pathlib.Path,
    one: dict[str, releases.Release],
    other: dict[str, releases.Release],
) -> dict[str, float]:
    """Return how far two neighbours' sums are apart, over what is declared.

    A sum is measured in deviations of its noise, all groups together, and so
    compared with one over the noise multiplier that the claim states: the
    largest of the steps that both drew alike, and all parts of the summary as
    one. Of a choice, no score may move by more than 1; it counts as a sum that
    moves as much.

    Args:
      root: the folder of either run, whose claim is read.
      one: releases of one run.
      other: those of the other, which has gone through the same states.

    Returns:
      For each mechanism of the claim, at most 1 if it holds.
    """
    claim = json.loads((root / _CLAIM).read_text())
    found = {}
    for mechanism, field in _DECLARED.items():
        lengths = [
            _distance(release, other[name])
            for name, release in releases.of(mechanism, one).items()
            if mechanism == releases.SUMMARY or not releases.step_of(name) % 2
        ]
        if mechanism == releases.SUMMARY:
            lengths += [
                _score_distance(choice, other[name])
                for name, choice in releases.of(releases.CHOICE, one).items()
            ]
        if lengths:
            together = max if mechanism == releases.STEPS else np.linalg.norm
            found[mechanism] = float(together(lengths)) * claim[field]
    return found


def _distance(one: releases.Release, other: releases.Release) -> float:
    """Return how far sums are apart, or infinity if their noise differs."""
    if not np.array_equal(one.deviations, other.deviations):
        return math.inf
    parts = [
        np.linalg.norm(value - another) / deviation
        for value, another, deviation in zip(
            one.values, other.values, one.deviations, strict=True
        )
    ]
    return float(np.linalg.norm(parts))


def _score_distance(one: releases.Release, other: releases.Release) -> float:
    """Return how far a choice's scores are apart, or infinity beyond 1."""
    [scores], [others] = one.values, other.values
    moved = np.abs(scores - others).max()
    if not np.array_equal(one.deviations, other.deviations) or moved > 1:
        return math.inf
    return float(moved / one.deviations[0])
