"""MIMIC's three files as one row for each patient, in a schema's columns.

Rows of the files that cannot be used are counted by reason. Numbers beyond the
schema's bounds become the bound, and words that it does not have its other one:
what is written fits the schema, which was there before.
"""

import collections
import dataclasses
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from dpgan_tf.data.health import diagnoses
from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import icd10
from dpgan_tf.data.health import mimic_files
from dpgan_tf.data.health import mimic_schemas
from dpgan_tf.data.health import schema_rows
from dpgan_tf.data.health import stays as stays_lib
from dpgan_tf.data.tables import schema as schemas

_READERS = {9: icd9.read, 10: icd10.read}
_LARGEST_AGE = 89
_SECONDS_A_DAY = 86_400


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Patients:
    """The rows, and what could not be used.

    Attributes:
      rows: text of each patient's row, in the order of the schema's columns.
      num_admissions: number of admissions of these patients.
      num_diagnoses: number of diagnoses read.
      problems: rows that were left out, by file and reason.
      changed: values that became a bound or another word, by column.
      unknown_codes: categories that are not in the schema, and how often.
      doubt: warning about the codes; empty if there is none.
    """

    rows: Sequence[Sequence[str]] = dataclasses.field(repr=False)
    num_admissions: int
    num_diagnoses: int
    problems: Mapping[str, mimic_files.Problem]
    changed: Mapping[str, int]
    unknown_codes: Mapping[str, int]
    doubt: str = ""

    def report(self) -> dict[str, Any]:
        """Return what was read, left out and changed, as JSON values."""
        return {
            "num_patients": len(self.rows),
            "num_admissions": self.num_admissions,
            "num_diagnoses": self.num_diagnoses,
            "rows_left_out": mimic_files.as_json(self.problems),
            "values_changed": dict(self.changed),
            "unknown_codes": dict(self.unknown_codes),
        }

    def lines(self) -> list[str]:
        """Return the same for a person to read."""
        changed = [
            f"  outside the schema, {name}: {number:,} values became its bound "
            "or other word"
            for name, number in self.changed.items()
        ]
        return [
            f"{len(self.rows):,} patients, {self.num_admissions:,} "
            f"admissions, {self.num_diagnoses:,} diagnoses",
            *mimic_files.lines(self.problems, self.unknown_codes, self.doubt),
            *changed,
        ]


def read(
    source: str | os.PathLike,
    *,
    schema: schemas.Schema,
    births: stays_lib.Births,
) -> Patients:
    """Read a folder with the three files.

    Args:
      source: folder with PATIENTS.csv, ADMISSIONS.csv and DIAGNOSES_ICD.csv, or
        .csv.gz, or with these in its folder hosp; names and headers in upper or
        lower case.
      schema: schema of a patient, of `mimic_schemas`.
      births: where PATIENTS says when a person was born.

    Returns:
      `Patients`, those that have an admission, by their numbers.

    Raises:
      DatasetError: naming the file or column that is missing; if a file has no
        row that can be used; or if some codes put the others in doubt.
    """
    problems = mimic_files.Problems()
    of_persons, of_stays, of_codes = mimic_files.find(
        pathlib.Path(source),
        stays_lib.PATIENTS,
        stays_lib.ADMISSIONS,
        diagnoses.FILE,
    )
    persons = stays_lib.read_persons(
        of_persons, births=births, problems=problems
    )
    stays = stays_lib.read_stays(of_stays, persons=persons, problems=problems)
    codes = _Codes(of_codes, schema)
    codes.read(
        subjects={number: stay.subject for number, stay in stays.items()},
        problems=problems,
    )
    of_patients: dict[int, list] = collections.defaultdict(list)
    for stay in stays.values():
        of_patients[stay.subject].append(stay)
    fitted = schema_rows.Fitting(schema)
    rows = [
        fitted.row(
            _values(persons[subject], of_patients[subject]) | codes.of(subject)
        )
        for subject in sorted(of_patients)
    ]
    return Patients(
        rows=rows,
        num_admissions=len(stays),
        num_diagnoses=codes.num_read,
        problems=problems.by_reason(),
        changed=fitted.changed,
        unknown_codes=dict(fitted.unknown_codes.most_common()),
        doubt=codes.doubt,
    )


def _values(person, stays) -> dict[str, Any]:
    """Return what is known of a patient without the diagnoses, by column."""
    first = min(stays, key=lambda stay: stay.start)
    seconds = [(stay.end - stay.start).total_seconds() for stay in stays]
    return {
        mimic_schemas.SEX: person.sex,
        mimic_schemas.AGE: _age(person.birth, first.start),
        mimic_schemas.ADMISSION_TYPE: first.type,
        mimic_schemas.INSURANCE: first.insurance,
        mimic_schemas.NUM_ADMISSIONS: len(stays),
        # Some of MIMIC's discharges are before their admissions.
        mimic_schemas.DAYS: sum(max(0, s) for s in seconds) / _SECONDS_A_DAY,
        mimic_schemas.DIED: any(stay.died for stay in stays),
    }


def _age(birth, start) -> int:
    """Return the age in whole years; one over 89 is hidden."""
    had_birthday = (start.month, start.day) >= (birth.month, birth.day)
    years = start.year - birth.year - (not had_birthday)
    return mimic_schemas.OVER_89 if years > _LARGEST_AGE else max(0, years)


class _Codes:
    """The categories of all patients, by the columns of a schema."""

    def __init__(self, path: pathlib.Path, schema: schemas.Schema):
        self._path = path
        self._names = {
            version: name
            for version, name in mimic_schemas.CODES.items()
            if name in schema.names
        }
        self._found: dict[tuple[int, int], list[str]] = collections.defaultdict(
            list
        )
        self._first_characters: collections.Counter[str] = collections.Counter()
        self.num_read = 0

    def read(self, *, subjects, problems) -> None:
        """Read the file."""
        readers = {version: _READERS[version] for version in self._names}
        for found in diagnoses.read(
            self._path, subjects=subjects, readers=readers, problems=problems
        ):
            self._found[found.subject, found.version].append(found.category)
            self._first_characters[found.category[0]] += found.version == 9
            self.num_read += 1

    @property
    def doubt(self) -> str:
        """Warning about the codes; empty if there is none."""
        return diagnoses.doubt_of_zeros(self._path, self._first_characters)

    def of(self, subject: int) -> dict[str, list[str]]:
        """Return a patient's categories, by column."""
        return {
            name: self._found.get((subject, version), [])
            for version, name in self._names.items()
        }
