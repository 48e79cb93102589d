"""MIMIC-III's ADMISSIONS.csv and DIAGNOSES_ICD.csv as one row per patient.

A row says which diagnoses a patient had in all admissions (PPGAN section 4.1):
binary, or how often, up to a public limit. Rows of the files that cannot be
used are counted by reason, and their first line numbers are kept: nothing is
dropped silently.
"""

import collections
import csv
import dataclasses
import gzip
import os
import pathlib
import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import icd9

_ADMISSIONS, _DIAGNOSES = "ADMISSIONS", "DIAGNOSES_ICD"
_NUM_EXAMPLES = 3
_MAX_HEADER = 2**20
"""Characters of a file's first line."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """Rows that were left out for one reason.

    Attributes:
      num_rows: how many.
      lines: numbers of the first of them in their file.
    """

    num_rows: int
    lines: tuple[int, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Patients:
    """What the two files say, and what of it could not be used.

    Attributes:
      subject_ids: int64 [n], ascending; a patient of ADMISSIONS each.
      counts: uint8 [n, d], how often a patient had a code, 255 at most.
      num_admissions: admissions read.
      num_diagnoses: diagnoses that are counted in `counts`.
      num_without_diagnoses: patients whose row is empty.
      problems: by file and reason.
      unknown_codes: categories that are not columns, and how often.
    """

    subject_ids: np.ndarray = dataclasses.field(repr=False)
    counts: np.ndarray = dataclasses.field(repr=False)
    num_admissions: int
    num_diagnoses: int
    num_without_diagnoses: int
    problems: Mapping[str, Problem]
    unknown_codes: Mapping[str, int]


def read(source: str | os.PathLike, *, codes: Sequence[str]) -> Patients:
    """Read a folder with both files.

    Args:
      source: has ADMISSIONS.csv and DIAGNOSES_ICD.csv, or .csv.gz; names and
        headers in upper or lower case.
      codes: the columns, a public list.

    Returns:
      `Patients`.

    Raises:
      DatasetError: naming the file or column that is missing, or if no
        admission can be used.
    """
    folder = pathlib.Path(source)
    problems: dict[str, list[int]] = collections.defaultdict(list)
    subjects = _read_admissions(_find(folder, _ADMISSIONS), problems)
    subject_ids = np.unique(np.fromiter(subjects.values(), np.int64))
    rows = {int(subject): row for row, subject in enumerate(subject_ids)}
    columns = {code: column for column, code in enumerate(codes)}
    counts = np.zeros([len(rows), len(columns)], np.uint8)
    unknown: collections.Counter[str] = collections.Counter()
    num_diagnoses = 0
    path = _find(folder, _DIAGNOSES)
    for subject, category in _read_diagnoses(path, subjects, problems):
        if category not in columns:
            unknown[category] += 1
            continue
        place = rows[subject], columns[category]
        # At the largest number a byte stays, and does not go back to zero.
        counts[place] = min(255, int(counts[place]) + 1)
        num_diagnoses += 1
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
    )


def _read_admissions(path, problems) -> dict[int, int]:
    """Return the patient of each admission."""
    subjects: dict[int, int] = {}
    for line, subject, admission in _rows(
        path, ("SUBJECT_ID", "HADM_ID"), problems
    ):
        if _as_id(subject) is None or _as_id(admission) is None:
            problems[f"{path.name}: no number as identifier"].append(line)
        elif int(admission) in subjects:
            problems[f"{path.name}: admission twice"].append(line)
        else:
            subjects[int(admission)] = int(subject)
    if not subjects:
        raise errors.DatasetError(
            f"{path}: has no admission that can be used; copy it again."
        )
    return subjects


def _read_diagnoses(path, subjects, problems) -> Iterator[tuple[int, str]]:
    """Yield patient and category of each diagnosis that can be used."""
    for line, subject, admission, code in _rows(
        path, ("SUBJECT_ID", "HADM_ID", "ICD9_CODE"), problems
    ):
        reason = _why_unusable(subject, admission, code, subjects)
        if reason:
            problems[f"{path.name}: {reason}"].append(line)
        else:
            yield int(subject), icd9.category(code)


def _why_unusable(subject, admission, code, subjects) -> str:
    """Return why a diagnosis cannot be used; empty if it can."""
    if not code.strip():
        return "no code"
    if _as_id(subject) is None or _as_id(admission) is None:
        return "no number as identifier"
    patient = subjects.get(int(admission))
    if patient is None:
        return "of an admission that is not in ADMISSIONS"
    if patient != int(subject):
        return "of another patient than its admission"
    return ""


def _as_id(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def _find(folder: pathlib.Path, name: str) -> pathlib.Path:
    if not folder.is_dir():
        raise errors.DatasetError(
            f"--source={folder}: no such folder; expected one with "
            f"{_ADMISSIONS}.csv and {_DIAGNOSES}.csv."
        )
    wanted = {f"{name}.csv".lower(), f"{name}.csv.gz".lower()}
    found = [p for p in sorted(folder.iterdir()) if p.name.lower() in wanted]
    if len(found) != 1:
        what = "missing" if not found else f"there {len(found)} times"
        raise errors.DatasetError(
            f"{folder}: {name}.csv (or .csv.gz) is {what}; expected one."
        )
    return found[0]


def _rows(path, names, problems) -> Iterator[tuple]:
    """Yield the line number and some fields of every row that can be read."""
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(
            path, "rt", encoding="utf-8", errors="replace", newline=""
        ) as file:
            yield from _fields(path, file, names, problems)
    except (EOFError, OSError, zlib.error) as error:
        raise errors.DatasetError(
            f"{path}: cannot be read ({error}); copy it again."
        ) from error


def _fields(path, file, names, problems) -> Iterator[tuple]:
    try:
        header = next(csv.reader([file.readline(_MAX_HEADER)]), [])
    except csv.Error as error:
        raise errors.DatasetError(
            f"{path}: its first line is no header ({error}); copy it again."
        ) from error
    header = [name.strip().lstrip("\ufeff").upper() for name in header]
    missing = [name for name in names if name not in header]
    if missing:
        raise errors.DatasetError(
            f"{path}: column {missing[0]} is missing; its columns are "
            f"{', '.join(header[:8]) or 'none'}."
        )
    places = [header.index(name) for name in names]
    for line, text in enumerate(file, start=2):
        if not text.strip():
            continue
        # A row is a line: after a bad quote the next one is read again.
        try:
            row = next(csv.reader([text], strict=True))
        except csv.Error:
            problems[f"{path.name}: bad quotes"].append(line)
            continue
        if len(row) != len(header):
            problems[f"{path.name}: wrong number of fields"].append(line)
            continue
        yield line, *(row[place] for place in places)
