"""Ctrl-C, SIGTERM and SIGHUP: each stops the program cleanly; none is lost.

Libraries may catch the KeyboardInterrupt that a signal raises, or turn it into
another error: scikit-learn's perceptron ends its fit early, TensorFlow wraps
it. Signals are therefore also recorded, and a `heeded` block that received one
ends in KeyboardInterrupt, whatever the library did.
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
"""Ctrl-C, the end of a job, and a closed terminal."""

_asked: list[int] | None = None
"""Signals received while the outermost `heeded` block runs."""


@contextlib.contextmanager
def heeded() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt on a signal: at once, or at the block's end.

    The block's result must then be discarded: a library may have caught the
    interrupt and left its work half done. Signals that this process ignores,
    for example under nohup, stay ignored. Python handles signals in its main
    thread only; in other threads this does nothing.

    Yields:
      The signals received, in order.

    Raises:
      KeyboardInterrupt: if a signal came. It replaces any other error raised
        then, except errors that a user can fix.
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
def deferred(
    when_asked: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Delay signals until the end of the block.

    Python handles signals in its main thread only; in other threads this does
    nothing.

    Args:
      when_asked: what is called when a signal comes, such as a word to the user
        who waits.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:
        waiting.append(number)
        when_asked()

    try:
        with handled_by(wait):
            yield
    finally:
        for number in dict.fromkeys(waiting):
            signal.raise_signal(number)


@contextlib.contextmanager
def _noted() -> Iterator[list[int]]:
    """Record signals while the outermost block runs, and raise."""
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
    """Handle all signals that are not ignored by one function.

    Args:
      handler: function of a signal's number and a stack frame.

    Yields:
      Nothing; the previous handlers are restored at the end.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    # None is a handler not set from Python, which could not be restored.
    left_alone = (signal.SIG_IGN, None)
    met = {n: old for n, old in before.items() if old not in left_alone}
    try:
        for number in met:
            signal.signal(number, handler)
        yield
    finally:
        for number, old in met.items():
            signal.signal(number, old)
