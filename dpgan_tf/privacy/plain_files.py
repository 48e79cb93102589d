"""Plain files, read without a hang: no pipe, device, folder, nothing huge."""

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


class NotPlainError(OSError):
    """Something that stands where a plain file of a bounded size should."""


def read(
    path: str | os.PathLike[str], *, largest: int, follow_links: bool = True
) -> bytes:
    """Return the content of a plain file.

    Args:
      path: of the file.
      largest: bytes that it may have.
      follow_links: whether a link to a plain file is one.

    Raises:
      NotPlainError: if it is something else, or larger.
      OSError: if it cannot be read.
    """
    with open_plain(path, largest=largest, follow_links=follow_links) as file:
        content = file.read(largest + 1)
    if content is None:  # Only files that the kernel makes can do that.
        raise NotPlainError(errno.EAGAIN, "has no content", os.fspath(path))
    if len(content) > largest:  # It grew, or its size is not told.
        raise _too_large(path, len(content), largest)
    return content


def open_plain(
    path: str | os.PathLike[str], *, largest: int, follow_links: bool = True
) -> BufferedReader:
    """Open a plain file for reading; nothing else is waited for.

    Args:
      path: of the file.
      largest: bytes that it may have.
      follow_links: whether a link to a plain file is one.

    Raises:
      NotPlainError: if it is something else, or larger.
      OSError: if it cannot be opened.
    """
    # Asked first: to open a device can have effects.
    _require_plain(path, os.stat(path, follow_symlinks=follow_links), largest)
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    if not follow_links:
        flags |= os.O_NOFOLLOW
    descriptor = os.open(path, flags)
    try:
        # What was asked may have been replaced since.
        _require_plain(path, os.fstat(descriptor), largest)
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


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
