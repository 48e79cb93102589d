"""Names of rows that have none: numbers that stand for what they contain.

Equal rows are told apart by a count among themselves, so that one more row,
wherever it stands, is one more name, and all others stay. Rows are told from
each other by SHA-256: who could make another row with a row's hash would move
that row by adding it.
"""

import hashlib

import numpy as np

_MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_HASHED = 16
"""Bytes of a hash that are kept: 128 bits, which nobody makes collide."""

_STEP = 0x9E3779B97F4A7C15


def of_content(parts: list[np.ndarray]) -> np.ndarray:
    """Return a name of each row, uint64 [n].

    Args:
      parts: the rows, uint8 [b, m] each.
    """
    digests = np.concatenate([_digests(part) for part in parts])
    order = np.lexsort(digests.T)
    ordered = digests[order]
    is_first = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))
    firsts = np.flatnonzero(is_first)
    counts = np.empty(len(digests), np.uint64)
    places = np.arange(len(digests))
    counts[order] = places - np.repeat(
        firsts, np.diff(firsts, append=len(digests))
    )
    return mixed(digests[:, 0], counts)


def are_held_out(names: np.ndarray, *, share: float) -> np.ndarray:
    """Return which rows are held out for scores, by their names: bool [n].

    Args:
      names: from `of_content`.
      share: a row's chance.
    """
    chances = mixed(names, np.uint64(_STEP)) >> np.uint64(11)
    return chances / 2**53 < share


def mixed(numbers: np.ndarray, others: np.ndarray | np.uint64) -> np.ndarray:
    """Return hashes of pairs of numbers, uint64 [n].

    This is SplitMix64 (Steele, Lea, Flood, 2014): fast and even. No secret
    rests on it, and no row's name on another row's.

    Args:
      numbers: uint64 [n].
      others: uint64 [n], or one for all.
    """
    with np.errstate(over="ignore"):
        state = numbers + (others + np.uint64(1)) * np.uint64(_STEP)
        for shift, factor in zip((30, 27), _MULTIPLIERS, strict=True):
            state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
        return state ^ (state >> np.uint64(31))


def _digests(part: np.ndarray) -> np.ndarray:
    """Return a hash of each row's bytes, uint64 [b, 2]."""
    rows = np.ascontiguousarray(part)
    digests = b"".join(hashlib.sha256(row).digest()[:_HASHED] for row in rows)
    return np.frombuffer(digests, "<u8").reshape(-1, _HASHED // 8)
