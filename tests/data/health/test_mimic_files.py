"""Where MIMIC's files are, and how rows that are left out are counted."""

import pathlib

import pytest

from dpgan_tf import errors
from dpgan_tf.data.health import mimic_files


def test_files_are_found_in_any_case_and_in_the_folder_hosp(tmp_path):
    inner = tmp_path / "HOSP"
    inner.mkdir()
    (tmp_path / "Patients.CSV.gz").touch()
    (inner / "admissions.csv").touch()
    found = mimic_files.find(tmp_path, "ADMISSIONS", "PATIENTS")
    assert [path.name for path in found] == [
        "admissions.csv",
        "Patients.CSV.gz",
    ]


@pytest.mark.parametrize(
    "files, message",
    [
        (["patients.csv.zip"], "PATIENTS.csv .or .csv.gz. is missing"),
        (["patients.csv", "patients.csv.gz"], "there 2 times"),
        (["patients.csv", "hosp/patients.csv"], "there 2 times"),
    ],
)
def test_a_file_that_is_not_there_once_is_named(tmp_path, files, message):
    (tmp_path / "hosp").mkdir()
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(errors.DatasetError, match=message):
        mimic_files.find(tmp_path, "PATIENTS")


@pytest.mark.parametrize(
    "name, message", [("no", "no such folder"), ("file", "is a file")]
)
def test_a_place_that_is_no_folder_is_named(tmp_path, name, message):
    (tmp_path / "file").touch()
    with pytest.raises(errors.DatasetError, match=f"{message}.*with A.csv"):
        mimic_files.find(tmp_path / name, "A")


def test_problems_are_counted_with_their_first_lines():
    problems = mimic_files.Problems()
    path, other = pathlib.Path("a.csv"), pathlib.Path("b.csv")
    assert problems.mainly(path) == " (no rows)"
    for line in range(2, 7):
        problems.add(path, "odd", line=line)
    problems.add(path, "rare", line=9)
    for _ in range(10):
        problems.add(other, "odd", line=3)
    assert problems.by_reason() == {
        "a.csv: odd": mimic_files.Problem(num_rows=5, lines=(2, 3, 4)),
        "a.csv: rare": mimic_files.Problem(num_rows=1, lines=(9,)),
        "b.csv: odd": mimic_files.Problem(num_rows=10, lines=(3, 3, 3)),
    }
    assert problems.mainly(path) == " (odd: 5 rows, first in line 2)"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("10", 10),
        (" 10.0 ", 10),
        ('="7"', 7),
        ("10.5", None),
        ("", None),
        ("-1", None),
        ("1e3", None),
        ("1" * 19, None),
    ],
)
def test_an_identifier_is_a_whole_number(text, expected):
    assert mimic_files.as_id(text) == expected
