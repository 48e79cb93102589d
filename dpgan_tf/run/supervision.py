"""A parent process that has the last word when TensorFlow ends a process.

Where a machine of a run is lost, TensorFlow may end the others by a signal
instead of an error (SIGSEGV, after a stranger had connected to its server), and
nothing within such a process can say so.
"""

import os
import signal
import sys
import threading
from typing import NoReturn

from dpgan_tf import errors
from dpgan_tf import interrupts


def begin(who: str) -> int | None:
    """Go on in a child process; call it before TensorFlow is imported.

    The parent passes signals on and waits. The child ends when the parent does.

    Args:
      who: this process, for a message: "machine 0 of 2".

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
        "say, then start the same command on all of them: the run goes on "
        "where its ledger and checkpoint are."
    )


def _wait(child: int) -> int:
    """Wait for the child, and pass on to it what comes meanwhile."""

    def pass_on(number, frame):
        os.kill(child, number)

    with interrupts.handled_by(pass_on):
        return os.waitpid(child, 0)[1]


def _end_with_the_parent(reading: int) -> NoReturn:
    """Wait until nobody can write to the pipe any more, and end."""
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
