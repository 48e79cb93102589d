"""Progress bars, all of one style."""

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

import tqdm

from dpgan_tf import errors

_Batch = TypeVar("_Batch", bound=Sized)

_TERMINAL_SECONDS = 0.5
_LOG_SECONDS = 30.0


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
