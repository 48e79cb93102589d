"""Checks of a claim's numbers and words, which follow from its facts."""

import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import facts as claim_facts
from dpgan_tf.claim import findings
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import untrusted_json

_TOLERANCE = 1e-6
"""Relative difference between machines that a number of a claim may have."""

_OLDER = {
    "dpgan-claim-1": (
        "its noise ended at 5.68 standard deviations, so that its delta is too "
        "small; train a new run"
    ),
    "dpgan-claim-2": (
        "it does not say how many steps were lost in a crash; write the "
        "release again with `export`"
    ),
    "dpgan-claim-3": (
        "it does not say what its data are, nor that public records may be of "
        "another data set; write the release again with `export`, or check it "
        "with the version of this program that wrote it"
    ),
    "dpgan-claim-4": (
        "it does not state the risk; write the release again with `export`"
    ),
}
"""Advice about claims that earlier versions wrote."""

_LONG = ("risk", "statement")
"""Fields that are shown only if all checks hold."""

_UNCHECKED = ("format",)


def check_format(found: Any) -> findings.Finding:
    """Check that a claim has the form that this version writes.

    Args:
      found: the claim's format, unchecked.
    """
    expected = claim_text.FORMAT
    if found == expected:
        return findings.Finding(name="format", ok=True, detail=f"{expected}")
    about = "check it with the version of this program that wrote it"
    if type(found) is str:
        about = _OLDER.get(found, about)
    detail = f"{untrusted_json.shown(found)}; expected {expected}: {about}"
    return findings.Finding(name="format", ok=False, detail=detail)


def make_again(
    claim: Mapping[str, Any],
) -> tuple[dict[str, Any] | None, list[findings.Finding]]:
    """Make a claim again from its facts, and compare all its fields.

    Args:
      claim: content of a claim, unchecked.

    Returns:
      The claim as it should be, None if its facts make none, and the findings.
    """
    try:
        expected = claims.assemble(claim_facts.of_claim(claim))
    except (errors.PrivacyError, TypeError, ArithmeticError) as error:
        return None, [
            findings.Finding(name="numbers", ok=False, detail=str(error))
        ]
    return expected, _check_numbers(claim, expected)


def _check_numbers(
    claim: Mapping[str, Any], expected: Mapping[str, Any]
) -> list[findings.Finding]:
    found = [
        _compare(name, claim.get(name), expected[name])
        for name in (
            *("claim", "epsilon", "epsilon_by_accountant"),
            *_LONG,
        )
    ]
    different = [
        name
        for name in sorted(set(claim) | set(expected))
        if name not in _UNCHECKED
        and not (
            name in claim
            and name in expected
            and _equal(claim[name], expected[name])
        )
    ]
    detail = ", ".join(different) or "all follow from the claim's numbers"
    return [
        *found,
        findings.Finding(name="other fields", ok=not different, detail=detail),
    ]


def _compare(name: str, claimed: Any, expected: Any) -> findings.Finding:
    if _equal(claimed, expected):
        detail = "as recomputed" if name in _LONG else f"{expected}"
        return findings.Finding(name=name, ok=True, detail=detail)
    found = untrusted_json.shown(claimed)
    detail = f"claimed {found}, recomputed {expected}"
    return findings.Finding(name=name, ok=False, detail=detail)


def _equal(claimed: Any, expected: Any) -> bool:
    if isinstance(expected, dict) and isinstance(claimed, dict):
        return set(claimed) == set(expected) and all(
            _equal(claimed[key], expected[key]) for key in expected
        )
    if type(expected) is float and type(claimed) in (int, float):
        return _isclose(claimed, expected)
    return type(claimed) is type(expected) and claimed == expected


def _isclose(claimed: float, expected: float) -> bool:
    try:
        return math.isclose(claimed, expected, rel_tol=_TOLERANCE)
    except OverflowError:
        return False
