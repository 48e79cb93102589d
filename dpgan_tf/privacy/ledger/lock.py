"""One trainer at a time in a run directory."""

import contextlib
import fcntl
import os
import pathlib
from collections.abc import Iterator

from dpgan_tf.privacy import errors

FILE_NAME = ".lock"


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
    path = pathlib.Path(run_dir) / FILE_NAME
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise errors.LedgerError(
                f"{run_dir}: another process is training in this directory; "
                "wait for it or choose another run directory."
            ) from error
        yield
    finally:
        os.close(descriptor)
