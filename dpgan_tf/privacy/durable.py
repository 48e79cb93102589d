"""Files that are whole, or not there, after a crash at any moment."""

import os
import pathlib
import shutil


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
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    os.rename(temporary, path)
    _fsync_folder(path.parent)


def unfinished(path: pathlib.Path) -> pathlib.Path:
    """Return what a file is called until it is whole; a crash may leave it.

    Args:
      path: of the file.
    """
    return path.with_name(f".{path.name}.new")


def put_in_place(new: pathlib.Path, path: pathlib.Path) -> None:
    """Give a file or folder its name once all in it is durable.

    Args:
      new: the file or folder.
      path: where it goes; what is there is replaced, a folder not in one step.

    Raises:
      OSError: if that fails.
    """
    _fsync_tree(new)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    os.rename(new, path)
    _fsync_folder(path.parent)


def _fsync_tree(root: pathlib.Path) -> None:
    if not root.is_dir():
        _fsync(root)
        return
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            _fsync(pathlib.Path(folder, name))
        _fsync_folder(pathlib.Path(folder))


def _fsync(path: pathlib.Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def _fsync_folder(folder: pathlib.Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
