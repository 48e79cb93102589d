"""Chances that follow from a record's name.

A hash of a record's own name, number or content decides its side of a split:
adding or removing another record does not change it.
"""

import hashlib

LARGEST_NUMBER = 2**64 - 1
"""The largest number that stands for a name."""


def of(text: str) -> float:
    """Return a pseudorandom number, uniform in [0, 1).

    Args:
      text: purpose, seed and name; another purpose gives another draw.
    """
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def number_of(name: str) -> int:
    """Return a number that stands for a name, up to `LARGEST_NUMBER`.

    Args:
      name: a record's name; two names share a number with chance 2**-64.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
