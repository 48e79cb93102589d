r"""Names of folders that libraries take as they are.

TensorFlow and TensorFlow Datasets read some paths as patterns (`a[1]`, `a*b`,
`a\b`) and take only text in UTF-8. They get each folder by a plain name.
"""

import contextlib
import os
import pathlib
import re
from collections.abc import Iterator

from dpgan_tf import errors

_PLAIN = re.compile(r"[A-Za-z0-9_./-]*")
_OPEN_FOLDERS = "/proc/self/fd"
"""Where Linux has every open folder under a number."""


@contextlib.contextmanager
def literal(folder: str | os.PathLike) -> Iterator[str]:
    """Yield a name of a folder that no library can read as a pattern.

    Args:
      folder: an existing one, whatever its name.

    Yields:
      A name of the same folder, until the end of the context: its own if that
      is plain.

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
      path: of a file or folder.
    """
    return _PLAIN.fullmatch(os.path.abspath(path)) is not None


def require_usable(path: str | os.PathLike) -> None:
    """Refuse a path that libraries could not be given, before work begins.

    Args:
      path: of a file or folder, which may not be there yet.

    Raises:
      UserError: naming the path.
    """
    if not is_plain(path) and not pathlib.Path(_OPEN_FOLDERS).is_dir():
        raise errors.UserError(
            f"{os.fspath(path)!r}: TensorFlow would read this path as a "
            "pattern; choose one of letters, digits, '_', '.' and '-'."
        )
