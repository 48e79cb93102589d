"""ICD-10-CM codes: truncation to categories, and their public list."""

import functools
import pathlib
import re

from dpgan_tf.data.health import code_lists
from dpgan_tf.data.health import code_text

SHIPPED = pathlib.Path(__file__).parent / "icd10_categories.txt"
"""Every three-character category."""

NO_CODE = "not an ICD-10 code"

_FORM = re.compile(r"([A-Z][0-9A][0-9A-Z])(\.?[0-9A-Z]{0,4})", re.ASCII)


@functools.lru_cache(maxsize=2**16)
def read(text: str) -> code_text.Code:
    """Read a diagnosis code.

    Args:
      text: a code such as "E1165" or "E11.65".

    Returns:
      The category, or the problem.
    """
    code = code_text.cleaned(text)
    if not code:
        return code_text.Code("", code_text.EMPTY)
    match = _FORM.fullmatch(code)
    if match is None:
        return code_text.Code("", NO_CODE)
    return code_text.Code(match[1])


@functools.cache
def shipped_codes() -> tuple[str, ...]:
    """Return the package's own list."""
    return code_lists.read(
        SHIPPED,
        is_category=lambda text: read(text).category == text,
        examples="E11, or a range such as I20-I25",
    )
