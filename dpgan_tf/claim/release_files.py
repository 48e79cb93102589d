"""The files of a release: hashed if they belong to it, never loaded.

The writer of a release is not trusted. No link out of the folder is followed,
no read waits or runs without limit, and unreadable files are reported.
"""

import dataclasses
import hashlib
import os
from collections.abc import Iterator

from dpgan_tf.claim import release_names
from dpgan_tf.privacy import plain_files

CLAIM = "privacy.json"

_LARGEST = 2**32
"""Largest size of a file in bytes; a generator's graph holds no more."""

_MAX_ENTRIES = 1_000
_MAX_DEPTH = 8


@dataclasses.dataclass(frozen=True)
class Found:
    """What is at a path in a release.

    Attributes:
      digest: SHA-256 of a plain file that may belong to a release, or None.
      problem: why there is no digest.
    """

    digest: str | None
    problem: str = ""


def examine(release_dir: str | os.PathLike[str]) -> dict[str, Found]:
    """Hash the files of a release, except its claim.

    Args:
      release_dir: the folder that will be, or was, published.

    Returns:
      What was found, by path in the release, with slashes: every file, and
      every folder that does not belong or cannot be read.
    """
    found: dict[str, Found] = {}
    for name, result in _walk(os.fspath(release_dir), "", 0):
        if len(found) == _MAX_ENTRIES:
            found["..."] = Found(None, f"more than {_MAX_ENTRIES:,} files")
            break
        found[name] = result
    return dict(sorted(found.items()))


def _walk(folder: str, prefix: str, depth: int) -> Iterator[tuple[str, Found]]:
    if depth > _MAX_DEPTH:
        yield prefix, Found(None, "folders nested deeper than in a release")
        return
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield prefix or ".", Found(None, _unreadable(error))
        return
    if prefix and not entries and prefix not in release_names.FOLDERS:
        yield (
            prefix,
            Found(None, "an empty folder that does not belong to a release"),
        )
    for entry in entries:
        name = f"{prefix}/{entry.name}" if prefix else entry.name
        if name == CLAIM:
            continue
        if entry.is_symlink():
            yield name, Found(None, "is a link")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, name, depth + 1)
        else:
            yield name, _of_file(entry.path, name)


def _of_file(path: str, name: str) -> Found:
    if not release_names.is_part(name):
        return Found(None, "does not belong to a release")
    try:
        with plain_files.open_plain(
            path, largest=_LARGEST, follow_links=False
        ) as file:
            return Found(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        return Found(None, _unreadable(error))


def _unreadable(error: OSError) -> str:
    if isinstance(error, plain_files.NotPlainError):
        return str(error.strerror)
    return f"cannot be read ({error.strerror})"
