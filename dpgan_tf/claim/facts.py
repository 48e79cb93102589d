"""The public facts that a claim follows from, out of a ledger or a claim."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import about as abouts
from dpgan_tf.claim import release_files
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.ledger import chain
from dpgan_tf.privacy.ledger import header

_PARAMETERS = (
    "accountant",
    "effective_noise_multiplier",
    "expected_batch_size",
    "noise_multiplier",
    "noise_sampler",
    "num_examples",
    "num_groups",
    "sampling_probability",
    "target_delta",
    "target_epsilon",
)

NO_CLAIM = "none"
"""The claim of a run that can claim nothing."""

SUMMARY = "summary_noise_multiplier"
OPTIONAL = (SUMMARY, claim_text.UNIT_SIZE)
"""Parameters that a claim may be without."""

_STATED = untrusted_json.record(
    {
        **dict.fromkeys(_PARAMETERS, untrusted_json.ANY),
        abouts.FIELD: abouts.KIND,
        "claim": untrusted_json.TEXT,
        "config_hash": untrusted_json.DIGEST,
        "files": untrusted_json.map_of(untrusted_json.DIGEST),
        "ledger_head": untrusted_json.DIGEST,
        "ledger_num_entries": untrusted_json.COUNT,
        "library_versions": abouts.VERSIONS,
        "num_steps": untrusted_json.COUNT,
        "num_steps_kept": untrusted_json.COUNT,
    },
    others=untrusted_json.ANY,
)
"""Fields needed to make a claim again. Parameters are checked as in a ledger;
all other fields are compared with those of the new claim."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts a claim is made from; all are published.

    Attributes:
      parameters: the mechanism's and the budget's parameters, by
        `_PARAMETERS`, and those of `OPTIONAL` that there are.
      num_steps: number of critic steps charged.
      num_steps_kept: number of them that trained the released generator; the
        others were lost.
      noise_source: "os_entropy", or "seed", which voids the claim.
      config_hash: SHA-256 of the run's configuration.
      ledger_head: hash of the ledger's last entry.
      ledger_num_entries: number of ledger entries.
      files: SHA-256 of each released file by its path in the release.
      about: what the release says about itself.
    """

    parameters: Mapping[str, Any]
    num_steps: int
    num_steps_kept: int
    noise_source: str
    config_hash: str
    ledger_head: str
    ledger_num_entries: int
    files: Mapping[str, str]
    about: abouts.About


def of_ledger(
    entries: chain.Chain, *, files: Mapping[str, Any], about: abouts.About
) -> Facts:
    """Return a run's facts, without its secrets.

    Args:
      entries: the run's verified ledger.
      files: SHA-256 of each released file by its path in the release.
      about: what the release says about itself.

    Returns:
      The facts for a claim.

    Raises:
      LedgerError: if the ledger records no release.
    """
    parameters = entries.header
    if entries.num_kept is None:
        raise errors.LedgerError(
            f"{entries.name}: records no release of its "
            f"{entries.charged_steps} charged steps; write one with `export`."
        )
    return Facts(
        parameters=_chosen(parameters),
        num_steps=entries.charged_steps,
        num_steps_kept=entries.num_kept,
        noise_source=parameters["noise_source"],
        config_hash=parameters["config_hash"],
        ledger_head=entries.head,
        ledger_num_entries=entries.num_entries,
        files=files,
        about=about,
    )


def of_claim(claim: Mapping[str, Any]) -> Facts:
    """Return the facts in a claim, checked.

    Args:
      claim: content of a `privacy.json`, not trusted.

    Returns:
      The facts that the claim should follow from.

    Raises:
      PrivacyError: if a number is missing, impossible or in conflict.
    """
    if problem := _STATED.problem_of(claim):
        raise errors.PrivacyError(f"{problem}.")
    source = "seed" if claim["claim"] == NO_CLAIM else "os_entropy"
    parameters = _chosen(claim)
    header.require_parameters(
        {
            **parameters,
            "config_hash": claim["config_hash"],
            "data_fingerprint": "0" * 64,
            "max_steps": claim["num_steps"],
            "noise_source": source,
        },
        name=release_files.CLAIM,
    )
    _require_kept(claim)
    # At least a header, an attempt, its reservation and the release.
    if claim["ledger_num_entries"] < 4:
        raise errors.PrivacyError(
            f"ledger_num_entries={claim['ledger_num_entries']}; expected more "
            f"for num_steps={claim['num_steps']}."
        )
    return Facts(
        parameters=parameters,
        num_steps=claim["num_steps"],
        num_steps_kept=claim["num_steps_kept"],
        noise_source=source,
        config_hash=claim["config_hash"],
        ledger_head=claim["ledger_head"],
        ledger_num_entries=claim["ledger_num_entries"],
        files=claim["files"],
        about=abouts.of_claim(claim),
    )


def _require_kept(claim: Mapping[str, Any]) -> None:
    kept, charged = claim["num_steps_kept"], claim["num_steps"]
    if not 1 <= kept <= charged:
        raise errors.PrivacyError(
            f"num_steps_kept={kept!r}; expected an integer from 1 to {charged}."
        )


def _chosen(values: Mapping[str, Any]) -> dict[str, Any]:
    names = (*_PARAMETERS, *(name for name in OPTIONAL if name in values))
    return {name: values[name] for name in names}
