"""MIMIC's DIAGNOSES_ICD.csv, row by row.

Rows that cannot be used are counted by reason. If some codes show that others
may be wrong, the file is refused.
"""

import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dpgan_tf import errors
from dpgan_tf.data import csv_table
from dpgan_tf.data.health import code_text
from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import mimic_files

FILE = "DIAGNOSES_ICD"

_SUBJECT, _ADMISSION = "SUBJECT_ID", "HADM_ID"
_CODE, _CODE_OF_ANY_VERSION, _VERSION = "ICD9_CODE", "ICD_CODE", "ICD_VERSION"
_MANY = 30
"""Among this many numeric codes, most hospitals have one that begins with 0."""

_BY_VERSION = {9: "of ICD-9, by its version", 10: "of ICD-10, by its version"}
_TEXT = (
    "other codes may have lost theirs and mean another diagnosis: export the "
    "column as text"
)
_VERSIONS = (
    "E and V codes cannot be told from ICD-9's: remove what is ICD-10, or add "
    "the column ICD_VERSION with 9 or 10"
)


class Diagnosis(NamedTuple):
    """A diagnosis that can be used.

    Attributes:
      subject: number of the patient.
      version: version of the ICD, 9 or 10.
      category: the code's category.
    """

    subject: int
    version: int
    category: str


def read(
    path: pathlib.Path,
    *,
    subjects: Mapping[int, int],
    readers: Mapping[int, Callable[[str], code_text.Code]],
    problems: mimic_files.Problems,
) -> Iterator[Diagnosis]:
    """Yield the diagnoses that can be used.

    Args:
      path: the file.
      subjects: patient of each admission, by the admission's number.
      readers: reader of codes for each version that is wanted.
      problems: what counts the rows that are left out.

    Raises:
      DatasetError: naming the column that is missing, or the line of a code
        that puts others in doubt.
    """
    wanted = _SUBJECT, _ADMISSION, _CODE, _CODE_OF_ANY_VERSION, _VERSION
    with csv_table.opened(path, wanted=wanted) as table:
        columns = _Columns(table, subjects=subjects, readers=readers)
        doubts = _Doubts(path, are_versions_known=columns.version is not None)
        for row in table.rows():
            found = row.problem or columns.read(row.fields)
            if isinstance(found, Diagnosis):
                yield found
                continue
            problems.add(path, found, line=row.line)
            if not row.problem:
                doubts.note(found, line=row.line, text=row.fields[columns.code])
    doubts.refuse()


def doubt_of_zeros(
    path: pathlib.Path, first_characters: Mapping[str, int]
) -> str:
    """Return a warning if there are many codes and none begins with a zero.

    Args:
      path: the file.
      first_characters: how many codes of ICD-9 begin with each character.
    """
    num = sum(first_characters.get(digit, 0) for digit in "0123456789")
    if first_characters.get("0") or num < _MANY:
        return ""
    return (
        f"{path}: none of {num:,} numeric codes begins with 0; if the column "
        "was ever a number, its leading zeros are lost, and 389 stands for "
        "0389: export it as text."
    )


class _Columns:
    """The places of the file's columns, and what a row has there."""

    def __init__(self, table, *, subjects, readers):
        self._subjects, self._readers = subjects, readers
        self.version = table.place(_VERSION)
        names = (_CODE,)
        if self.version is not None:
            names = (_CODE, _CODE_OF_ANY_VERSION)
        self._subject = table.require(_SUBJECT)
        self._admission = table.require(_ADMISSION)
        self.code = table.require(*names)

    def read(self, fields: Sequence[str]) -> Diagnosis | str:
        """Return a row's diagnosis, or why it has none that can be used."""
        version = 9
        if self.version is not None:
            version = mimic_files.as_id(fields[self.version])
        if version not in self._readers:
            return _BY_VERSION.get(version, "of neither ICD-9 nor ICD-10")
        code = self._readers[version](fields[self.code])
        subject = mimic_files.as_id(fields[self._subject])
        admission = mimic_files.as_id(fields[self._admission])
        problem = code.problem or self._why_unusable(subject, admission)
        return problem or Diagnosis(subject, version, code.category)

    def _why_unusable(self, subject, admission) -> str:
        """Return why a diagnosis cannot be used; empty if it can."""
        if subject is None or admission is None:
            return mimic_files.NO_NUMBER
        patient = self._subjects.get(admission)
        if patient is None:
            return "of an admission that is not in ADMISSIONS"
        if patient != subject:
            return "of another patient than its admission"
        return ""


class _Doubts:
    """Codes that put others in doubt: their number, and the first of them."""

    def __init__(self, path: pathlib.Path, *, are_versions_known: bool):
        self._path = path
        self._remedies = {icd9.ZEROS_LOST: _TEXT}
        if not are_versions_known:
            self._remedies[icd9.ICD_10] = _VERSIONS
        self._found: dict[str, list] = {}

    def note(self, problem: str, *, line: int, text: str) -> None:
        """Remember a code if its problem is one of others, too."""
        if problem in self._remedies:
            self._found.setdefault(problem, [0, line, text])[0] += 1

    def refuse(self) -> None:
        """Refuse a file if some codes show that others may be wrong."""
        for problem, remedy in self._remedies.items():
            if problem in self._found:
                number, line, text = self._found[problem]
                raise errors.DatasetError(
                    f"{self._path}, line {line}: {csv_table.show(text)!r} is "
                    f"{problem}, as {number:,} row(s) have; {remedy}."
                )
