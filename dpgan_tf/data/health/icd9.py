"""ICD-9-CM codes: truncation to categories, and the public list of categories.

The columns of a table of patients are public input. If they were learnt from
the private rows, they would reveal which diagnoses occur at all.
"""

import functools
import pathlib
import re

from dpgan_tf.data.health import code_lists
from dpgan_tf.data.health import code_text

SHIPPED = pathlib.Path(__file__).parent / "icd9_categories.txt"
"""Every three-character category (four, if it begins with E)."""

ICD_10 = "an ICD-10 code"
ZEROS_LOST = "a code that lost its leading zeros"
NO_CODE = "not an ICD-9 code"

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


@functools.lru_cache(maxsize=2**16)
def read(text: str) -> code_text.Code:
    """Read a diagnosis code (PPGAN section 4.1).

    With a dot, missing leading zeros do not change a code: 8.45 is 008.45.
    Without a dot they cannot be restored: 845 is another code.

    Args:
      text: a code such as "4019", "401.9", "V3001" or "E8788".

    Returns:
      The category, or the problem.
    """
    code = code_text.cleaned(text)
    if not code:
        return code_text.Code("", code_text.EMPTY)
    if _SHORT_OR_NUMBER.fullmatch(code):
        return code_text.Code("", ZEROS_LOST)
    match = _FORMS.fullmatch(code)
    if match and not _is_in_gap(match["external"]):
        found = match["plain"] or match["external"] or match["short"].zfill(3)
        return code_text.Code(found)
    return code_text.Code("", ICD_10 if _ICD_10.fullmatch(code) else NO_CODE)


def read_codes(path: pathlib.Path) -> tuple[str, ...]:
    """Read a list of categories, as `code_lists.read` does.

    Args:
      path: a text file.
    """
    return code_lists.read(
        path,
        is_category=lambda text: read(text).category == text,
        examples="401 or E950, or a range such as V01-V91",
    )


def _is_in_gap(external: str | None) -> bool:
    return bool(external) and int(str(external)[1:]) in _E_GAP


@functools.cache
def shipped_codes() -> tuple[str, ...]:
    """Return the package's own list."""
    return read_codes(SHIPPED)
