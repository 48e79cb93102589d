"""Check the privacy claim of a run or of a release.

The checks: recompute epsilon from the claim's numbers and, for a run, from its
ledger, whose hash chain is verified; check the SHA-256 of every released file
and that there is no other file; make the model card again and compare every
byte; check that the samples are only pixels, or counts or values of the schema
under the names of their columns, and that the schema is in its canonical form.
No model is loaded, and no TensorFlow. The exit status is 0 if all checks hold,
1 if one fails.

Nothing is signed: anyone who can write to the folder can write another claim
that passes. Compare the printed SHA-256 of privacy.json with the one that the
publisher gave you in another way. How the generator was trained rests on the
publisher's word, and so do the name and purpose of the data, the day, the
library versions and the hashes of the configuration and the ledger, which only
the run's own folder can prove. What pictures show, what names of columns and
classes say, and the bytes of the generator's graph are not judged.

Examples:
  python -m dpgan_tf verify --run_dir=runs/mnist
  python -m dpgan_tf verify --release_dir=release --json
"""

import pathlib
from collections.abc import Mapping
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import findings as claim_findings
from dpgan_tf.claim import plain_words
from dpgan_tf.commands import results

_LIMITS = (
    "Nothing is signed: anyone who can write to the folder can write another "
    "claim that passes. Compare the SHA-256 of privacy.json with the one that "
    "the publisher gave you in another way."
)


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "run_dir",
        None,
        "Folder of a run, whose ledger, configuration and release are checked.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "release_dir",
        None,
        "Folder of a release, which holds privacy.json.",
        flag_values=flag_values,
    )
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> int:
    """Check, print every finding, and return the exit status.

    Args:
      flag_values: the parsed flags.

    Returns:
      0 if every check holds, 1 if one fails.

    Raises:
      UserError: if there is nothing to check.
    """
    name, folder = _folder(flag_values)
    if name == "run_dir":
        findings = claim_check.check_run(folder)
        release = folder / "release"
    else:
        findings = claim_check.check_release(folder)
        release = folder
    holds = all(finding.ok for finding in findings)
    claim = claim_check.read_claim(release) if holds else None
    results.show(
        flag_values,
        _report(findings, holds=holds, claim=claim),
        _text(findings, holds=holds, claim=claim),
        then=[_sampling(name, folder)] if holds else [],
    )
    return 0 if holds else 1


def _folder(flag_values: flags.FlagValues) -> tuple[str, pathlib.Path]:
    given = {
        name: flag_values[name].value
        for name in ("run_dir", "release_dir")
        if flag_values[name].value
    }
    if len(given) != 1:
        raise errors.UserError(
            "--run_dir, --release_dir: give exactly one of them, for example "
            "--run_dir=runs/mnist."
        )
    [(name, value)] = given.items()
    if not pathlib.Path(value).is_dir():
        raise errors.UserError(
            f"--{name}={value}: no such directory; give one that training "
            "wrote."
        )
    return name, pathlib.Path(value)


def _text(
    findings: list[claim_findings.Finding],
    *,
    holds: bool,
    claim: Mapping[str, Any] | None,
) -> str:
    lines = []
    for finding in findings:
        mark = "ok    " if finding.ok else "FAILED"
        line = f"{finding.name}: {finding.detail}"
        lines.append(f"{mark}  {errors.printable(line)}")
    num_failed = sum(not finding.ok for finding in findings)
    if holds:
        lines.append(f"\nAll {len(findings)} checks hold.")
    else:
        lines.append(f"\n{num_failed} of {len(findings)} checks FAILED.")
    if claim:
        said = [
            claim["statement"],
            *(f"- {words}" for words in plain_words.sentences(claim)),
            f"Noise generator: {claim['noise_generator']}.",
        ]
        lines += [*map(errors.printable, said), _LIMITS]
    return "\n".join(lines)


def _report(
    findings: list[claim_findings.Finding],
    *,
    holds: bool,
    claim: Mapping[str, Any] | None,
) -> dict[str, Any]:
    claim = claim or {}
    return {
        "ok": holds,
        "statement": claim.get("statement"),
        "risk": claim.get("risk"),
        "noise_sampler": claim.get("noise_sampler"),
        "limits": _LIMITS,
        "findings": [
            {"name": item.name, "ok": item.ok, "detail": item.detail}
            for item in findings
        ],
    }


def _sampling(name: str, folder: pathlib.Path) -> results.Next:
    return results.Next(
        ["generate", f"--{name}={folder}", "--num_samples=10000"],
        "as many samples as you like",
    )
