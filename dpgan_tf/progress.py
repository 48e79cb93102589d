"""Progress bars, all of one style."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

import tqdm

from dpgan_tf import errors

_Batch = TypeVar("_Batch", bound=Sized)

_TERMINAL_SECONDS = 0.5
_LOG_SECONDS = 30.0
_CLOCK_SECONDS = 1.0
_PATIENCE_SECONDS = 2.0


def bar(title: str, *, total: int, unit: str, initial: int = 0) -> tqdm.tqdm:
    """Return a progress bar on standard error.

    In a terminal it is redrawn twice a second; in a log it adds a line every
    30 seconds, so that the log stays readable.

    Args:
      title: what is being done.
      total: total number of units.
      unit: name of what is counted, in the singular.
      initial: number of units already done.

    Returns:
      A bar with `update`, `set_postfix_str` and `close`; a context manager.
    """
    is_terminal = sys.stderr.isatty()
    interval = _TERMINAL_SECONDS if is_terminal else _LOG_SECONDS
    return tqdm.tqdm(
        desc=title,
        total=total,
        initial=initial,
        unit=unit,
        mininterval=interval,
        maxinterval=interval,
        dynamic_ncols=is_terminal,
        # A nested bar moves the cursor, which a log cannot show.
        position=None if is_terminal else 0,
    )


def counted(
    batches: Iterable[_Batch], progress_bar: tqdm.tqdm
) -> Iterator[_Batch]:
    """Yield batches and advance a bar by the length of each.

    Args:
      batches: batches to yield.
      progress_bar: a result of `bar`.

    Yields:
      The batches.
    """
    for batch in batches:
        yield batch
        progress_bar.update(len(batch))


def note(text: str) -> None:
    """Write a line without disturbing the progress bars.

    Args:
      text: the line.
    """
    tqdm.tqdm.write(errors.printable(text), file=sys.stderr)


@contextlib.contextmanager
def waiting(title: str) -> Iterator[None]:
    """Say what is being done, and for how long, where nothing can be counted.

    In a terminal the time is shown every second; a log has the title after two
    seconds, and a line every 30 seconds.

    Args:
      title: what is being done.

    Yields:
      Nothing.
    """
    is_terminal = sys.stderr.isatty()
    clock = tqdm.tqdm(
        desc=title,
        bar_format="{desc} ({elapsed})",
        disable=not is_terminal,
        dynamic_ncols=True,
    )
    is_done = threading.Event()
    teller = threading.Thread(
        target=_tell, args=(title, clock, is_done), daemon=True
    )
    teller.start()
    try:
        yield
    finally:
        is_done.set()
        teller.join()
        clock.close()


def _tell(title: str, clock: tqdm.tqdm, is_done: threading.Event) -> None:
    """Show how long it has taken, until it is done."""
    if not clock.disable:
        while not is_done.wait(_CLOCK_SECONDS):
            clock.refresh()
        return
    if not is_done.wait(_PATIENCE_SECONDS):
        note(title)
    began = time.monotonic()
    while not is_done.wait(_LOG_SECONDS):
        note(f"{title}: {time.monotonic() - began:.0f} seconds so far")
