"""One trainer at a time in a run directory, and one writer of a file."""

import contextlib
import fcntl
import os
import pathlib
import time
from collections.abc import Iterator

from dpgan_tf.privacy import errors

FILE_NAME = ".lock"

_PAUSE = 0.05
"""Seconds between two tries to lock a file."""


@contextlib.contextmanager
def lock(run_dir: str | os.PathLike[str]) -> Iterator[None]:
    """Lock a run directory; the system unlocks it when the process ends.

    Args:
      run_dir: an existing directory.

    Yields:
      Nothing, while the directory is locked.

    Raises:
      LedgerError: if another process, or this one, has locked it already.
      OSError: if the lock cannot be made.
    """
    busy = (
        f"{run_dir}: another process is training in this directory; wait for "
        "it or choose another run directory."
    )
    with hold(pathlib.Path(run_dir) / FILE_NAME, busy=busy):
        yield


@contextlib.contextmanager
def hold(
    path: pathlib.Path, *, busy: str, patience: float = 0.0
) -> Iterator[None]:
    """Lock a file; the system unlocks it when the process ends.

    Args:
      path: the lock file, made if it is missing.
      busy: message for a file that stays locked.
      patience: seconds to wait for whoever has locked it.

    Yields:
      Nothing, while the file is locked.

    Raises:
      LedgerError: if another process, or this one, has locked it already.
      OSError: if the lock cannot be made.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    end = time.monotonic() + patience
    try:
        while not _is_locked(descriptor):
            if time.monotonic() >= end:
                raise errors.LedgerError(busy)
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Lock a file if nobody has, and return whether it is locked now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
