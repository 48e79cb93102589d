"""Worker processes that end with their parent."""

import multiprocessing
import os
import signal
import threading
from multiprocessing import connection


def prepare() -> None:
    """Ignore the terminal's signals, and end if the parent is gone.

    A terminal sends Ctrl-C to all processes of a job. The parent stops its
    workers in order; a killed parent cannot.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
