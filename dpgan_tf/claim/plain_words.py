"""What a claim means, for readers without mathematics.

The sentences say the claim's `risk`, of which every number is an upper bound
and is rounded up; the answers say what epsilon is about.
"""

import decimal
import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import risk as risks
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy.accounting import tradeoff

_LARGEST_FACTOR = 1_000_000
_THREE_DIGITS = decimal.Context(prec=3, rounding=decimal.ROUND_UP)


def sentences(claim: Mapping[str, Any]) -> list[str]:
    """Return how much a release can tell, sentence by sentence.

    Args:
      claim: content of `privacy.json`.

    Returns:
      The sentences, none for no claim.
    """
    if claim[risks.FIELD] is None:
        return []
    return of_risk(
        claim[risks.FIELD],
        delta=claim["delta"],
        noun=claim_text.noun(claim),
    )


def of_risk(risk: Mapping[str, Any], *, delta: float, noun: str) -> list[str]:
    """Return what a risk means, sentence by sentence.

    Args:
      risk: result of `risk.of_plan`.
      delta: the claim's delta.
      noun: what is protected as one, "record" or "person".
    """
    return [
        _odds(risk, delta, noun),
        f"Who guesses by the best method whether a {noun} is among the private "
        "ones, at even odds, is right in at most "
        f"{percent(risk['right_at_even_odds'])} of cases, and in 50% without "
        "the release.",
        _tests(risk, noun),
        *_shorter(risk),
    ]


def _odds(risk: Mapping[str, Any], delta: float, noun: str) -> str:
    start = (
        f"Whatever somebody believed about whether a {noun} is among the "
        "private ones, this release makes the odds"
    )
    factor = risk["odds_factor"]
    if factor is None or factor > _LARGEST_FACTOR:
        return (
            f"{start} larger or smaller by a factor that can exceed "
            f"{_LARGEST_FACTOR:,}: it promises little."
        )
    return (
        f"{start} at most {_rounded_up(factor)} times larger or smaller: who "
        "thought that both are equally likely becomes at most "
        f"{percent(risk['sure_at_even_odds'])} sure of either. Outcomes that "
        f"tell more have a probability of at most delta = {delta!r}."
    )


def _tests(risk: Mapping[str, Any], noun: str) -> str:
    pairs = risks.detected(risk)
    wrong = _listed([f"{share * 100:g}%" for share, _ in pairs])
    found = _listed([percent(most) for _, most in pairs])
    return (
        f"A test for a {noun}, by whatever method, finds at most {found} of "
        f"those that are there if it is wrong about {wrong} of those that are "
        "not. Guessing finds as many as it is wrong about."
    )


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _shorter(risk: Mapping[str, Any]) -> list[str]:
    """Return the numbers for those who know them."""
    said = [
        f"In short: advantage {percent(risk['advantage'])} (found less "
        f"wrongly accused), {_gaussian(risk)}."
    ]
    if risk["epsilon_at_natural_delta"] is not None:
        epsilon = claim_text.rounded_up(risk["epsilon_at_natural_delta"], 3)
        said.append(
            f"At delta = 1 / (n ln n) = {risk['natural_delta']:.2g}, epsilon "
            f"is {epsilon}."
        )
    if risk["bound_by"] != "pld":
        said.append(
            "These numbers follow from one epsilon and delta alone, since no "
            "finer bound fits into memory."
        )
    return said


def _gaussian(risk: Mapping[str, Any]) -> str:
    if risk["mu"] is None:
        return "no Gaussian mechanism is as easy to tell (mu)"
    mu = claim_text.rounded_up(risk["mu"], 3)
    return (
        f"and no easier to tell than one Gaussian mechanism with mu = {mu}, "
        f"errors rarer than {tradeoff.SMALLEST_ERROR:g} aside"
    )


def numbers(risk: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the numbers of a risk by their names, rounded up.

    Args:
      risk: result of `risk.of_plan`.
    """
    detected = [
        (f"found at {share * 100:g}% false alarms", percent(most))
        for share, most in risks.detected(risk)
    ]
    return [
        *detected,
        ("advantage", percent(risk["advantage"])),
        ("mu", _number(risk["mu"])),
        ("odds change at most by", _number(risk["odds_factor"])),
        ("right at even odds", percent(risk["right_at_even_odds"])),
        ("sure at even odds", percent(risk["sure_at_even_odds"])),
        ("delta 1 / (n ln n)", _small(risk["natural_delta"])),
        ("epsilon at that delta", _number(risk["epsilon_at_natural_delta"])),
    ]


def _number(value: float | None) -> str:
    return "none known" if value is None else claim_text.rounded_up(value, 3)


def _small(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"


def answers(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return questions that readers have, and their answers.

    Args:
      claim: content of `privacy.json`, which claims something.
    """
    noun = claim_text.noun(claim)
    others = "" if noun == "person" else "; several records of one person"
    return [
        (
            "What is protected?",
            f"Whether any one {noun} is among the private ones, and all that "
            f"is in it. Unit: {claim['unit_of_privacy']}.",
        ),
        (
            "From whom?",
            "Everybody who has the release, whatever they know already and "
            "however long they compute. Not from the curator, who has the "
            "records.",
        ),
        (
            "What is not protected?",
            "What is true of people in general, in the data or not; public "
            f"records{others}; names of classes and columns; what other "
            "releases of the same records tell, whose epsilons add up.",
        ),
        (
            "Who keeps what?",
            "The release is for everybody. The curator keeps the records and "
            "the run's folder private/, both equally secret.",
        ),
        (
            "What is to be deleted?",
            "The folder private/, once nobody needs its ledger, which alone "
            "proves how often the records were used. What was published "
            "cannot be called back, nor one person's part in it taken out.",
        ),
    ]


def percent(share: float) -> str:
    """Return a share in percent, rounded up; more digits near 0 and 100%.

    Args:
      share: at least 0; at least 1 is shown as 100%.
    """
    if share >= 1:
        return "100%"
    decimals = 2 if share < 0.1 else 1
    decimals = max(decimals, math.ceil(-math.log10(1 - share)) - 1)
    return f"{claim_text.rounded_up(share * 100, decimals)}%"


def _rounded_up(value: float) -> str:
    """Return a factor, rounded up to three digits."""
    return f"{_THREE_DIGITS.create_decimal_from_float(value):,f}"
