"""PATIENTS and ADMISSIONS: persons, their stays, and rows left out."""

import datetime

import pytest

from dpgan_tf import errors
from dpgan_tf.data.health import mimic_files
from dpgan_tf.data.health import stays
from tests.data.health import mimic_layouts


def _persons(tmp_path, text, births):
    path = tmp_path / "patients.csv"
    path.write_text(text)
    problems = mimic_files.Problems()
    found = stays.read_persons(path, births=births, problems=problems)
    return found, problems.by_reason()


def _stays(tmp_path, text, persons=range(10, 14)):
    path = tmp_path / "admissions.csv"
    path.write_text(text)
    problems = mimic_files.Problems()
    known = dict.fromkeys(persons)
    found = stays.read_stays(path, persons=known, problems=problems)
    return found, problems.by_reason()


def test_dates_of_birth_are_read(tmp_path):
    text = mimic_layouts.THREE["PATIENTS.csv"]
    found, problems = _persons(tmp_path, text, stays.BY_DATE)
    assert list(found) == [10, 11, 12, 13] and not problems
    assert found[10] == ("F", datetime.date(2051, 6, 15))


def test_an_age_in_a_year_is_a_year_of_birth(tmp_path):
    text = mimic_layouts.FOUR["patients.csv"]
    found, problems = _persons(tmp_path, text, stays.BY_YEAR)
    assert list(found) == [10, 11, 12, 13] and not problems
    assert found[11] == ("M", datetime.date(2009, 1, 1))


@pytest.mark.parametrize(
    "row, reason",
    [
        ("x,F,50,2101,,", mimic_files.NO_NUMBER),
        ("10,F,50,2101,,", "there twice"),
        ("14,F,,2101,,", "no age and year that can be read"),
        ("14,F,old,2101,,", "no age and year that can be read"),
        ("14,F,50,99999999999,,", "no age and year that can be read"),
        ("14,F,50,20,,", "no age and year that can be read"),
        ("14,F,50,2101", "wrong number of fields"),
    ],
)
def test_a_person_that_cannot_be_used_is_counted(tmp_path, row, reason):
    text = mimic_layouts.FOUR["patients.csv"] + row + "\n"
    found, problems = _persons(tmp_path, text, stays.BY_YEAR)
    assert list(found) == [10, 11, 12, 13]
    assert problems == {
        f"patients.csv: {reason}": mimic_files.Problem(num_rows=1, lines=(6,))
    }


def test_a_date_of_birth_that_cannot_be_read_and_an_odd_sex(tmp_path):
    text = mimic_layouts.THREE["PATIENTS.csv"]
    text += '5,14,"F",15.6.2051,,,,0\n6,15," f",2051-06-15,,,,0\n'
    text += "7,16,U,2051-06-15,,,,0\n"
    found, problems = _persons(tmp_path, text, stays.BY_DATE)
    assert [found[number].sex for number in (15, 16)] == ["F", ""]
    (reason,) = problems
    assert reason == "patients.csv: no date of birth that can be read"


@pytest.mark.parametrize("files", [mimic_layouts.THREE, mimic_layouts.FOUR])
def test_stays_are_read(tmp_path, files):
    (text,) = (t for n, t in files.items() if n.upper() == "ADMISSIONS.CSV")
    found, problems = _stays(tmp_path, text)
    assert sorted(found) == [100, 101, 102, 103] and not problems
    assert found[101].died and not found[100].died
    assert found[100].subject == 10
    assert found[102].type == "ELECTIVE"
    assert found[100].insurance == "Private"
    assert (found[100].end - found[100].start).total_seconds() == 2.5 * 86_400


_GOOD = "10,104,2103-01-01,2103-01-02,,URGENT,P,X,Y,Other,,,,,,0"


@pytest.mark.parametrize(
    "old, new, reason",
    [
        ("10,104", "x,104", mimic_files.NO_NUMBER),
        ("10,104", "10,", mimic_files.NO_NUMBER),
        ("10,104", "10,100", "there twice"),
        ("10,104", "99,104", "of a patient that is not in PATIENTS"),
        (
            "2103-01-02",
            "",
            "no time of admission or discharge that can be read",
        ),
        (
            "2103-01-01",
            "1.1.2103",
            "no time of admission or discharge that can be read",
        ),
        (",0", ",", "no 0 or 1 that says whether the patient died"),
        (",0", ",2", "no 0 or 1 that says whether the patient died"),
        (",0", "", "wrong number of fields"),
    ],
)
def test_a_stay_that_cannot_be_used_is_counted(tmp_path, old, new, reason):
    row = new.join(_GOOD.rsplit(old, 1))
    text = mimic_layouts.FOUR["admissions.csv"] + row + "\n"
    found, problems = _stays(tmp_path, text)
    assert len(found) == 4
    assert problems == {
        f"admissions.csv: {reason}": mimic_files.Problem(num_rows=1, lines=(6,))
    }


def test_times_with_a_zone_are_compared_with_those_without(tmp_path):
    row = _GOOD.replace("01-01", "01-01T00:00:00+02:00")
    text = mimic_layouts.FOUR["admissions.csv"] + row + "\n"
    found, _ = _stays(tmp_path, text)
    assert (found[104].end - found[104].start).days == 1


def test_files_without_a_usable_row_or_a_column_are_named(tmp_path):
    header = mimic_layouts.FOUR["admissions.csv"].partition("\n")[0]
    with pytest.raises(errors.DatasetError, match="admissions.csv: has no row"):
        _stays(tmp_path, header + "\n")
    text = mimic_layouts.FOUR["patients.csv"]
    with pytest.raises(errors.DatasetError, match="column DOB is missing"):
        _persons(tmp_path, text, stays.BY_DATE)
