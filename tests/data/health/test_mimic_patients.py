"""One row for each patient of MIMIC-III and MIMIC-IV, in a schema's columns."""

import gzip

import pytest

from dpgan_tf import errors
from dpgan_tf.data.health import mimic_files
from dpgan_tf.data.health import mimic_patients
from dpgan_tf.data.health import mimic_schemas
from dpgan_tf.data.health import stays
from tests.data.health import mimic_layouts


def _three(folder):
    return mimic_patients.read(
        folder, schema=mimic_schemas.mimic_3(), births=stays.BY_DATE
    )


def _four(folder):
    return mimic_patients.read(
        folder, schema=mimic_schemas.mimic_4(), births=stays.BY_YEAR
    )


def test_patients_of_mimic_iii_have_one_row_each(tmp_path):
    found = _three(mimic_layouts.write(tmp_path, mimic_layouts.THREE))
    assert found.rows == [
        ["F", "49", "EMERGENCY", "Private", "2", "3.5", "no", "038;401"],
        ["M", "91", "URGENT", "Self Pay", "1", "4.0", "yes", "E878"],
        ["M", "0", "NEWBORN", "Medicaid", "1", "0.0", "no", "V30"],
    ]
    assert (found.num_admissions, found.num_diagnoses) == (4, 5)
    assert found.problems == found.changed == found.unknown_codes == {}
    assert not found.doubt


def test_patients_of_mimic_iv_have_codes_of_both_versions(tmp_path):
    found = _four(mimic_layouts.write(tmp_path / "hosp", mimic_layouts.FOUR))
    assert found.rows == [
        ["F", "50", "EW EMER.", "Private", "2", "3.5", "no", "401", "E11;I10"],
        ["M", "91", "URGENT", "", "1", "4.0", "yes", "", "V86"],
        ["M", "18", "EU OBSERVATION", "Medicaid", "1", "0.0", "no", "V30", ""],
    ]
    assert found.problems == found.changed == found.unknown_codes == {}


def test_compressed_files_in_the_folder_above_are_the_same(tmp_path):
    inner = tmp_path / "hosp"
    plain = _four(mimic_layouts.write(inner, mimic_layouts.FOUR))
    for path in list(inner.iterdir()):
        zipped = gzip.compress(path.read_bytes())
        path.with_name(path.name.upper() + ".gz").write_bytes(zipped)
        path.unlink()
    assert _four(tmp_path).rows == plain.rows


@pytest.mark.parametrize(
    "born, admitted, age",
    [
        ("2051-06-14", "2101-06-14", 50),
        ("2051-06-15", "2101-06-14", 49),
        ("2011-06-15", "2101-06-14", 89),
        ("2011-06-14", "2101-06-14", 91),
        ("1801-06-14", "2101-06-14", 91),
        ("2101-06-15", "2101-06-14", 0),
        ("2096-02-29", "2098-02-28", 1),
    ],
)
def test_an_age_is_in_whole_years_and_hidden_over_89(
    tmp_path, born, admitted, age
):
    files = mimic_layouts.THREE
    patients = files["PATIENTS.csv"].replace("2120-02-01", born)
    admissions = files["ADMISSIONS.csv"].replace("2120-02-01", admitted)
    mimic_layouts.write(
        tmp_path, files, PATIENTS=patients, ADMISSIONS=admissions
    )
    assert _three(tmp_path).rows[2][1] == str(age)


def test_what_the_schema_does_not_have_is_changed_and_counted(tmp_path):
    files = mimic_layouts.FOUR
    mimic_layouts.write(
        tmp_path,
        files,
        ADMISSIONS=files["admissions.csv"]
        .replace("URGENT", "BY SHIP")
        .replace("Medicaid", "Dragons")
        .replace("2103-01-02 06", "2109-01-02 06"),
        DIAGNOSES_ICD=files["diagnoses_icd.csv"] + "12,103,2,I14,10\n",
    )
    found = _four(tmp_path)
    assert [row[2:4] for row in found.rows[1:]] == [
        ["OTHER", ""],
        ["EU OBSERVATION", "Other"],
    ]
    assert found.rows[0][5] == "999.0"
    assert found.changed == {
        "first_admission_type": 1,
        "first_insurance": 1,
        "days_in_hospital": 1,
    }
    assert found.unknown_codes == {"I14": 1}


def test_what_cannot_be_used_is_counted_and_spares_the_rest(tmp_path):
    files = mimic_layouts.FOUR
    mimic_layouts.write(
        tmp_path,
        files,
        PATIENTS=files["patients.csv"].replace("11,M,91", "11,M,"),
        DIAGNOSES_ICD=files["diagnoses_icd.csv"] + "12,103,2,4019,10\n",
    )
    found = _four(tmp_path)
    assert [row[0] for row in found.rows] == ["F", "M"]
    once = [mimic_files.Problem(num_rows=1, lines=(n,)) for n in (3, 4, 5, 7)]
    assert list(found.problems.items()) == [
        ("admissions.csv: of a patient that is not in PATIENTS", once[1]),
        (
            "diagnoses_icd.csv: not an ICD-10 code",
            once[3],
        ),
        (
            "diagnoses_icd.csv: of an admission that is not in ADMISSIONS",
            once[2],
        ),
        ("patients.csv: no age and year that can be read", once[0]),
    ]


@pytest.mark.parametrize(
    "name, message",
    [
        ("patients.csv", "PATIENTS.csv .or .csv.gz. is missing"),
        ("admissions.csv", "ADMISSIONS.csv .or .csv.gz. is missing"),
        ("diagnoses_icd.csv", "DIAGNOSES_ICD.csv .or .csv.gz. is missing"),
    ],
)
def test_a_missing_file_is_named(tmp_path, name, message):
    mimic_layouts.write(tmp_path, mimic_layouts.FOUR)
    (tmp_path / name).unlink()
    with pytest.raises(errors.DatasetError, match=message):
        _four(tmp_path)


def test_a_file_cut_in_half_is_named(tmp_path):
    mimic_layouts.write(tmp_path, mimic_layouts.FOUR)
    path = tmp_path / "admissions.csv"
    zipped = gzip.compress(path.read_bytes() * 9)
    path.with_name("admissions.csv.gz").write_bytes(zipped[: len(zipped) // 2])
    path.unlink()
    with pytest.raises(errors.DatasetError, match="admissions.csv.gz: cannot"):
        _four(tmp_path)


def test_files_of_the_other_database_are_refused(tmp_path):
    mimic_layouts.write(tmp_path / "4", mimic_layouts.FOUR)
    with pytest.raises(errors.DatasetError, match="column DOB is missing"):
        _three(tmp_path / "4")
    mimic_layouts.write(tmp_path / "3", mimic_layouts.THREE)
    with pytest.raises(errors.DatasetError, match="ANCHOR_AGE is missing"):
        _four(tmp_path / "3")


def test_many_codes_without_a_leading_zero_are_doubted(tmp_path):
    files = mimic_layouts.FOUR
    rows = "".join(f"10,100,{i},4019,9\n" for i in range(30))
    mimic_layouts.write(
        tmp_path, files, DIAGNOSES_ICD=files["diagnoses_icd.csv"] + rows
    )
    assert "leading zeros are lost" in _four(tmp_path).doubt
