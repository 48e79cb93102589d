"""MIMIC's ADMISSIONS.csv and DIAGNOSES_ICD.csv as one row per patient.

A row says which diagnoses a patient had in all admissions (PPGAN section 4.1):
binary, or how often, up to a public limit. Rows of the files that cannot be
used are counted by reason, and their first line numbers are kept: nothing is
dropped silently. If some codes show that others may be wrong, the files are
refused.
"""

import collections
import dataclasses
import os
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import csv_table
from dpgan_tf.data.health import icd9

_ADMISSIONS, _DIAGNOSES = "ADMISSIONS", "DIAGNOSES_ICD"
_SUBJECT, _ADMISSION = "SUBJECT_ID", "HADM_ID"
_CODE, _CODE_OF_ANY_VERSION, _VERSION = "ICD9_CODE", "ICD_CODE", "ICD_VERSION"
_NUM_EXAMPLES = 3
_MANY = 30
"""Among this many numeric codes, most hospitals have one that begins with 0."""
_ID = re.compile(r"(?P<number>\d{1,18})|(?P<float>\d{1,15})\.0*", re.ASCII)
_ANOTHER_VERSION = "of ICD-10, by its version"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """Rows that were left out for one reason.

    Attributes:
      num_rows: number of rows.
      lines: line numbers of the first of them in their file.
    """

    num_rows: int
    lines: tuple[int, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Patients:
    """The content of the two files, and what could not be used.

    Attributes:
      subject_ids: int64 [n], ascending; the patients of ADMISSIONS.
      counts: uint8 [n, d], how often a patient had a code, at most 255.
      num_admissions: number of admissions read.
      num_diagnoses: number of diagnoses that are counted in `counts`.
      num_without_diagnoses: number of patients whose row is empty.
      problems: the problems, by file and reason.
      unknown_codes: categories that are not columns, and how often.
      doubt: warning about the codes; empty if there is none.
    """

    subject_ids: np.ndarray = dataclasses.field(repr=False)
    counts: np.ndarray = dataclasses.field(repr=False)
    num_admissions: int
    num_diagnoses: int
    num_without_diagnoses: int
    problems: Mapping[str, Problem]
    unknown_codes: Mapping[str, int]
    doubt: str = ""


def read(source: str | os.PathLike, *, codes: Sequence[str]) -> Patients:
    """Read a folder with both files.

    Args:
      source: folder with ADMISSIONS.csv and DIAGNOSES_ICD.csv, or .csv.gz;
        names and headers in upper or lower case.
      codes: the columns, a public list.

    Returns:
      `Patients`.

    Raises:
      DatasetError: naming the file or column that is missing; if no admission
        or diagnosis can be used; or if codes of ICD-10, or without their
        leading zeros, put the others in doubt.
    """
    folder = pathlib.Path(source)
    problems: dict[str, list[int]] = collections.defaultdict(list)
    admissions = _find(folder, _ADMISSIONS)
    subjects = _read_admissions(admissions, problems)
    subject_ids = np.unique(np.fromiter(subjects.values(), np.int64))
    rows = {int(subject): row for row, subject in enumerate(subject_ids)}
    columns = {code: column for column, code in enumerate(codes)}
    counts = np.zeros([len(rows), len(columns)], np.uint8)
    unknown: collections.Counter[str] = collections.Counter()
    first_characters: collections.Counter[str] = collections.Counter()
    num_diagnoses = 0
    path = _find(folder, _DIAGNOSES)
    for subject, category in _read_diagnoses(path, subjects, problems):
        first_characters[category[0]] += 1
        if category not in columns:
            unknown[category] += 1
            continue
        place = rows[subject], columns[category]
        # A byte stays at its largest number and does not wrap to zero.
        counts[place] = min(255, int(counts[place]) + 1)
        num_diagnoses += 1
    if not num_diagnoses:
        _refuse_all_diagnoses(path, problems, unknown)
    return Patients(
        subject_ids=subject_ids,
        counts=counts,
        num_admissions=len(subjects),
        num_diagnoses=num_diagnoses,
        num_without_diagnoses=int((counts.max(axis=1) == 0).sum()),
        problems={
            reason: Problem(
                num_rows=len(lines), lines=tuple(lines[:_NUM_EXAMPLES])
            )
            for reason, lines in sorted(problems.items())
        },
        unknown_codes=dict(unknown.most_common()),
        doubt=_doubt(path, first_characters),
    )


def _doubt(path, first_characters) -> str:
    """Return a warning if there are many codes and none begins with a zero."""
    num = sum(first_characters[digit] for digit in "0123456789")
    if first_characters["0"] or num < _MANY:
        return ""
    return (
        f"{path}: none of {num:,} numeric codes begins with 0; if the column "
        "was ever a number, its leading zeros are lost, and 389 stands for "
        "0389: export it as text."
    )


def _read_admissions(path, problems) -> dict[int, int]:
    """Return the patient of each admission."""
    subjects: dict[int, int] = {}
    with csv_table.opened(path, wanted=(_SUBJECT, _ADMISSION)) as table:
        places = table.require(_SUBJECT), table.require(_ADMISSION)
        for row in table.rows():
            problem = row.problem
            if not problem:
                subject, admission = (
                    _as_id(row.fields[place]) for place in places
                )
                problem = _add_admission(subject, admission, subjects)
            if problem:
                problems[f"{path.name}: {problem}"].append(row.line)
    if not subjects:
        raise errors.DatasetError(
            f"{path}: has no admission that can be used"
            f"{_mainly(path, problems)}; copy it again."
        )
    return subjects


def _add_admission(subject, admission, subjects) -> str:
    """Add an admission, or return why it cannot be used."""
    if subject is None or admission is None:
        return "no number as identifier"
    if admission in subjects:
        return "admission twice"
    subjects[admission] = subject
    return ""


def _read_diagnoses(path, subjects, problems) -> Iterator[tuple[int, str]]:
    """Yield patient and category of each diagnosis that can be used."""
    wanted = _SUBJECT, _ADMISSION, _CODE, _CODE_OF_ANY_VERSION, _VERSION
    # Codes that put others in doubt: their number, and the first of them.
    doubts: dict[str, list] = {}
    with csv_table.opened(path, wanted=wanted) as table:
        version = table.place(_VERSION)
        names = (_CODE,) if version is None else (_CODE, _CODE_OF_ANY_VERSION)
        places = [
            table.require(_SUBJECT),
            table.require(_ADMISSION),
            table.require(*names),
        ]
        for row in table.rows():
            code, problem = icd9.Code(""), row.problem
            if not problem and version is not None:
                problem = _why_another_version(row.fields[version])
            if not problem:
                subject, admission, text = (row.fields[i] for i in places)
                code = icd9.read(text)
                problem = code.problem or _why_unusable(
                    _as_id(subject), _as_id(admission), subjects
                )
                _note_doubt(doubts, code.problem, row.line, text)
            if problem:
                problems[f"{path.name}: {problem}"].append(row.line)
            else:
                yield subjects[_as_id(admission)], code.category
    if version is not None:
        doubts.pop(icd9.ICD_10, None)
    _refuse_doubts(path, doubts)


def _why_another_version(text) -> str:
    version = _as_id(text)
    if version == 9:
        return ""
    return _ANOTHER_VERSION if version == 10 else "of neither ICD-9 nor ICD-10"


def _why_unusable(subject, admission, subjects) -> str:
    """Return why a diagnosis cannot be used; empty if it can."""
    if subject is None or admission is None:
        return "no number as identifier"
    patient = subjects.get(admission)
    if patient is None:
        return "of an admission that is not in ADMISSIONS"
    if patient != subject:
        return "of another patient than its admission"
    return ""


def _note_doubt(doubts, problem, line, text) -> None:
    if problem in (icd9.ICD_10, icd9.ZEROS_LOST):
        doubts.setdefault(problem, [0, line, text])[0] += 1


def _refuse_doubts(path, doubts) -> None:
    """Refuse a file if some codes show that others may be wrong."""
    remedies = {
        icd9.ZEROS_LOST: "other codes may have lost theirs and mean another "
        "diagnosis: export the column as text",
        icd9.ICD_10: "E and V codes cannot be told from ICD-9's: remove what "
        "is ICD-10, or add the column ICD_VERSION with 9 or 10",
    }
    for problem, remedy in remedies.items():
        if problem in doubts:
            number, line, text = doubts[problem]
            raise errors.DatasetError(
                f"{path}, line {line}: {csv_table.show(text)!r} is {problem}, "
                f"as {number:,} row(s) have; {remedy}."
            )


def _refuse_all_diagnoses(path, problems, unknown):
    if unknown:
        why = (
            f"; {sum(unknown.values()):,} are not among the columns, such as "
            f"{unknown.most_common(1)[0][0]}: give other --codes"
        )
    else:
        why = _mainly(path, problems)
    raise errors.DatasetError(
        f"{path}: has no diagnosis that can be used{why}."
    )


def _mainly(path, problems) -> str:
    """Return the reason why most rows of a file were left out."""
    of_file = {
        reason: lines
        for reason, lines in problems.items()
        if reason.startswith(f"{path.name}: ")
    }
    if not of_file:
        return " (no rows)"
    reason, lines = max(of_file.items(), key=lambda item: len(item[1]))
    return (
        f" ({reason.removeprefix(f'{path.name}: ')}: {len(lines):,} rows, "
        f"first in line {lines[0]})"
    )


def _as_id(text: str) -> int | None:
    """Return an identifier, which a table may have made a float; or None."""
    match = _ID.fullmatch(text.strip(" \t\xa0'\"="))
    return None if match is None else int(match["number"] or match["float"])


def _find(folder: pathlib.Path, name: str) -> pathlib.Path:
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "no such folder"
        raise errors.DatasetError(
            f"--source={folder}: {what}; expected a folder with "
            f"{_ADMISSIONS}.csv and {_DIAGNOSES}.csv."
        )
    wanted = {f"{name}.csv".lower(), f"{name}.csv.gz".lower()}
    found = [
        path
        for path in sorted(folder.iterdir())
        if path.name.lower() in wanted and path.is_file()
    ]
    if len(found) != 1:
        what = "missing" if not found else f"there {len(found)} times"
        inner = folder / "hosp"
        hint = f": did you mean {inner}?" if inner.is_dir() else "."
        raise errors.DatasetError(
            f"{folder}: {name}.csv (or .csv.gz) is {what}; expected one{hint}"
        )
    return found[0]
