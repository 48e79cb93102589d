"""Ctrl-C, SIGTERM and SIGHUP: each is a clean stop, and none is forgotten.

Libraries may catch the KeyboardInterrupt that a signal raises, or make some
other error of it: scikit-learn's perceptron ends its fit early, TensorFlow
wraps it. So a signal is noted, too, and a block of `heeded` ends in
KeyboardInterrupt if one came, whatever the library made of it.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from dpgan_tf import errors
from dpgan_tf.privacy import errors as privacy_errors

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, what ends a job, and a terminal that is closed."""

_asked: list[int] | None = None
"""Signals that came while the outermost block of `heeded` runs."""


@contextlib.contextmanager
def heeded() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt at once when asked to stop, or at the end.

    What the block computed is not to be kept then: a library may have caught
    the interrupt and left its work half done. Signals that this process was
    told to ignore, as by nohup, are ignored. Python acts on signals in its main
    thread; in others this does nothing.

    Yields:
      The signals that came, in their order.

    Raises:
      KeyboardInterrupt: if one came; from any other error that was raised then,
        unless it is one that a user can mend.
    """
    if threading.current_thread() is not threading.main_thread():
        yield []
        return
    with _noted() as asked:
        try:
            yield asked
        except (errors.UserError, privacy_errors.PrivacyError):
            raise
        except BaseException as error:
            if asked and not isinstance(error, KeyboardInterrupt):
                raise KeyboardInterrupt from error
            raise
        if asked:
            raise KeyboardInterrupt


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Let signals act when the block is left, not within it.

    Python acts on signals in its main thread; in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    try:
        with handled_by(lambda number, _: waiting.append(number)):
            yield
    finally:
        for number in dict.fromkeys(waiting):
            signal.raise_signal(number)


@contextlib.contextmanager
def _noted() -> Iterator[list[int]]:
    """Note signals while the outermost such block runs, and raise."""
    global _asked
    if _asked is not None:
        yield _asked
        return
    _asked = asked = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    try:
        with handled_by(stop):
            yield asked
    finally:
        _asked = None


@contextlib.contextmanager
def handled_by(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Let a function meet the signals that are not ignored.

    Args:
      handler: of a signal's number and a stack frame.

    Yields:
      Nothing; the handlers of before are put back at the end.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    # None is a handler that is not Python's, and could not be put back.
    left_alone = (signal.SIG_IGN, None)
    met = {n: old for n, old in before.items() if old not in left_alone}
    try:
        for number in met:
            signal.signal(number, handler)
        yield
    finally:
        for number, old in met.items():
            signal.signal(number, old)
