"""Read plain files only: a pipe, device or huge file must not cause a hang."""

import errno
import os
import stat
from io import BufferedReader

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
)
_MAX_ENTRIES = 1_000
_MAX_DEPTH = 8


class NotPlainError(OSError):
    """Something that stands where a plain file of a bounded size should."""


def read(
    path: str | os.PathLike[str], *, largest: int, follow_links: bool = True
) -> bytes:
    """Return the content of a plain file.

    Args:
      path: the file.
      largest: most bytes that it may have.
      follow_links: whether a link to a plain file counts as one.

    Raises:
      NotPlainError: if it is something else, or larger.
      OSError: if it cannot be read.
    """
    with open_plain(path, largest=largest, follow_links=follow_links) as file:
        content = file.read(largest + 1)
    if content is None:  # Only the kernel's own files can do that.
        raise NotPlainError(errno.EAGAIN, "has no content", os.fspath(path))
    if len(content) > largest:  # It grew, or does not state its size.
        raise _too_large(path, len(content), largest)
    return content


def open_plain(
    path: str | os.PathLike[str], *, largest: int, follow_links: bool = True
) -> BufferedReader:
    """Open a plain file for reading; never wait for anything else.

    Args:
      path: the file.
      largest: most bytes that it may have.
      follow_links: whether a link to a plain file counts as one.

    Raises:
      NotPlainError: if it is something else, or larger.
      OSError: if it cannot be opened.
    """
    # Checked first: opening a device can have effects.
    _require_plain(path, os.stat(path, follow_symlinks=follow_links), largest)
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    if not follow_links:
        flags |= os.O_NOFOLLOW
    descriptor = os.open(path, flags)
    try:
        # The file may have been replaced since the check.
        _require_plain(path, os.fstat(descriptor), largest)
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def require_plain_folder(folder: str | os.PathLike[str]) -> None:
    """Raise unless a folder contains only plain files and such folders.

    Call it before a library opens the folder's files: it might wait for a pipe
    for ever.

    Args:
      folder: the folder; links in it are followed.

    Raises:
      NotPlainError: naming the first entry that is something else, or if the
        folder has too many entries or levels.
      OSError: if it cannot be read.
    """
    level = [os.fspath(folder)]
    num_entries = 0
    for _ in range(_MAX_DEPTH):
        folders = []
        for path in (entry for one in level for entry in _entries(one)):
            num_entries += 1
            status = os.stat(path)
            if stat.S_ISDIR(status.st_mode):
                folders.append(path)
            else:
                _require_plain(path, status, status.st_size)
            if num_entries > _MAX_ENTRIES:
                raise _too_many(folder)
        level = folders
    if level:
        raise _too_many(folder)


def _entries(folder: str) -> list[str]:
    with os.scandir(folder) as listing:
        return sorted(entry.path for entry in listing)


def _too_many(folder: str | os.PathLike[str]) -> NotPlainError:
    return NotPlainError(
        errno.ELOOP,
        f"has more than {_MAX_ENTRIES:,} files, or is more than {_MAX_DEPTH} "
        "folders deep",
        os.fspath(folder),
    )


def _require_plain(
    path: str | os.PathLike[str], status: os.stat_result, largest: int
) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next(
            (text for is_kind, text in _KINDS if is_kind(status.st_mode)),
            "a device",
        )
        raise NotPlainError(
            errno.EINVAL, f"is {kind}; expected a plain file", os.fspath(path)
        )
    if status.st_size > largest:
        raise _too_large(path, status.st_size, largest)


def _too_large(
    path: str | os.PathLike[str], size: int, largest: int
) -> NotPlainError:
    return NotPlainError(
        errno.EFBIG,
        f"has {size:,} bytes; expected at most {largest:,}",
        os.fspath(path),
    )
