"""The privacy claim of a release, made from the ledger.

Everything in `privacy.json` follows from a few public numbers: the
mechanism's parameters, the steps charged and the hashes of the released
files. The check makes the claim again from these and compares every field.
Neither side uses anything that was measured on private records.
"""

import json
import math
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import about as abouts
from dpgan_tf.claim import facts as claim_facts
from dpgan_tf.claim import release_files
from dpgan_tf.claim import risk as risks
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import ledger

FILE_NAME = release_files.CLAIM
CLAIM = "(epsilon, delta)-DP"

SHOWN = untrusted_json.record(
    {
        abouts.FIELD: abouts.KIND,
        "library_versions": abouts.VERSIONS,
        "statement": untrusted_json.TEXT,
        "epsilon": untrusted_json.either(
            untrusted_json.NUMBER, untrusted_json.NULL
        ),
        "num_examples": untrusted_json.COUNT,
        "delta": untrusted_json.either(
            untrusted_json.NUMBER, untrusted_json.NULL
        ),
        "epsilon_by_accountant": untrusted_json.either(
            untrusted_json.map_of(untrusted_json.NUMBER), untrusted_json.NULL
        ),
        "num_steps": untrusted_json.COUNT,
        "num_steps_kept": untrusted_json.COUNT,
        "num_steps_lost": untrusted_json.COUNT,
        "num_groups": untrusted_json.COUNT,
        risks.FIELD: risks.KIND,
        "sampling_probability": untrusted_json.NUMBER,
        "effective_noise_multiplier": untrusted_json.NUMBER,
    },
    optional=dict.fromkeys(claim_facts.OPTIONAL, untrusted_json.NUMBER),
    others=untrusted_json.ANY,
)
"""Fields of a claim that reports show without checking the claim."""


def build_claim(
    ledger_path: str | os.PathLike[str],
    *,
    release_dir: str | os.PathLike[str],
    about: abouts.About | None = None,
) -> dict[str, Any]:
    """Return the claim of a release whose other files are all written.

    Args:
      ledger_path: path of the run's ledger, which is verified.
      release_dir: the folder that will be published.
      about: what the release says about itself; None for a release of today,
        of data without a name.

    Returns:
      The content of `privacy.json`; its epsilon is None if no claim is made.

    Raises:
      LedgerError: if the ledger is missing or altered, or records no release.
      BudgetError: if more was spent than the budget holds.
      PrivacyError: if a released file cannot be hashed.
    """
    entries = ledger.read(ledger_path)
    files = {}
    for name, found in release_files.examine(release_dir).items():
        if found.digest is None:
            raise errors.PrivacyError(
                f"{os.path.join(release_dir, name)}: {found.problem}; remove "
                "it from the release."
            )
        files[name] = found.digest
    facts = claim_facts.of_ledger(
        entries, files=files, about=about or abouts.today()
    )
    return assemble(facts)


def write_claim(
    claim: Mapping[str, Any], release_dir: str | os.PathLike[str]
) -> pathlib.Path:
    """Write a claim into its release.

    Args:
      claim: result of `build_claim`.
      release_dir: the folder that will be published.

    Returns:
      The path of `privacy.json`.
    """
    path = pathlib.Path(release_dir) / FILE_NAME
    text = json.dumps(claim, allow_nan=False, indent=2, sort_keys=True)
    durable.create(path, (text + "\n").encode())
    return path


def assemble(facts: claim_facts.Facts) -> dict[str, Any]:
    """Return the claim that follows from the facts.

    Args:
      facts: the facts to claim.

    Returns:
      The content of `privacy.json`.

    Raises:
      BudgetError: if more was spent than the budget holds.
    """
    is_private = facts.noise_source == "os_entropy"
    plan = plan_of(facts.parameters, num_steps=facts.num_steps)
    delta = facts.parameters["target_delta"]
    prices = {
        name: accounting.epsilon(plan, delta=delta, accountant=name)
        for name in plans.ACCOUNTANTS
    }
    spent = prices[facts.parameters["accountant"]]
    _require_within_budget(facts.parameters, spent)
    # At a tiny delta one of them may have no bound; JSON has no infinity.
    bounds = {name: e for name, e in prices.items() if math.isfinite(e)}
    return {
        **claim_text.fixed(facts.parameters),
        **facts.parameters,
        "claim": CLAIM if is_private else claim_facts.NO_CLAIM,
        "no_claim_reason": None if is_private else claim_text.SEEDED,
        "epsilon": spent if is_private else None,
        "delta": delta if is_private else None,
        "epsilon_by_accountant": bounds if is_private else None,
        "num_steps": facts.num_steps,
        "num_steps_kept": facts.num_steps_kept,
        "num_steps_lost": facts.num_steps - facts.num_steps_kept,
        "statement": (
            claim_text.statement(
                facts.parameters,
                num_steps=facts.num_steps,
                num_kept=facts.num_steps_kept,
                epsilon=spent,
            )
            if is_private
            else claim_text.NO_CLAIM_STATEMENT
        ),
        risks.FIELD: _risk(facts.parameters, plan) if is_private else None,
        abouts.FIELD: facts.about.to_claim(),
        "library_versions": dict(facts.about.versions),
        "config_hash": facts.config_hash,
        "ledger_head": facts.ledger_head,
        "ledger_num_entries": facts.ledger_num_entries,
        "files": dict(facts.files),
    }


def plan_of(
    parameters: Mapping[str, Any], *, num_steps: int
) -> plans.NoisePlan:
    """Return the noise plan of a number of steps.

    Args:
      parameters: the mechanism's parameters, named as in the ledger's header.
      num_steps: number T of critic steps.

    Raises:
      PrivacyError: if the plan cannot be priced.
    """
    return plans.of_parameters(parameters, num_steps=num_steps)


def _risk(
    parameters: Mapping[str, Any], plan: plans.NoisePlan
) -> dict[str, Any]:
    return risks.of_plan(
        plan,
        delta=parameters["target_delta"],
        num_examples=parameters["num_examples"],
        accountant=parameters["accountant"],
    )


def _require_within_budget(parameters: Mapping[str, Any], spent: float) -> None:
    target, delta = parameters["target_epsilon"], parameters["target_delta"]
    if not spent <= target:
        raise errors.BudgetError(
            f"epsilon={spent} exceeds target_epsilon={target}; the run must "
            "not be released."
        )
    if delta * parameters["num_examples"] >= 1:
        raise errors.BudgetError(
            f"target_delta={delta}; expected less than 1 / num_examples = "
            f"{1 / parameters['num_examples']:.3g}."
        )
