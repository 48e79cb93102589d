"""Checks of a run's files, and of its claim, against its ledger."""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf import run_files
from dpgan_tf.claim import about as abouts
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import facts as claim_facts
from dpgan_tf.claim import findings
from dpgan_tf.claim import release_names
from dpgan_tf.claim import schema_check
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.ledger import chain

_LARGEST_CONFIG = 2**24
"""Largest size in bytes; a configuration may hold a schema of many words."""


def check_run(
    files: run_files.RunFiles, entries: chain.Chain
) -> list[findings.Finding]:
    """Check a run's budget and its configuration.

    Args:
      files: of the run.
      entries: of its ledger, whose chain holds.
    """
    return [
        findings.Finding(
            name="ledger",
            ok=True,
            detail=f"{entries.num_entries} entries, {entries.num_attempts} "
            f"attempt(s), {_steps(entries)}",
        ),
        _check_budget(entries),
        _check_config(files.config, entries.header["config_hash"]),
    ]


def check_claim(
    claim: Mapping[str, Any],
    files: run_files.RunFiles,
    entries: chain.Chain,
) -> list[findings.Finding]:
    """Check that a claim is that of the run's ledger and configuration.

    Args:
      claim: content of a claim, unchecked.
      files: of the run.
      entries: of its ledger, whose chain holds.
    """
    config = _config(files.config)
    return [
        _check_numbers(claim, entries),
        *_check_words(claim, config),
        *_check_schema(files.release, config),
    ]


def _steps(entries: chain.Chain) -> str:
    if entries.num_kept is None:
        return f"{entries.charged_steps} steps charged"
    return claim_text.steps(
        num_charged=entries.charged_steps, num_kept=entries.num_kept
    )


def _check_budget(entries: chain.Chain) -> findings.Finding:
    """Check that all steps the ledger allows stay within the budget."""
    values = entries.header
    accountant, target = values["accountant"], values["target_epsilon"]
    try:
        spent, most = (
            accounting.epsilon(
                claims.plan_of(values, num_steps=num_steps),
                delta=values["target_delta"],
                accountant=accountant,
            )
            for num_steps in (entries.charged_steps, values["max_steps"])
        )
    except errors.PrivacyError as error:
        return findings.Finding(name="budget", ok=False, detail=str(error))
    return findings.Finding(
        name="budget",
        ok=spent <= target and most <= target,
        detail=f"epsilon {spent:.6g} of {target} spent by {accountant}, "
        f"{most:.6g} after max_steps",
    )


def _check_config(path: pathlib.Path, recorded: str) -> findings.Finding:
    try:
        content = plain_files.read(path, largest=_LARGEST_CONFIG).rstrip(b"\n")
    except OSError as error:
        detail = f"{path}: {error.strerror}"
        return findings.Finding(name="config", ok=False, detail=detail)
    ok = hashlib.sha256(content).hexdigest() == recorded
    detail = "hash " + ("matches" if ok else "differs from") + " the ledger"
    return findings.Finding(name="config", ok=ok, detail=detail)


def _check_numbers(
    claim: Mapping[str, Any], entries: chain.Chain
) -> findings.Finding:
    try:
        stated = claim_facts.of_claim(claim)
        spent = claim_facts.of_ledger(
            entries, files=stated.files, about=stated.about
        )
    except (errors.PrivacyError, TypeError, ArithmeticError) as error:
        return findings.Finding(
            name="claim and ledger", ok=False, detail=str(error)
        )
    different = [
        field.name
        for field in dataclasses.fields(claim_facts.Facts)
        if getattr(stated, field.name) != getattr(spent, field.name)
    ]
    detail = f"head {entries.head[:12]}"
    if different:
        detail = f"{', '.join(different)} differ from the ledger's"
    return findings.Finding(
        name="claim and ledger", ok=not different, detail=detail
    )


def _config(path: pathlib.Path) -> dict[str, Any] | None:
    """Return the configuration; None if unreadable, which others report."""
    try:
        content = plain_files.read(path, largest=_LARGEST_CONFIG)
        return untrusted_json.parse(content, untrusted_json.OBJECT)
    except (OSError, ValueError):
        return None


def _check_words(
    claim: Mapping[str, Any], config: Mapping[str, Any] | None
) -> list[findings.Finding]:
    """Check that the claim has the configuration's title and purpose.

    A claim or a configuration that cannot be read has a finding of its own.
    """
    try:
        said = claim_facts.of_claim(claim).about
    except (errors.PrivacyError, TypeError):
        return []
    if config is None:
        return []
    problem = abouts.difference(said, config)
    detail = problem or "as in the configuration"
    return [
        findings.Finding(name="claim's words", ok=not problem, detail=detail)
    ]


def _check_schema(
    release: pathlib.Path, config: Mapping[str, Any] | None
) -> list[findings.Finding]:
    """Check that the release has the configuration's schema, if it has one."""
    data = (config or {}).get("data")
    declared = data.get("schema") if isinstance(data, dict) else None
    path = release / release_names.SCHEMA
    if not (declared or os.path.lexists(path)):
        return []
    try:
        content = plain_files.read(path, largest=schema_check.LARGEST)
    except OSError as error:
        detail = f"{path}: {error.strerror}"
        return [
            findings.Finding(name="declared schema", ok=False, detail=detail)
        ]
    ok = type(declared) is str and declared.encode() == content
    detail = ("as" if ok else "other than") + " in the configuration"
    return [findings.Finding(name="declared schema", ok=ok, detail=detail)]
