"""MIMIC's PATIENTS.csv and ADMISSIONS.csv: persons, and their stays.

MIMIC-III has dates of birth, MIMIC-IV an age in a year. Dates are shifted in
both, all of a patient by the same time.
"""

import datetime
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from dpgan_tf import errors
from dpgan_tf.data import csv_table
from dpgan_tf.data.health import mimic_files

PATIENTS, ADMISSIONS = "PATIENTS", "ADMISSIONS"

_SUBJECT, _SEX = "SUBJECT_ID", "GENDER"
_STAY = (
    *("HADM_ID", "SUBJECT_ID", "ADMITTIME", "DISCHTIME"),
    *("ADMISSION_TYPE", "INSURANCE", "HOSPITAL_EXPIRE_FLAG"),
)


class Births(NamedTuple):
    """Where PATIENTS says when a person was born.

    Attributes:
      columns: names of the columns.
      read: function from their fields to the day; raises ValueError.
    """

    columns: tuple[str, ...]
    read: Callable[..., datetime.date]


class Person(NamedTuple):
    """A row of PATIENTS.

    Attributes:
      sex: F or M; empty if it is neither.
      birth: day of birth, or the first one of its year.
    """

    sex: str
    birth: datetime.date


class Stay(NamedTuple):
    """A row of ADMISSIONS.

    Attributes:
      subject: number of the patient.
      start: time of admission.
      end: time of discharge.
      type: type of admission; empty if it is not known.
      insurance: insurance; empty if it is not known.
      died: whether the patient died in this stay.
    """

    subject: int
    start: datetime.datetime
    end: datetime.datetime
    type: str
    insurance: str
    died: bool


def read_persons(
    path: pathlib.Path, *, births: Births, problems: mimic_files.Problems
) -> dict[int, Person]:
    """Read PATIENTS.

    Args:
      path: the file.
      births: where it says when a person was born.
      problems: what counts the rows that are left out.

    Returns:
      The persons, by their numbers.

    Raises:
      DatasetError: naming the column that is missing, or if no row is usable.
    """

    def person(sex: str, *birth: str) -> Person:
        sex = sex.strip().upper()
        return Person(sex if sex in ("F", "M") else "", births.read(*birth))

    names = _SUBJECT, _SEX, *births.columns
    return _read(path, names=names, make=person, problems=problems)


def read_stays(
    path: pathlib.Path,
    *,
    persons: Mapping[int, Person],
    problems: mimic_files.Problems,
) -> dict[int, Stay]:
    """Read ADMISSIONS.

    Args:
      path: the file.
      persons: the persons whose stays are wanted.
      problems: what counts the rows that are left out.

    Returns:
      The stays, by the admissions' numbers.

    Raises:
      DatasetError: naming the column that is missing, or if no row is usable.
    """

    def stay(*fields: str) -> Stay:
        found = _stay(*fields)
        if found.subject not in persons:
            raise ValueError("of a patient that is not in PATIENTS")
        return found

    return _read(path, names=_STAY, make=stay, problems=problems)


def _read(
    path: pathlib.Path,
    *,
    names: Sequence[str],
    make: Callable[..., Any],
    problems: mimic_files.Problems,
) -> dict[int, Any]:
    """Return what is made of each row, by the number in its first column."""
    found: dict[int, Any] = {}
    with csv_table.opened(path, wanted=names) as table:
        places = [table.require(name) for name in names]
        for row in table.rows():
            try:
                if row.problem:
                    raise ValueError(row.problem)
                number, *fields = (row.fields[place] for place in places)
                found[_new_number(number, found)] = make(*fields)
            except ValueError as error:
                problems.add(path, str(error), line=row.line)
    if not found:
        raise errors.DatasetError(
            f"{path}: has no row that can be used{problems.mainly(path)}; copy "
            "it again."
        )
    return found


def _stay(subject, start, end, kind, insurance, died) -> Stay:
    try:
        times = _time(start), _time(end)
    except ValueError as error:
        raise ValueError(
            "no time of admission or discharge that can be read"
        ) from error
    flag = mimic_files.as_id(died)
    if flag not in (0, 1):
        raise ValueError("no 0 or 1 that says whether the patient died")
    return Stay(
        _number(subject), *times, kind.strip(), insurance.strip(), bool(flag)
    )


def _new_number(text: str, found: dict) -> int:
    number = _number(text)
    if number in found:
        raise ValueError("there twice")
    return number


def _number(text: str) -> int:
    number = mimic_files.as_id(text)
    if number is None:
        raise ValueError(mimic_files.NO_NUMBER)
    return number


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.strip()).replace(tzinfo=None)


def _day_of_birth(text: str) -> datetime.date:
    try:
        return _time(text).date()
    except ValueError as error:
        raise ValueError("no date of birth that can be read") from error


def _year_of_birth(age: str, year: str) -> datetime.date:
    try:
        return datetime.date(_number(year) - _number(age), 1, 1)
    except (ValueError, OverflowError) as error:
        raise ValueError("no age and year that can be read") from error


BY_DATE = Births(("DOB",), _day_of_birth)
"""MIMIC-III's column; a date 300 years ago hides an age over 89."""

BY_YEAR = Births(("ANCHOR_AGE", "ANCHOR_YEAR"), _year_of_birth)
"""MIMIC-IV's columns; an age of 91 hides one over 89."""
