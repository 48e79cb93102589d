"""ICD-9-CM codes: truncation to categories, and the public list of them.

The columns of a table of patients are public input. Learnt from the private
rows, they would tell which diagnoses occur at all.
"""

import functools
import pathlib
import re

from dpgan_tf import errors
from dpgan_tf.privacy import plain_files

SHIPPED = pathlib.Path(__file__).parent / "icd9_categories.txt"
"""Every three-character category (four, if it begins with E)."""

_LARGEST = 2**20
_RANGE = re.compile(r"([A-Z]?)([0-9]{1,5})-([A-Z]?)([0-9]{1,5})")
_CODE = re.compile(r"[A-Z]?[0-9]{1,5}")


def category(code: str) -> str:
    """Return the category of a diagnosis code (PPGAN section 4.1).

    Args:
      code: such as "4019", "401.9", "V3001" or "E8788".

    Returns:
      The first three characters, four if it begins with E.
    """
    code = code.strip().upper().replace(".", "")
    return code[: 4 if code.startswith("E") else 3]


def read_codes(path: pathlib.Path) -> tuple[str, ...]:
    """Read a list of categories.

    Args:
      path: a text file; codes and ranges such as "401-405" or "V01-V91", one
        in a line or several with commas; # begins a comment.

    Returns:
      The codes, in the order of the file.

    Raises:
      DatasetError: naming the line that is not right.
    """
    try:
        content = plain_files.read(path, largest=_LARGEST)
        lines = content.decode("utf-8").splitlines()
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
                        "code such as 401, or a range such as V01-V91."
                    )
                codes.update(dict.fromkeys(found))
    if not codes:
        raise errors.DatasetError(f"{path}: has no codes.")
    return tuple(codes)


@functools.cache
def shipped_codes() -> tuple[str, ...]:
    """Return the list that comes with the package."""
    return read_codes(SHIPPED)


def _expand(text: str) -> list[str] | None:
    if _CODE.fullmatch(text):
        return [text]
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    letter, first, other_letter, last = match.groups()
    if letter != other_letter or len(first) != len(last):
        return None
    if int(first) > int(last):
        return None
    return [
        f"{letter}{number:0{len(first)}}"
        for number in range(int(first), int(last) + 1)
    ]
