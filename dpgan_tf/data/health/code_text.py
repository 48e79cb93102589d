"""Diagnosis codes as files have them, and what they are cut to."""

import dataclasses

EMPTY = "no code"
"""Problem of a place where no code stands."""

_ABSENT = ("", "NULL", "NONE", "NA", "N/A", "NAN", "\\N", ".", "-", "?")
_AROUND = " \t\r\n\xa0'\"="


@dataclasses.dataclass(frozen=True)
class Code:
    """A diagnosis code's category, or why it has none.

    Attributes:
      category: the first three characters, four if it is one of ICD-9 that
        begins with E; empty if there is a problem.
      problem: reason why it cannot be used; empty if it can.
    """

    category: str
    problem: str = ""


def cleaned(text: str) -> str:
    """Return a code in capitals, without what spreadsheets put around it.

    Args:
      text: text from a file.

    Returns:
      The code; empty for the words that stand for none.
    """
    code = text.strip(_AROUND).upper()
    return "" if code in _ABSENT else code
