"""Checks of a release against its claim, and of a run against its ledger.

Each check gives a finding; none trusts what it reads. Released files are
hashed, never loaded.
"""

import dataclasses
import hashlib
import math
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf import run_files
from dpgan_tf.claim import about as abouts
from dpgan_tf.claim import card_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import release_files
from dpgan_tf.claim import release_names
from dpgan_tf.claim import sample_check
from dpgan_tf.claim import text as claim_text
from dpgan_tf.data import records
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.ledger import chain
from dpgan_tf.privacy.ledger import ledger

_TOLERANCE = 1e-6
_LARGEST_CLAIM = _LARGEST_CONFIG = 2**20
_MAX_FILES = 100
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
}
"""Advice about claims that earlier versions wrote."""
_UNCHECKED = ("format",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """The outcome of one check.

    Attributes:
      name: what was checked.
      ok: whether it holds.
      detail: the values or the problem, in one line.
    """

    name: str
    ok: bool
    detail: str


def check_release(release_dir: str | os.PathLike[str]) -> list[Finding]:
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
    format_finding = _check_format(claim.get("format"))
    findings = [finding, format_finding]
    files = _check_files(claim.get("files"), found)
    if not format_finding.ok:  # Its numbers and words have another form.
        return [*findings, *files]
    expected, numbers = _make_again(claim)
    card, form = _check_card(expected, pathlib.Path(release_dir), found)
    samples = [] if form is None else _check_samples(release_dir, form, found)
    return [*findings, *numbers, *files, card, *samples]


def check_run(run_dir: str | os.PathLike[str]) -> list[Finding]:
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
        finding = Finding(name="ledger", ok=False, detail=str(error))
        return [finding, *check_release(files.release)]
    except OSError as error:
        detail = f"{files.ledger}: {error.strerror}"
        finding = Finding(name="ledger", ok=False, detail=detail)
        return [finding, *check_release(files.release)]
    findings = [
        Finding(
            name="ledger",
            ok=True,
            detail=f"{entries.num_entries} entries, {entries.num_attempts} "
            f"attempt(s), {_steps(entries)}",
        ),
        _check_budget(entries),
        _check_config(files.config, entries.header["config_hash"]),
    ]
    if files.release.is_symlink():
        detail = "is a link; expected a folder"
        return [*findings, Finding(name="release", ok=False, detail=detail)]
    if not os.path.lexists(files.release):
        detail = "nothing is released yet"
        return [*findings, Finding(name="release", ok=True, detail=detail)]
    return [
        *findings,
        *check_release(files.release),
        *_check_against_ledger(files.release, entries),
        *_check_words(files),
    ]


def read_statement(release_dir: str | os.PathLike[str]) -> str | None:
    """Return the statement of a release, or None if there is no claim.

    Args:
      release_dir: the published folder.
    """
    claim, _ = _read_claim(pathlib.Path(release_dir))
    return None if claim is None else str(claim.get("statement"))


def _read_claim(
    release_dir: pathlib.Path,
) -> tuple[dict[str, Any] | None, Finding]:
    path = release_dir / claims.FILE_NAME
    try:
        content = plain_files.read(
            path, largest=_LARGEST_CLAIM, follow_links=False
        )
        claim = untrusted_json.parse(content, untrusted_json.OBJECT)
    except OSError as error:
        detail = f"{path}: {error.strerror}"
        return None, Finding(name="claim", ok=False, detail=detail)
    except untrusted_json.JsonError as error:
        return None, Finding(name="claim", ok=False, detail=f"{path}: {error}")
    digest = hashlib.sha256(content).hexdigest()
    detail = f"{path}, SHA-256 {digest}"
    return claim, Finding(name="claim", ok=True, detail=detail)


def _check_format(found: Any) -> Finding:
    expected = claim_text.FIXED["format"]
    if found == expected:
        return Finding(name="format", ok=True, detail=f"{expected}")
    about = "check it with the version of this program that wrote it"
    if type(found) is str:
        about = _OLDER.get(found, about)
    detail = f"{untrusted_json.shown(found)}; expected {expected}: {about}"
    return Finding(name="format", ok=False, detail=detail)


def _make_again(
    claim: Mapping[str, Any],
) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Make the claim again from its facts and compare."""
    try:
        expected = claims.assemble(claims.facts_of_claim(claim))
    except (errors.PrivacyError, TypeError, ArithmeticError) as error:
        return None, [Finding(name="numbers", ok=False, detail=str(error))]
    return expected, _check_numbers(claim, expected)


def _check_numbers(
    claim: Mapping[str, Any], expected: Mapping[str, Any]
) -> list[Finding]:
    findings = [
        _compare(name, claim.get(name), expected[name])
        for name in ("claim", "epsilon", "epsilon_by_accountant", "statement")
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
        *findings,
        Finding(name="other fields", ok=not different, detail=detail),
    ]


def _compare(name: str, claimed: Any, expected: Any) -> Finding:
    if _equal(claimed, expected):
        # The statement itself is shown only if all checks hold.
        detail = "as recomputed" if name == "statement" else f"{expected}"
        return Finding(name=name, ok=True, detail=detail)
    found = untrusted_json.shown(claimed)
    detail = f"claimed {found}, recomputed {expected}"
    return Finding(name=name, ok=False, detail=detail)


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


def _check_files(
    listed: Any, found: Mapping[str, release_files.Found]
) -> list[Finding]:
    if type(listed) is not dict:
        detail = "the claim lists no files"
        return [Finding(name="files", ok=False, detail=detail)]
    names = sorted(set(listed) | set(found))
    findings = [
        _check_file(name, listed.get(name), found.get(name))
        for name in names[:_MAX_FILES]
    ]
    if len(names) > _MAX_FILES:
        detail = f"{len(names):,}; expected at most {_MAX_FILES}"
        findings.append(Finding(name="files", ok=False, detail=detail))
    return findings


def _check_file(
    name: str, digest: Any, found: release_files.Found | None
) -> Finding:
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
    return Finding(name=f"file {name}", ok=ok, detail=detail)


def _check_card(
    expected: Mapping[str, Any] | None,
    release_dir: pathlib.Path,
    found: Mapping[str, release_files.Found],
) -> tuple[Finding, records.Form | None]:
    """Check that the card says what the claim's numbers say, and no more.

    Returns:
      The finding, and the form of an example if the card is right.
    """
    if expected is None:
        detail = "nothing to compare with: the claim's numbers are wrong"
        return Finding(name="card", ok=False, detail=detail), None
    try:
        content = plain_files.read(
            release_dir / release_names.CARD,
            largest=card_check.LARGEST,
            follow_links=False,
        )
    except OSError as error:
        detail = str(error.strerror)
        return Finding(name="card", ok=False, detail=detail), None
    problem = card_check.problem_of(content, expected) or _other_kind(
        card_check.files_beside(content), found, expected["files"]
    )
    if problem:
        return Finding(name="card", ok=False, detail=problem), None
    detail = "as made from the claim"
    form = card_check.form(content.decode("utf-8"))
    return Finding(name="card", ok=True, detail=detail), form


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
    found: Mapping[str, release_files.Found],
) -> list[Finding]:
    """Check the samples in the files that have no problem yet."""
    return [
        Finding(
            name=f"samples in {name}",
            ok=not problem,
            detail=problem or "only samples, of the card's shape",
        )
        for name, problem in sample_check.problems(release_dir, form).items()
        if name in found and not found[name].problem
    ]


def _steps(entries: chain.Chain) -> str:
    if entries.num_kept is None:
        return f"{entries.charged_steps} steps charged"
    return claim_text.steps(
        num_charged=entries.charged_steps, num_kept=entries.num_kept
    )


def _check_budget(entries: chain.Chain) -> Finding:
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
        return Finding(name="budget", ok=False, detail=str(error))
    return Finding(
        name="budget",
        ok=spent <= target and most <= target,
        detail=f"epsilon {spent:.6g} of {target} spent by {accountant}, "
        f"{most:.6g} after max_steps",
    )


def _check_config(path: pathlib.Path, recorded: str) -> Finding:
    try:
        content = plain_files.read(path, largest=_LARGEST_CONFIG).rstrip(b"\n")
    except OSError as error:
        detail = f"{path}: {error.strerror}"
        return Finding(name="config", ok=False, detail=detail)
    ok = hashlib.sha256(content).hexdigest() == recorded
    detail = "hash " + ("matches" if ok else "differs from") + " the ledger"
    return Finding(name="config", ok=ok, detail=detail)


def _check_against_ledger(
    release: pathlib.Path, entries: chain.Chain
) -> list[Finding]:
    claim, _ = _read_claim(release)
    if claim is None:
        return []
    try:
        stated = claims.facts_of_claim(claim)
        spent = claims.facts_of_ledger(
            entries, files=stated.files, about=stated.about
        )
    except (errors.PrivacyError, TypeError, ArithmeticError) as error:
        return [Finding(name="claim and ledger", ok=False, detail=str(error))]
    different = [
        field.name
        for field in dataclasses.fields(claims.Facts)
        if getattr(stated, field.name) != getattr(spent, field.name)
    ]
    detail = f"head {entries.head[:12]}"
    if different:
        detail = f"{', '.join(different)} differ from the ledger's"
    return [Finding(name="claim and ledger", ok=not different, detail=detail)]


def _check_words(files: run_files.RunFiles) -> list[Finding]:
    """Check that the claim has the configuration's title and purpose.

    A claim or a configuration that cannot be read has a finding of its own.
    """
    claim, _ = _read_claim(files.release)
    try:
        content = plain_files.read(files.config, largest=_LARGEST_CONFIG)
        config = untrusted_json.parse(content, untrusted_json.OBJECT)
        said = claims.facts_of_claim(claim or {}).about
    except (OSError, ValueError, errors.PrivacyError, TypeError):
        return []
    problem = abouts.difference(said, config)
    detail = problem or "as in the configuration"
    return [Finding(name="claim's words", ok=not problem, detail=detail)]
