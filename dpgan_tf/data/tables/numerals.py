"""Numbers as people write them: 1234.5, 1,234.5, 1.234,5, 1 234,5, 1'234.5.

A text that could be two numbers is none: 1,234 is 1234 to some and 1.234 to
others, unless the file says which.
"""

from typing import Any

import numpy as np

from dpgan_tf.data import arrow

_PLAIN = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_BLANKS = "['\u2019_ \u00a0\u2009\u202f]"
_AMBIGUOUS = r"^-?[1-9]\d{0,2},\d{3}$"
_FORMS = (
    (rf"^-?\d{{1,3}}({_BLANKS}\d{{3}})+([.,]\d+)?$", ((_BLANKS, ""),)),
    (r"^-?\d{1,3}(,\d{3})+\.\d+$", ((",", ""),)),
    (r"^-?\d{1,3}(,\d{3}){2,}$", ((",", ""),)),
    (r"^-?\d{1,3}(\.\d{3})+,\d+$", ((r"\.", ""), (",", "."))),
    (r"^-?\d{1,3}(\.\d{3}){2,}$", ((r"\.", ""),)),
)
"""Thousands: what they look like, and how they are made plain, in order."""


def read(texts: Any, *, decimal: str) -> np.ndarray:
    """Return the numbers that texts say, float64 [u]; NaN for none.

    Args:
      texts: Arrow text [u], without blanks around it.
      decimal: "," if 1,234 is 1.234; empty if that is not known.
    """
    compute = arrow.module("pyarrow.compute")
    for before, after in (("\u2212", "-"), ("+", "")):
        texts = compute.if_else(
            compute.starts_with(texts, before),
            compute.binary_join_element_wise(
                after, compute.utf8_slice_codeunits(texts, 1), ""
            ),
            texts,
        )
    is_plain = compute.match_substring_regex(texts, _PLAIN)
    if not compute.all(is_plain).as_py():
        texts = compute.if_else(is_plain, texts, _plain(texts, decimal))
        is_plain = compute.match_substring_regex(texts, _PLAIN)
    numbers = compute.if_else(is_plain, texts, "nan").cast("float64")
    return numbers.to_numpy(zero_copy_only=False)


def _plain(texts: Any, decimal: str) -> Any:
    """Return texts without thousands, and with a point for a decimal comma."""
    compute = arrow.module("pyarrow.compute")
    for form, edits in _FORMS:
        edited = texts
        for mark, instead in edits:
            edited = compute.replace_substring_regex(edited, mark, instead)
        has_form = compute.match_substring_regex(texts, form)
        texts = compute.if_else(has_form, edited, texts)
    has_comma = compute.match_substring_regex(texts, r"^-?\d*,\d+$")
    if not decimal:
        is_unclear = compute.match_substring_regex(texts, _AMBIGUOUS)
        has_comma = compute.and_(has_comma, compute.invert(is_unclear))
    pointed = compute.replace_substring(texts, ",", ".")
    return compute.if_else(has_comma, pointed, texts)
