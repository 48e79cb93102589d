"""The wording of a privacy claim."""

import fractions
import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf.privacy.ledger import header

SEEDED = (
    "the noise was drawn from a fixed seed, for tests: whoever knows the "
    "seed can subtract it"
)
GENERATORS = {
    header.PHILOX: (
        "Philox, with keys of 128 bits: a generator of statistics and no "
        "cipher; it is assumed not to be predictable"
    ),
    header.CHACHA20: (
        "ChaCha20, with keys of 256 bits from the operating system's entropy: "
        "whoever predicts the noise or the samples of records breaks the cipher"
    ),
}
"""What a noise sampler draws from."""

FORMAT = "dpgan-claim-5"
UNIT_SIZE = "most_records_per_unit"
"""Parameter of a claim about persons; absent if a record is the unit."""

NO_CLAIM_STATEMENT = f"This release makes NO privacy claim: {SEEDED}."


def noun(parameters: Mapping[str, Any]) -> str:
    """Return what is protected as one: "record", or "person" with several.

    Args:
      parameters: the mechanism's parameters, named as in the ledger's header.
    """
    return "person" if UNIT_SIZE in parameters else "record"


def fixed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a claim that no price changes.

    Args:
      parameters: the mechanism's parameters, named as in the ledger's header.
    """
    one, all_of_one, unit = _unit(parameters)
    return {
        "format": FORMAT,
        "adjacency": f"add or remove {all_of_one} of the private part",
        "unit_of_privacy": unit,
        "sampling": (
            f"Poisson: every {one} enters every step's batch independently "
            "with sampling_probability; no batch is truncated or reused"
        ),
        "threat_model": (
            "central: the curator who trains is trusted; the adversary sees "
            "all of the release and knows the configuration and every other "
            f"{one}; floating-point and timing side channels are out of scope"
        ),
        "noise_generator": GENERATORS[parameters["noise_sampler"]],
        "public_information": [
            f"num_examples, the declared number of private {one}s",
            "the public records, if there are any, and their labels: a part of "
            "a split, with its seed, or the records of another data set",
            f"whether a {one} would be public or held out, which follows from "
            "its own name, number or content and from seeds; that it is in the "
            "private part is what is protected",
            "that the private records were accepted: all valid, the number of "
            f"{one}s within 10% of num_examples",
            "the configuration of the run, and the day and the versions of its "
            "release",
            "the shape of an example, the number and the names of classes and "
            "columns",
        ],
        "selection": (
            "the released iterate was fixed beforehand: the last EMA; the "
            "settings are assumed to have been chosen without the private "
            "records"
        ),
    }


def _unit(parameters: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a unit's noun, the unit with its records, and what it is."""
    one = noun(parameters)
    if one == "record":
        what = "one record; several records of one person are not protected"
        return one, "one record", f"{what} together"
    most = parameters[UNIT_SIZE]
    return (
        one,
        "one person with all of their records",
        f"one person (all of their records, at most {most})",
    )


def rounded_up(epsilon: float, decimals: int) -> str:
    """Round an epsilon up to so many decimals.

    Args:
      epsilon: finite or not, at least 0.
      decimals: at least 1; trailing zeros are dropped.
    """
    if not math.isfinite(epsilon):
        return f"{epsilon}"
    count = math.ceil(fractions.Fraction(epsilon) * 10**decimals)
    whole, rest = divmod(count, 10**decimals)
    return f"{whole}.{rest:0{decimals}}".rstrip("0").rstrip(".")


def steps(*, num_charged: int, num_kept: int) -> str:
    """Return the steps charged, lost and kept, in words.

    Args:
      num_charged: number of steps that may have been drawn; all are priced.
      num_kept: number of steps that trained the released model.
    """
    num_lost = num_charged - num_kept
    return (
        f"{num_charged:,} noisy critic steps are charged, of which "
        f"{num_lost:,} {'was' if num_lost == 1 else 'were'} lost in a crash "
        f"and {num_kept:,} trained the critic"
    )


def statement(
    parameters: Mapping[str, Any],
    *,
    num_steps: int,
    num_kept: int,
    epsilon: float,
) -> str:
    """Return the claim in one paragraph.

    Args:
      parameters: the mechanism's parameters, named as in the ledger's header.
      num_steps: number of critic steps charged.
      num_kept: number of them that trained the critic.
      epsilon: their price, which is rounded up here.
    """
    return (
        f"This release is ({rounded_up(epsilon, 3)}, "
        f"{parameters['target_delta']!r})-"
        f"differentially private for adding or removing {_any(parameters)} "
        f"(declared number: {parameters['num_examples']}). "
        f"{steps(num_charged=num_steps, num_kept=num_kept)}, each on a Poisson "
        "sample with probability "
        f"{parameters['sampling_probability']:.6g}, clipped in "
        f"{parameters['num_groups']} group(s) with noise multiplier "
        f"{parameters['noise_multiplier']:.6g} each, which is "
        f"{parameters['effective_noise_multiplier']:.6g} for the joint "
        f"release{_summary(parameters)}. Epsilon is by "
        f"the {parameters['accountant'].upper()} accountant."
    )


def _any(parameters: Mapping[str, Any]) -> str:
    if UNIT_SIZE not in parameters:
        return "any one of the private records"
    return (
        "any one person with all of their private records, at most "
        f"{parameters[UNIT_SIZE]}"
    )


def _summary(parameters: Mapping[str, Any]) -> str:
    if "summary_noise_multiplier" not in parameters:
        return ""
    return (
        "; and a summary was taken once of all records, by Gaussian mechanisms "
        "that together have noise multiplier "
        f"{parameters['summary_noise_multiplier']:.6g}"
    )
