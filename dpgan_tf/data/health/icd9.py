"""ICD-9-CM codes: truncation to categories, and the public list of categories.

The columns of a table of patients are public input. If they were learnt from
the private rows, they would reveal which diagnoses occur at all.
"""

import dataclasses
import functools
import pathlib
import re

from dpgan_tf import errors
from dpgan_tf.privacy import plain_files

SHIPPED = pathlib.Path(__file__).parent / "icd9_categories.txt"
"""Every three-character category (four, if it begins with E)."""

EMPTY = "no code"
ICD_10 = "an ICD-10 code"
ZEROS_LOST = "a code that lost its leading zeros"
NO_CODE = "not an ICD-9 code"

_LARGEST = 2**20
"""Most bytes of a file of codes."""

_RANGE = re.compile(r"([A-Z]?)(\d{1,5})-([A-Z]?)(\d{1,5})", re.ASCII)
_FORMS = re.compile(
    r"(?P<plain>\d{3}|V\d\d)(?:\d{0,2}\.?|\.\d{0,2}0*)"
    r"|(?P<external>E\d{3})(?:\d?\.?|\.\d?0*)"
    r"|(?P<short>\d{1,2})\.\d{0,2}0*",
    re.ASCII,
)
_SHORT_OR_NUMBER = re.compile(r"\d{1,2}|\d{4,5}\.0+", re.ASCII)
_ICD_10 = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{0,4})", re.ASCII)
_E_GAP = range(31, 800)
"""Numbers that ICD-9 leaves free after E, and ICD-10 does not."""

_ABSENT = ("", "NULL", "NONE", "NA", "N/A", "NAN", "\\N", ".", "-", "?")
_AROUND = " \t\r\n\xa0'\"="


@dataclasses.dataclass(frozen=True)
class Code:
    """A diagnosis code's category, or why it has none.

    Attributes:
      category: the first three characters, four if it begins with E; empty if
        there is a problem.
      problem: reason why it cannot be used; empty if it can.
    """

    category: str
    problem: str = ""


@functools.lru_cache(maxsize=2**16)
def read(text: str) -> Code:
    """Read a diagnosis code (PPGAN section 4.1).

    With a dot, missing leading zeros do not change a code: 8.45 is 008.45.
    Without a dot they cannot be restored: 845 is another code.

    Args:
      text: a code such as "4019", "401.9", "V3001" or "E8788".

    Returns:
      `Code`.
    """
    code = text.strip(_AROUND).upper()
    if code in _ABSENT:
        return Code("", EMPTY)
    if _SHORT_OR_NUMBER.fullmatch(code):
        return Code("", ZEROS_LOST)
    match = _FORMS.fullmatch(code)
    if match and not _is_in_gap(match["external"]):
        found = match["plain"] or match["external"] or match["short"].zfill(3)
        return Code(found)
    return Code("", ICD_10 if _ICD_10.fullmatch(code) else NO_CODE)


def read_codes(path: pathlib.Path) -> tuple[str, ...]:
    """Read a list of categories.

    Args:
      path: a text file; codes and ranges such as "401-405" or "V01-V91", one
        in a line or several with commas; # begins a comment.

    Returns:
      The codes, in the order of the file.

    Raises:
      DatasetError: naming the line that is wrong.
    """
    if path.exists() and not path.is_file():
        raise errors.DatasetError(f"--codes={path}: is not a file; give one.")
    try:
        content = plain_files.read(path, largest=_LARGEST)
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise errors.DatasetError(
            f"--codes={path}: {error.strerror}; give a file with one code or "
            "range in each line."
        ) from error
    except UnicodeDecodeError as error:
        raise errors.DatasetError(
            f"--codes={path}: not a text file in UTF-8."
        ) from error
    codes: dict[str, None] = {}
    for number, line in enumerate(lines, start=1):
        for part in line.partition("#")[0].split(","):
            if part.strip():
                found = _expand(part.strip().upper())
                if found is None:
                    raise errors.DatasetError(
                        f"{path}, line {number}: {part.strip()!r}; expected a "
                        "category such as 401 or E950, or a range such as "
                        "V01-V91."
                    )
                codes.update(dict.fromkeys(found))
    if not codes:
        raise errors.DatasetError(f"{path}: has no codes.")
    return tuple(codes)


def _is_in_gap(external: str | None) -> bool:
    return bool(external) and int(str(external)[1:]) in _E_GAP


@functools.cache
def shipped_codes() -> tuple[str, ...]:
    """Return the package's own list."""
    return read_codes(SHIPPED)


def _expand(text: str) -> list[str] | None:
    """Return the categories of a code or range; None if any is invalid."""
    found = [text]
    match = _RANGE.fullmatch(text)
    if match is not None:
        letter, first, other_letter, last = match.groups()
        if letter != other_letter or len(first) != len(last):
            return None
        # Categories have at most three digits.
        if len(first) > 3 or int(first) > int(last):
            return None
        found = [
            f"{letter}{number:0{len(first)}}"
            for number in range(int(first), int(last) + 1)
        ]
    # A column that is not a category would never be counted.
    return found if all(read(code).category == code for code in found) else None
