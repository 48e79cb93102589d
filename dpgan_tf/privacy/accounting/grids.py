"""Grids of privacy losses: how fine they can be in the memory there is."""

_LARGEST_GRID = 2e5
_LARGEST_FINE_GRID = 5e4
"""Largest grid of intervals below the usual one, which losses of few records
need: a wider grid takes seconds, and its price is hardly lower."""

_INTERVALS = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_USUAL_INTERVAL = 1e-4


def interval(spread: float, *, smallest_loss: float) -> float:
    """Return the discretization of losses.

    It is the library's default, 1e-4, unless losses are smaller, so that
    rounding them up would be most of the price; or unless they spread so widely
    that the grid would not fit in memory.

    Args:
      spread: how widely the composed losses spread.
      smallest_loss: smallest loss that should not be rounded up.

    Returns:
      The interval; a larger one makes the price higher, never lower.
    """
    wanted = min(smallest_loss / 2, _USUAL_INTERVAL)
    fine = max(
        (interval for interval in _INTERVALS if interval <= wanted),
        default=_INTERVALS[0],
    )
    for interval in _INTERVALS:
        largest = _LARGEST_GRID
        if interval < _USUAL_INTERVAL:
            largest = _LARGEST_FINE_GRID
        if interval >= fine and spread / interval <= largest:
            return interval
    return _INTERVALS[-1]


def fits(spread: float) -> bool:
    """Return whether there is a grid for losses that spread so widely.

    Args:
      spread: how widely the composed losses spread.
    """
    return spread <= _LARGEST_GRID * _INTERVALS[-1]
