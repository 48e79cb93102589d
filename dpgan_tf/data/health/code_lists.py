"""Lists of categories in text files: the public columns of a table."""

import pathlib
import re
from collections.abc import Callable

from dpgan_tf import errors
from dpgan_tf.privacy import plain_files

_LARGEST = 2**20
"""Most bytes of a file of codes."""

_RANGE = re.compile(r"([A-Z]?)(\d{1,5})-([A-Z]?)(\d{1,5})", re.ASCII)


def read(
    path: pathlib.Path, *, is_category: Callable[[str], bool], examples: str
) -> tuple[str, ...]:
    """Read a list of categories.

    Args:
      path: a text file; codes and ranges such as "401-405" or "V01-V91", one
        in a line or several with commas; # begins a comment.
      is_category: function that tells whether a text is a category.
      examples: what a line may have, for messages.

    Returns:
      The codes, in the order of the file.

    Raises:
      DatasetError: naming the line that is wrong.
    """
    codes: dict[str, None] = {}
    for number, line in enumerate(_lines(path), start=1):
        for part in line.partition("#")[0].split(","):
            if not part.strip():
                continue
            found = _expand(part.strip().upper())
            # A column that is not a category would never be counted.
            if not found or not all(map(is_category, found)):
                raise errors.DatasetError(
                    f"{path}, line {number}: {part.strip()!r}; expected a "
                    f"category such as {examples}."
                )
            codes.update(dict.fromkeys(found))
    if not codes:
        raise errors.DatasetError(f"{path}: has no codes.")
    return tuple(codes)


def _lines(path: pathlib.Path) -> list[str]:
    if path.exists() and not path.is_file():
        raise errors.DatasetError(f"--codes={path}: is not a file; give one.")
    try:
        content = plain_files.read(path, largest=_LARGEST)
        return content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise errors.DatasetError(
            f"--codes={path}: {error.strerror}; give a file with one code or "
            "range in each line."
        ) from error
    except UnicodeDecodeError as error:
        raise errors.DatasetError(
            f"--codes={path}: not a text file in UTF-8."
        ) from error


def _expand(text: str) -> list[str]:
    """Return the codes of a range, or the text; none if a range is wrong."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return [text]
    letter, first, other_letter, last = match.groups()
    # Categories have at most three digits.
    if letter != other_letter or len(first) != len(last) or len(first) > 3:
        return []
    return [
        f"{letter}{number:0{len(first)}}"
        for number in range(int(first), int(last) + 1)
    ]
