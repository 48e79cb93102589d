"""Files and folders that are whole, or not there, after a crash at any moment.

A name is given only to what is on stable storage: without that, a power loss
may leave the name of a file and none of its content.
"""

import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import tempfile
from collections.abc import Iterator

_WORKSPACE_PREFIX = ".dpgan-"
_WORKSPACE = re.compile(rf"{re.escape(_WORKSPACE_PREFIX)}[a-z0-9_]{{8}}")
_MANY_FILES = 1_000
"""One sync of the whole system is faster than that many of a file."""


def create(path: pathlib.Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file under another name, and give it its name when durable.

    Args:
      path: of the file; an existing one is replaced in one step.
      content: all of it.
      mode: its permissions, before the umask.

    Raises:
      OSError: if it cannot be written; what was at `path` is untouched.
    """
    temporary = unfinished(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    descriptor = os.open(temporary, flags, mode)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
        os.rename(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    _fsync(path.parent)


def append(path: pathlib.Path, content: bytes) -> None:
    """Write at the end of a file, durably; make it if there is none.

    Args:
      path: of the file.
      content: what to add; a crash may leave a part of it.

    Raises:
      OSError: if it cannot be written.
    """
    is_new = not path.exists()
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o644)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _fsync(path.parent)


def unfinished(path: pathlib.Path) -> pathlib.Path:
    """Return what a file is called until it is whole; a crash may leave it.

    Args:
      path: of the file.
    """
    return path.with_name(f".{path.name}.new")


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte, or raise: one call may write only a part.

    Args:
      descriptor: an open file.
      content: what to write at its position.

    Raises:
      OSError: if the disk is full or fails.
    """
    while content:
        content = content[os.write(descriptor, content) :]


def truncate(path: pathlib.Path, size: int) -> None:
    """Cut a file off, durably.

    Args:
      path: of the file.
      size: bytes to keep.

    Raises:
      OSError: if it cannot be written.
    """
    with path.open("r+b", buffering=0) as file:
        os.ftruncate(file.fileno(), size)
        os.fsync(file.fileno())


def make_folder(path: pathlib.Path, *, mode: int = 0o777) -> None:
    """Make a folder and its parents where they are missing, durably.

    Args:
      path: of the folder.
      mode: its permissions, before the umask; parents have the usual ones.

    Raises:
      OSError: if it cannot be made.
    """
    if path.is_dir():
        return
    if path.parent != path:
        make_folder(path.parent)
    path.mkdir(exist_ok=True, mode=mode)
    _fsync(path.parent)


@contextlib.contextmanager
def workspace(parent: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield a new folder for what is unfinished; it is removed at the end.

    What killed processes left of theirs is removed first. A folder in use is
    locked by its process, and is left alone.

    Args:
      parent: an existing folder, where the finished things shall be.

    Yields:
      The new folder.

    Raises:
      OSError: if it cannot be made.
    """
    remove_abandoned(parent)
    folder, descriptor = _make_locked(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)
        with contextlib.suppress(OSError):
            _fsync(parent)


def remove_abandoned(parent: pathlib.Path) -> None:
    """Remove what killed processes left of their workspaces.

    Args:
      parent: an existing folder.
    """
    with os.scandir(parent) as entries:
        found = [
            entry.path
            for entry in entries
            if _WORKSPACE.fullmatch(entry.name)
            and entry.is_dir(follow_symlinks=False)
        ]
    for path in found:
        with contextlib.suppress(OSError), _opened(path) as descriptor:
            _lock(descriptor)
            shutil.rmtree(path, ignore_errors=True)


def publish(written: pathlib.Path, target: pathlib.Path) -> None:
    """Give a finished file or folder its name, once all of it is durable.

    Args:
      written: gone afterwards.
      target: an existing file is replaced in one step.

    Raises:
      OSError: if that fails, or `target` is a folder that is not empty.
    """
    flush(written)
    _rename(written, target)
    _fsync(target.parent)


def replace_folder(written: pathlib.Path, target: pathlib.Path) -> None:
    """Give a finished folder its name, which another may have.

    Args:
      written: in a `workspace`, where the other one goes; gone afterwards.
      target: a crash may leave nothing there if it has to be replaced.

    Raises:
      OSError: if that fails.
    """
    flush(written)
    if os.path.lexists(target):
        _rename(target, written.with_name(f"{written.name}.replaced"))
    publish(written, target)


def _rename(path: pathlib.Path, target: pathlib.Path) -> None:
    """Rename; an error names what people know, not what is unfinished."""
    try:
        os.rename(path, target)
    except OSError as error:
        known = path if _WORKSPACE.fullmatch(target.parent.name) else target
        raise OSError(error.errno, error.strerror, os.fspath(known)) from error


def flush(path: pathlib.Path) -> None:
    """Make a file, or all that is in a folder, durable.

    Args:
      path: of the file or folder; links are not followed.

    Raises:
      OSError: if that fails.
    """
    found = [path]
    for folder, folders, files in os.walk(path):
        found += [pathlib.Path(folder, name) for name in (*folders, *files)]
    if len(found) > _MANY_FILES:
        os.sync()
        return
    for item in found:
        if not item.is_symlink():
            _fsync(item)


def remove(path: pathlib.Path) -> None:
    """Remove a file, a link or a folder with all that is in it.

    Args:
      path: which may be missing.

    Raises:
      OSError: if that fails.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _fsync(path: pathlib.Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_locked(parent: pathlib.Path) -> tuple[pathlib.Path, int]:
    while True:
        folder = tempfile.mkdtemp(prefix=_WORKSPACE_PREFIX, dir=parent)
        # Another process may take it for abandoned until it is locked.
        with contextlib.suppress(FileNotFoundError, BlockingIOError):
            with _opened(folder) as descriptor:
                _lock_if_possible(descriptor)
                os.stat(folder)
                return pathlib.Path(folder), os.dup(descriptor)


def _lock_if_possible(descriptor: int) -> None:
    try:
        _lock(descriptor)
    except BlockingIOError:
        raise
    except OSError:
        return  # A disk without locks: nobody else will get one, either.


def _lock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _opened(folder: str) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
