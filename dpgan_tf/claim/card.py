"""The words about a claim on the card of its release."""

from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import text as claim_text

_COVERED = (
    "every example that this generator makes, in any number, and everything "
    "computed from them: they come from the generator and random numbers alone"
)
_NOT_COVERED = (
    "the public part of the data, if there is one: it was used without noise",
    "whole persons, where one person gave several records",
    "what is true of the population: the generator is meant to learn that",
    "other releases from the same records: their epsilons add up",
    "the side of a record in the split: its name or number and the seed say "
    "whether it would be public or held out",
    "steps that were seen before the run's directory was put back from an "
    "older copy: its ledger does not know of them",
)


def section(claim: Mapping[str, Any]) -> str:
    """Return what the card of a release says of its claim, as Markdown.

    Args:
      claim: content of `privacy.json`. Its hashes are not used, since the card
        is one of the files they are of.
    """
    lines = [f"**{claim['statement']}**"]
    if claim["epsilon"] is None:
        return lines[0]
    prices = ", ".join(
        f"{name.upper()} {claim_text.rounded_up(value, 4)}"
        for name, value in sorted(claim["epsilon_by_accountant"].items())
    )
    lines += [
        f"Epsilon at delta = {claim['delta']!r} by accountant: {prices}. The "
        f"claim is the {claim['accountant'].upper()} figure. `privacy.json` "
        "holds it for programs, and `dpgan verify --release_dir=DIR` "
        "recomputes it.",
        "Covered:",
        f"- {_COVERED}.",
        "Not covered:",
        "\n".join(f"- {text}." for text in _NOT_COVERED),
        "It holds under these assumptions:",
        "\n".join(f"- {text}." for text in _assumptions(claim)),
    ]
    return "\n\n".join(lines)


def _assumptions(claim):
    yield f"Unit of privacy: {claim['unit_of_privacy']}"
    yield f"Adjacency: {claim['adjacency']}"
    yield f"Sampling: {claim['sampling']}"
    yield f"Threat model: {claim['threat_model']}"
    yield f"Selection: {claim['selection']}"
    for text in claim["public_information"]:
        yield f"Taken as public: {text}"
