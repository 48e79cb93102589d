r"""Folder names that libraries do not read as patterns.

TensorFlow and TensorFlow Datasets read some paths as patterns (`a[1]`, `a*b`,
`a\b`) and accept only UTF-8. They are given a plain name for each folder.
"""

import contextlib
import os
import pathlib
import re
from collections.abc import Iterator

from dpgan_tf import errors

_PLAIN = re.compile(r"[A-Za-z0-9_./-]*")
_OPEN_FOLDERS = "/proc/self/fd"
"""Where Linux lists open folders by number."""


@contextlib.contextmanager
def literal(folder: str | os.PathLike) -> Iterator[str]:
    """Yield a folder's name that no library reads as a pattern.

    Args:
      folder: an existing folder with any name.

    Yields:
      A name of the same folder, valid within the context: its own if that is
      plain.

    Raises:
      OSError: if there is no such folder.
      UserError: if this system has no other name for it.
    """
    if is_plain(folder):
        yield os.fspath(folder)
        return
    require_usable(folder)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"{_OPEN_FOLDERS}/{descriptor}"
    finally:
        os.close(descriptor)


def is_plain(path: str | os.PathLike) -> bool:
    """Return whether a path has only letters, digits and `_`, `.`, `-`, `/`.

    Args:
      path: path of a file or folder.
    """
    return _PLAIN.fullmatch(os.path.abspath(path)) is not None


def require_usable(path: str | os.PathLike) -> None:
    """Refuse a path that libraries cannot use, before work begins.

    Args:
      path: path of a file or folder, which may not exist yet.

    Raises:
      UserError: naming the path.
    """
    if not is_plain(path) and not pathlib.Path(_OPEN_FOLDERS).is_dir():
        raise errors.UserError(
            f"{os.fspath(path)!r}: TensorFlow would read this path as a "
            "pattern; use only letters, digits, '_', '.' and '-'."
        )
