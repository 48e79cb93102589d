"""The model card's section about the privacy claim."""

from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import plain_words
from dpgan_tf.claim import text as claim_text

_COVERED = (
    "any number of examples from this generator, and everything computed from "
    "them: they are made from the generator and random numbers alone"
)
_NOT_COVERED = (
    "public records, a part of the data or of another data set, if there are "
    "any: they were used without noise",
    "what is true of the population: the generator is meant to learn that",
    "other releases from the same records: their epsilons add up",
    "whether a record would be public or held out: this follows from its name "
    "or number and the seed",
    "steps that were seen before the run's directory was restored from an "
    "older copy: its ledger does not record them",
)
_SEVERAL = (
    "a person who gave several records: only single records are protected"
)


def section(claim: Mapping[str, Any]) -> str:
    """Return the card's section about the claim, as Markdown.

    Args:
      claim: content of `privacy.json`. Its file hashes are not used, since the
        card is one of the hashed files.
    """
    lines = [f"**{claim['statement']}**"]
    if claim["epsilon"] is None:
        return lines[0]
    prices = ", ".join(
        f"{name.upper()} {claim_text.rounded_up(value, 4)}"
        for name, value in sorted(claim["epsilon_by_accountant"].items())
    )
    lines += [
        "For readers without mathematics:",
        "\n".join(
            f"- **{question}** {answer}"
            for question, answer in plain_words.answers(claim)
        ),
        "In plain words:",
        "\n".join(f"- {text}" for text in plain_words.sentences(claim)),
        f"Epsilon at delta = {claim['delta']!r} by accountant: {prices}. The "
        f"claim uses the {claim['accountant'].upper()} value. `privacy.json` "
        "holds the claim for programs, and `dpgan verify --release_dir=DIR` "
        "recomputes it.",
        "Covered:",
        f"- {_COVERED}.",
        "Not covered:",
        "\n".join(f"- {text}." for text in _not_covered(claim)),
        "The claim holds under these assumptions:",
        "\n".join(f"- {text}." for text in _assumptions(claim)),
    ]
    return "\n\n".join(lines)


def _not_covered(claim):
    yield from _NOT_COVERED
    if claim_text.noun(claim) == "record":
        yield _SEVERAL


def _assumptions(claim):
    yield f"Unit of privacy: {claim['unit_of_privacy']}"
    yield f"Adjacency: {claim['adjacency']}"
    yield f"Sampling: {claim['sampling']}"
    yield f"Threat model: {claim['threat_model']}"
    yield f"Noise generator: {claim['noise_generator']}"
    yield f"Selection: {claim['selection']}"
    for text in claim["public_information"]:
        yield f"Taken as public: {text}"
