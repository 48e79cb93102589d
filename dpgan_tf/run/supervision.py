"""A parent process that explains why TensorFlow ended its child.

When a machine of a run is lost, TensorFlow may end the others by a signal
instead of an error (SIGSEGV, after a stranger had connected to its server), and
nothing within such a process can report it.
"""

import os
import signal
import sys
import threading
from typing import NoReturn

from dpgan_tf import errors
from dpgan_tf import interrupts


def begin(who: str) -> int | None:
    """Continue in a child process; call this before TensorFlow is imported.

    The parent passes signals on and waits. The child ends when the parent does.

    Args:
      who: name of this process for a message, such as "machine 0 of 2".

    Returns:
      None in the child; in the parent, the child's exit status.

    Raises:
      ClusterError: in the parent, if a signal ended the child.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(writing)
        # The terminal's signals are for the parent, which passes them on.
        os.setpgid(0, 0)
        threading.Thread(
            target=_end_with_the_parent, args=(reading,), daemon=True
        ).start()
        return None
    os.close(reading)
    try:
        status = os.waitstatus_to_exitcode(_wait(child))
    finally:
        os.close(writing)
    if status >= 0:
        return status
    name = signal.Signals(-status).name
    raise errors.ClusterError(
        f"{who}: {name} ended it, most likely because another machine was "
        "lost or somebody else connected to its port; look at what the others "
        "say, then start the same command on all of them: the run resumes "
        "from its ledger and checkpoint."
    )


def _wait(child: int) -> int:
    """Wait for the child, and pass signals on to it."""

    def pass_on(number, frame):
        os.kill(child, number)

    with interrupts.handled_by(pass_on):
        return os.waitpid(child, 0)[1]


def _end_with_the_parent(reading: int) -> NoReturn:
    """Wait until the parent's end of the pipe is closed, and end."""
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
