"""Texts that a spreadsheet would take for formulas, made harmless.

A spreadsheet computes cells of a CSV file that begin with certain characters,
whoever wrote them. An apostrophe before them shows the text instead.
"""

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def escaped(text: str) -> str:
    """Return a text that no spreadsheet computes.

    Args:
      text: a cell of a CSV file.
    """
    return f"'{text}" if text.startswith(_BEGINNINGS) else text
