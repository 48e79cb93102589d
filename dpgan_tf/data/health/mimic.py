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
from collections.abc import Mapping, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import csv_table
from dpgan_tf.data.health import diagnoses
from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import mimic_files

_ADMISSIONS = "ADMISSIONS"
_SUBJECT, _ADMISSION = "SUBJECT_ID", "HADM_ID"


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
    problems: Mapping[str, mimic_files.Problem]
    unknown_codes: Mapping[str, int]
    doubt: str = ""


def read(source: str | os.PathLike, *, codes: Sequence[str]) -> Patients:
    """Read a folder with both files.

    Args:
      source: folder with ADMISSIONS.csv and DIAGNOSES_ICD.csv, or .csv.gz, or
        with these in its folder hosp; names and headers in upper or lower case.
      codes: the columns, a public list.

    Returns:
      `Patients`.

    Raises:
      DatasetError: naming the file or column that is missing; if no admission
        or diagnosis can be used; or if codes of ICD-10, or without their
        leading zeros, put the others in doubt.
    """
    problems = mimic_files.Problems()
    admissions, path = mimic_files.find(
        pathlib.Path(source), _ADMISSIONS, diagnoses.FILE
    )
    subjects = _read_admissions(admissions, problems)
    subject_ids = np.unique(np.fromiter(subjects.values(), np.int64))
    rows = {int(subject): row for row, subject in enumerate(subject_ids)}
    columns = {code: column for column, code in enumerate(codes)}
    counts = np.zeros([len(rows), len(columns)], np.uint8)
    unknown: collections.Counter[str] = collections.Counter()
    first_characters: collections.Counter[str] = collections.Counter()
    num_diagnoses = 0
    for subject, _, category in diagnoses.read(
        path, subjects=subjects, readers={9: icd9.read}, problems=problems
    ):
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
        problems=problems.by_reason(),
        unknown_codes=dict(unknown.most_common()),
        doubt=diagnoses.doubt_of_zeros(path, first_characters),
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
                    mimic_files.as_id(row.fields[place]) for place in places
                )
                problem = _add_admission(subject, admission, subjects)
            if problem:
                problems.add(path, problem, line=row.line)
    if not subjects:
        raise errors.DatasetError(
            f"{path}: has no admission that can be used"
            f"{problems.mainly(path)}; copy it again."
        )
    return subjects


def _add_admission(subject, admission, subjects) -> str:
    """Add an admission, or return why it cannot be used."""
    if subject is None or admission is None:
        return mimic_files.NO_NUMBER
    if admission in subjects:
        return "admission twice"
    subjects[admission] = subject
    return ""


def _refuse_all_diagnoses(path, problems, unknown):
    if unknown:
        why = (
            f"; {sum(unknown.values()):,} are not among the columns, such as "
            f"{unknown.most_common(1)[0][0]}: give other --codes"
        )
    else:
        why = problems.mainly(path)
    raise errors.DatasetError(
        f"{path}: has no diagnosis that can be used{why}."
    )
