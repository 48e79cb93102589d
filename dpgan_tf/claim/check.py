"""Checks of a release against its claim, and of a run against its ledger.

Each check gives a finding; none trusts what it reads. Released files are
hashed, never loaded.
"""

import hashlib
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf import run_files
from dpgan_tf.claim import card_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import findings
from dpgan_tf.claim import ledger_check
from dpgan_tf.claim import number_check
from dpgan_tf.claim import release_files
from dpgan_tf.claim import release_names
from dpgan_tf.claim import sample_check
from dpgan_tf.claim import schema_check
from dpgan_tf.data import records
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.ledger import ledger

_LARGEST_CLAIM = 2**20
_MAX_FILES = 100


def check_release(
    release_dir: str | os.PathLike[str],
) -> list[findings.Finding]:
    """Check the claim and the files of a release.

    Args:
      release_dir: the published folder.

    Returns:
      One finding per check; the release is valid if all are ok.
    """
    claim, finding = _read_claim(pathlib.Path(release_dir))
    if claim is None:
        return [finding]
    found = release_files.examine(release_dir)
    format_finding = number_check.check_format(claim.get("format"))
    outcomes = [finding, format_finding]
    files = _check_files(claim.get("files"), found)
    if not format_finding.ok:  # Its numbers and words have another form.
        return [*outcomes, *files]
    expected, numbers = number_check.make_again(claim)
    declared, schema = _check_schema(release_dir, found, claim)
    card, form = _check_card(expected, pathlib.Path(release_dir), found, schema)
    samples = (
        [] if form is None else _check_samples(release_dir, form, schema, found)
    )
    return [*outcomes, *numbers, *files, *declared, card, *samples]


def check_run(run_dir: str | os.PathLike[str]) -> list[findings.Finding]:
    """Check the ledger of a run, its configuration and its release.

    Args:
      run_dir: a folder that training wrote.

    Returns:
      One finding per check; the run is valid if all are ok.
    """
    files = run_files.RunFiles(pathlib.Path(run_dir))
    try:
        entries = ledger.read(files.ledger)
    except errors.PrivacyError as error:
        finding = findings.Finding(name="ledger", ok=False, detail=str(error))
        return [finding, *check_release(files.release)]
    except OSError as error:
        detail = f"{files.ledger}: {error.strerror}"
        finding = findings.Finding(name="ledger", ok=False, detail=detail)
        return [finding, *check_release(files.release)]
    outcomes = ledger_check.check_run(files, entries)
    if files.release.is_symlink():
        detail = "is a link; expected a folder"
        return [
            *outcomes,
            findings.Finding(name="release", ok=False, detail=detail),
        ]
    if not os.path.lexists(files.release):
        detail = "nothing is released yet"
        return [
            *outcomes,
            findings.Finding(name="release", ok=True, detail=detail),
        ]
    outcomes += check_release(files.release)
    claim, _ = _read_claim(files.release)
    if claim is not None:
        outcomes += ledger_check.check_claim(claim, files, entries)
    return outcomes


def read_claim(
    release_dir: str | os.PathLike[str],
) -> dict[str, Any] | None:
    """Return the claim of a release, unchecked, or None if there is none.

    Args:
      release_dir: the published folder.
    """
    return _read_claim(pathlib.Path(release_dir))[0]


def _read_claim(
    release_dir: pathlib.Path,
) -> tuple[dict[str, Any] | None, findings.Finding]:
    path = release_dir / claims.FILE_NAME
    try:
        content = plain_files.read(
            path, largest=_LARGEST_CLAIM, follow_links=False
        )
        claim = untrusted_json.parse(content, untrusted_json.OBJECT)
    except OSError as error:
        detail = f"{path}: {error.strerror}"
        return None, findings.Finding(name="claim", ok=False, detail=detail)
    except untrusted_json.JsonError as error:
        return None, findings.Finding(
            name="claim", ok=False, detail=f"{path}: {error}"
        )
    digest = hashlib.sha256(content).hexdigest()
    detail = f"{path}, SHA-256 {digest}"
    return claim, findings.Finding(name="claim", ok=True, detail=detail)


def _check_files(
    listed: Any, found: Mapping[str, release_files.Found]
) -> list[findings.Finding]:
    if type(listed) is not dict:
        detail = "the claim lists no files"
        return [findings.Finding(name="files", ok=False, detail=detail)]
    names = sorted(set(listed) | set(found))
    outcomes = [
        _check_file(name, listed.get(name), found.get(name))
        for name in names[:_MAX_FILES]
    ]
    if len(names) > _MAX_FILES:
        detail = f"{len(names):,}; expected at most {_MAX_FILES}"
        outcomes.append(findings.Finding(name="files", ok=False, detail=detail))
    return outcomes


def _check_file(
    name: str, digest: Any, found: release_files.Found | None
) -> findings.Finding:
    ok = False
    if found is None:
        detail = "missing"
    elif found.problem:
        detail = found.problem
    elif digest is None:
        detail = "not listed in the claim"
    else:
        ok = found.digest == digest
        detail = "sha256 " + ("matches" if ok else "differs")
    return findings.Finding(name=f"file {name}", ok=ok, detail=detail)


def _check_schema(
    release_dir: str | os.PathLike[str],
    found: Mapping[str, release_files.Found],
    claim: Mapping[str, Any],
) -> tuple[list[findings.Finding], schemas.Schema | None]:
    """Check the schema of typed columns, if there is one.

    Returns:
      The finding, and the schema if it is one.
    """
    name = release_names.SCHEMA
    if name not in found or found[name].problem:
        return [], None
    schema, problem = schema_check.read(release_dir)
    if schema is not None and not schema_check.is_charged(schema, claim):
        problem = "its bounds were learnt, which the claim does not charge for"
    detail = problem or "canonical, as its columns are declared"
    finding = findings.Finding(name="schema", ok=not problem, detail=detail)
    return [finding], schema


def _check_card(
    expected: Mapping[str, Any] | None,
    release_dir: pathlib.Path,
    found: Mapping[str, release_files.Found],
    schema: schemas.Schema | None,
) -> tuple[findings.Finding, records.Form | None]:
    """Check that the card says what the claim's numbers say, and no more.

    Returns:
      The finding, and the form of an example if the card is right.
    """
    if expected is None:
        detail = "nothing to compare with: the claim's numbers are wrong"
        return findings.Finding(name="card", ok=False, detail=detail), None
    try:
        content = plain_files.read(
            release_dir / release_names.CARD,
            largest=card_check.LARGEST,
            follow_links=False,
        )
    except OSError as error:
        detail = str(error.strerror)
        return findings.Finding(name="card", ok=False, detail=detail), None
    problem = card_check.problem_of(content, expected, schema) or _other_kind(
        card_check.files_beside(content), found, expected["files"]
    )
    if problem:
        return findings.Finding(name="card", ok=False, detail=problem), None
    detail = "as made from the claim"
    form = card_check.form(content.decode("utf-8"), schema)
    return findings.Finding(name="card", ok=True, detail=detail), form


def _other_kind(
    wanted: frozenset[str],
    found: Mapping[str, release_files.Found],
    listed: Mapping[str, Any],
) -> str:
    """Return how the release's files differ from those of its card's kind."""
    if missing := sorted(wanted - set(found) - set(listed)):
        return f"is the card of a release with {missing[0]}"
    if more := sorted(set(filter(release_names.is_part, found)) - wanted):
        return f"is the card of a release without {more[0]}"
    return ""


def _check_samples(
    release_dir: str | os.PathLike[str],
    form: records.Form,
    schema: schemas.Schema | None,
    found: Mapping[str, release_files.Found],
) -> list[findings.Finding]:
    """Check the samples in the files that have no problem yet."""
    problems = sample_check.problems(release_dir, form, schema)
    return [
        findings.Finding(
            name=f"samples in {name}",
            ok=not problem,
            detail=problem or "only samples, of the card's shape",
        )
        for name, problem in problems.items()
        if name in found and not found[name].problem
    ]
