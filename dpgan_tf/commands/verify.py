"""Check the privacy claim of a run or of a release.

The checks: recompute epsilon from the claim's numbers and, for a run, from its
ledger, whose hash chain is verified; check the SHA-256 of every released file
and that there is no other file; make the model card again and compare every
byte; check that the samples are only pixels, or counts under the names of
their columns. No model is loaded, and no TensorFlow. The exit status is 0 if
all checks hold, 1 if one fails.

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

import json
import pathlib

from absl import flags

from dpgan_tf import errors
from dpgan_tf.claim import check as claim_check

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
    flags.DEFINE_bool(
        "json", False, "Print the result as JSON.", flag_values=flag_values
    )


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
        statement = claim_check.read_statement(folder / "release")
    else:
        findings = claim_check.check_release(folder)
        statement = claim_check.read_statement(folder)
    holds = all(finding.ok for finding in findings)
    show = _show_json if flag_values.json else _show_text
    show(findings, holds=holds, statement=statement if holds else None)
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


def _show_text(
    findings: list[claim_check.Finding], *, holds: bool, statement: str | None
) -> None:
    for finding in findings:
        mark = "ok    " if finding.ok else "FAILED"
        line = f"{finding.name}: {finding.detail}"
        print(f"{mark}  {errors.printable(line)}")
    num_failed = sum(not finding.ok for finding in findings)
    if holds:
        print(f"\nAll {len(findings)} checks hold.")
    else:
        print(f"\n{num_failed} of {len(findings)} checks FAILED.")
    if statement:
        print(f"{errors.printable(statement)}\n{_LIMITS}")


def _show_json(
    findings: list[claim_check.Finding], *, holds: bool, statement: str | None
) -> None:
    report = {
        "ok": holds,
        "statement": statement,
        "limits": _LIMITS,
        "findings": [
            {"name": item.name, "ok": item.ok, "detail": item.detail}
            for item in findings
        ],
    }
    print(json.dumps(report, indent=2))
