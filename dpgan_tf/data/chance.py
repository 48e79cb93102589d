"""Chances that follow from a name: what becomes of a record, by itself.

A hash of the record's own name, or number, decides on which side it is of a
split: another record more or less changes nothing for it.
"""

import hashlib

LARGEST_NUMBER = 2**64 - 1
"""That stands for a name."""


def of(text: str) -> float:
    """Return a number that is as good as uniform in [0, 1).

    Args:
      text: purpose, seed and name; another purpose is another draw.
    """
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def number_of(name: str) -> int:
    """Return a number that stands for a name, up to `LARGEST_NUMBER`.

    Args:
      name: of a record; two names have one number with chance 2**-64.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
