"""Files and folders that are complete or absent after a crash at any moment.

A file gets its name only once it is on stable storage: otherwise a power loss
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
"""From this many files on, one sync of the whole system is faster."""


def create(path: pathlib.Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file under another name, and give it its name when durable.

    Args:
      path: the file; an existing one is replaced in one step.
      content: the file's whole content.
      mode: permissions of the file, before the umask.

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
    """Append to a file, durably; create it if it is missing.

    Args:
      path: the file.
      content: bytes to add; a crash may leave a part of them.

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
    """Return a file's name while it is incomplete; a crash may leave it.

    Args:
      path: the file.
    """
    return path.with_name(f".{path.name}.new")


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte, or raise: one call may write only a part.

    Args:
      descriptor: an open file.
      content: bytes to write at its position.

    Raises:
      OSError: if the disk is full or fails.
    """
    while content:
        content = content[os.write(descriptor, content) :]


def truncate(path: pathlib.Path, size: int) -> None:
    """Truncate a file, durably.

    Args:
      path: the file.
      size: number of bytes to keep.

    Raises:
      OSError: if it cannot be written.
    """
    with path.open("r+b", buffering=0) as file:
        os.ftruncate(file.fileno(), size)
        os.fsync(file.fileno())


def make_folder(path: pathlib.Path, *, mode: int = 0o777) -> None:
    """Make a folder and its parents where they are missing, durably.

    Args:
      path: the folder.
      mode: permissions of the folder, before the umask; its parents have the
        usual ones.

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
    """Yield a new folder for unfinished files; it is removed at the end.

    Workspaces of killed processes are removed first. A folder in use is locked
    by its process, and is left alone.

    Args:
      parent: an existing folder, for the finished files.

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
    """Remove the workspaces of killed processes.

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
      written: the finished file or folder; it is moved away.
      target: the new name; an existing file is replaced in one step.

    Raises:
      OSError: if that fails, or `target` is a folder that is not empty.
    """
    flush(written)
    _rename(written, target)
    _fsync(target.parent)


def replace_folder(written: pathlib.Path, target: pathlib.Path) -> None:
    """Give a finished folder its name, and replace a folder of that name.

    Args:
      written: the finished folder, in a `workspace`; it is moved away, and the
        replaced folder goes into the workspace.
      target: the new name; a crash during a replacement may leave nothing
        there.

    Raises:
      OSError: if that fails.
    """
    flush(written)
    if os.path.lexists(target):
        _rename(target, written.with_name(f"{written.name}.replaced"))
    publish(written, target)


def _rename(path: pathlib.Path, target: pathlib.Path) -> None:
    """Rename; an error names the path that people know."""
    try:
        os.rename(path, target)
    except OSError as error:
        known = path if _WORKSPACE.fullmatch(target.parent.name) else target
        raise OSError(error.errno, error.strerror, os.fspath(known)) from error


def flush(path: pathlib.Path) -> None:
    """Make a file, or all that is in a folder, durable.

    Args:
      path: the file or folder; links are not followed.

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
      path: the file, link or folder; it may be missing.

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
        # Until it is locked, another process may remove it as abandoned.
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
        return  # A disk without locks: no other process gets one either.


def _lock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _opened(folder: str) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
