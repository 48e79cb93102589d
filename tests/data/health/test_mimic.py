"""MIMIC-III's files: what is counted, and what is reported as left out."""

import gzip

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data.health import mimic
from dpgan_tf.data.health import mimic_files

ADMISSIONS = (
    '"ROW_ID","SUBJECT_ID","HADM_ID","ADMITTIME","DIAGNOSIS"\n'
    '1,10,100,2101-01-01,"FEVER, ""HIGH"""\n'
    "2,11,101,2101-01-02,X\n"
    "3,10,102,2101-01-03,X\n"
    "4,12,103,2101-01-04,X\n"
)
DIAGNOSES = (
    '"ROW_ID","SUBJECT_ID","HADM_ID","SEQ_NUM","ICD9_CODE"\n'
    '1,10,100,1,"4019"\n'
    '2,10,102,1,"4011"\n'
    '3,11,101,1,"V3001"\n'
    '4,11,101,2,"E8788"\n'
)
CODES = ("401", "428", "V30", "E878")


def write(folder, admissions=ADMISSIONS, diagnoses=DIAGNOSES):
    (folder / "ADMISSIONS.csv").write_text(admissions)
    (folder / "DIAGNOSES_ICD.csv").write_text(diagnoses)
    return folder


def with_rows(*rows):
    return DIAGNOSES + "".join(f"{row}\n" for row in rows)


def test_a_patient_has_the_codes_of_all_admissions(tmp_path):
    found = mimic.read(write(tmp_path), codes=CODES)
    np.testing.assert_array_equal(found.subject_ids, [10, 11, 12])
    expected = [[2, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]]
    np.testing.assert_array_equal(found.counts, expected)
    assert found.counts.dtype == np.uint8
    assert found.num_admissions == 4
    assert found.num_diagnoses == 4
    assert found.num_without_diagnoses == 1
    assert found.problems == {} == found.unknown_codes


def test_compressed_files_and_lower_case_are_the_same(tmp_path):
    for name, text in (
        ("admissions.csv.gz", ADMISSIONS),
        ("Diagnoses_icd.CSV.gz", DIAGNOSES),
    ):
        header, _, rows = text.partition("\n")
        with gzip.open(tmp_path / name, "wt") as file:
            file.write(header.lower() + "\n" + rows)
    found = mimic.read(tmp_path, codes=CODES)
    assert found.counts.sum() == 4


@pytest.mark.parametrize(
    "num, is_doubted", [(30, True), (400, True), (9, False)]
)
def test_few_codes_without_a_leading_zero_are_doubted_from_thirty(
    tmp_path, num, is_doubted
):
    rows = [f"{i},10,100,{i},4019" for i in range(num)]
    found = mimic.read(write(tmp_path, diagnoses=with_rows(*rows)), codes=CODES)
    assert ("leading zeros are lost" in found.doubt) == is_doubted


@pytest.mark.parametrize(
    "row, reason",
    [
        ('5,10,100,2,""', "no code"),
        ("5,10,100,2,", "no code"),
        ("5,10,100,2,NULL", "no code"),
        ("5,10,100,2,4O1", "not an ICD-9 code"),
        ('5,1e2,100,2,"4280"', "no number as identifier"),
        ('5,10.5,100,2,"4280"', "no number as identifier"),
        ('5,\u0661\u0660,100,2,"4280"', "no number as identifier"),
        ('5,1\x000,100,2,"4280"', "no number as identifier"),
        ('5,10,999,2,"4280"', "of an admission that is not in ADMISSIONS"),
        ('5,12,100,2,"4280"', "of another patient than its admission"),
        ('5,10,,2,"4280"', "no number as identifier"),
        ('5,x,100,2,"4280"', "no number as identifier"),
        ('5,-10,100,2,"4280"', "no number as identifier"),
        ('5,10,100,2,"42"80"', "bad quotes"),
        ('5,10,100,2,"4280', "bad quotes"),
        ("5,10,100,2", "wrong number of fields"),
        ('5,10,100,2,"4280",7', "wrong number of fields"),
    ],
)
def test_a_row_that_cannot_be_used_is_counted_and_spares_the_next(
    tmp_path, row, reason
):
    diagnoses = with_rows(row, '6,12,103,1,"4280"')
    found = mimic.read(write(tmp_path, diagnoses=diagnoses), codes=CODES)
    (name,) = found.problems
    assert name == f"DIAGNOSES_ICD.csv: {reason}"
    assert found.problems[name] == mimic_files.Problem(num_rows=1, lines=(6,))
    assert found.counts.sum() == 5
    assert found.counts[2, 1] == 1


def test_codes_that_are_not_columns_are_counted(tmp_path):
    diagnoses = with_rows(
        '5,10,100,2,"25000"', '6,11,101,3,"2501"', "7,10,100,3,007"
    )
    found = mimic.read(write(tmp_path, diagnoses=diagnoses), codes=CODES)
    assert found.unknown_codes == {"250": 2, "007": 1}
    assert found.num_diagnoses == 4


def test_the_same_diagnosis_twice_counts_twice_and_at_most_255_times(tmp_path):
    diagnoses = with_rows(*(f'{i},12,103,{i},"4280"' for i in range(300)))
    found = mimic.read(write(tmp_path, diagnoses=diagnoses), codes=CODES)
    assert found.counts[2, 1] == 255


def test_admissions_that_cannot_be_used_are_counted(tmp_path):
    admissions = ADMISSIONS + "5,13,103,,X\n6,,104,,X\n7,14,105,,X\n"
    found = mimic.read(write(tmp_path, admissions), codes=CODES)
    assert found.problems == {
        "ADMISSIONS.csv: admission twice": mimic_files.Problem(
            num_rows=1, lines=(6,)
        ),
        "ADMISSIONS.csv: no number as identifier": mimic_files.Problem(
            num_rows=1, lines=(7,)
        ),
    }
    assert found.subject_ids.tolist() == [10, 11, 12, 14]


@pytest.mark.parametrize(
    "change, message",
    [
        (
            lambda f: (f / "ADMISSIONS.csv").unlink(),
            "ADMISSIONS.csv .* missing",
        ),
        (
            lambda f: (f / "admissions.CSV.gz").write_bytes(b""),
            "there 2 times",
        ),
        (
            lambda f: (f / "DIAGNOSES_ICD.csv").write_text("A,B\n1,2\n"),
            "column SUBJECT_ID is missing; its columns are A, B",
        ),
        (
            lambda f: (f / "DIAGNOSES_ICD.csv").write_text(""),
            "column SUBJECT_ID is missing",
        ),
        (
            lambda f: (f / "ADMISSIONS.csv").write_text("SUBJECT_ID,HADM_ID\n"),
            r"no admission that can be used \(no rows\)",
        ),
        (
            lambda f: (f / "ADMISSIONS.csv").write_text(
                "SUBJECT_ID,HADM_ID\nx,1\n"
            ),
            r"used \(no number as identifier: 1 rows, first in line 2\)",
        ),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path, change, message):
    change(write(tmp_path))
    with pytest.raises(errors.DatasetError, match=message):
        mimic.read(tmp_path, codes=CODES)


def test_an_archive_whose_middle_is_damaged_is_named(tmp_path):
    content = bytearray(gzip.compress(ADMISSIONS.encode() * 50))
    content[20:30] = bytes(10)
    (tmp_path / "ADMISSIONS.csv.gz").write_bytes(content)
    (tmp_path / "DIAGNOSES_ICD.csv").write_text(DIAGNOSES)
    with pytest.raises(errors.DatasetError, match="ADMISSIONS.csv.gz"):
        mimic.read(tmp_path, codes=CODES)


def test_a_damaged_archive_and_a_missing_folder_are_named(tmp_path):
    (tmp_path / "ADMISSIONS.csv.gz").write_bytes(
        gzip.compress(ADMISSIONS.encode())[:-12]
    )
    (tmp_path / "DIAGNOSES_ICD.csv").write_text(DIAGNOSES)
    with pytest.raises(errors.DatasetError, match="ADMISSIONS.csv.gz"):
        mimic.read(tmp_path, codes=CODES)
    with pytest.raises(errors.DatasetError, match="no such folder"):
        mimic.read(tmp_path / "nowhere", codes=CODES)


@pytest.mark.parametrize(
    "rows, message",
    [
        ("", r"\(no rows\)"),
        (
            '1,10,100,1,"4019" \n2,10,102,1,"4011" \n',
            r"\(bad quotes: 2 rows, first in line 2\)",
        ),
        ("1,10,100,1\n", "wrong number of fields: 1 rows, first in line 2"),
        ("\n1,10,100,1,\n", "no code: 1 rows, first in line 3"),
        ("1,10,999,1,4019\n", "not in ADMISSIONS: 1 rows"),
        ("1,10,100,1,25000\n", "1 are not among the columns, such as 250"),
        ("1,10,100,1,abc\n", "not an ICD-9 code: 1 rows"),
    ],
)
def test_a_table_without_one_usable_diagnosis_is_refused(
    tmp_path, rows, message
):
    header = DIAGNOSES.partition("\n")[0]
    write(tmp_path, diagnoses=f"{header}\n{rows}")
    with pytest.raises(errors.DatasetError, match="no diagnosis .*" + message):
        mimic.read(tmp_path, codes=CODES)


@pytest.mark.parametrize(
    "diagnoses",
    [
        DIAGNOSES.replace(',"', ', "'),
        DIAGNOSES.replace('"401', "401.").replace('9"\n', "9\n"),
        DIAGNOSES.replace("\n", "\r\n"),
        DIAGNOSES.replace("\n", "\r"),
        DIAGNOSES.replace(",", ";"),
        DIAGNOSES.replace(",", "\t"),
        DIAGNOSES.replace(",", "|"),
        "sep=;\n" + DIAGNOSES.replace(",", ";"),
        "\n\n" + DIAGNOSES,
        DIAGNOSES.replace("10,", "10.0,").replace("11,", "11.,"),
        DIAGNOSES.replace('"ROW_ID","SUBJECT_ID"', "Row_Id, subject_id "),
        DIAGNOSES.replace('"V3001"', "v30.01").replace('"E8788"', "e878.8 "),
        DIAGNOSES + '9,10,100,1,"a\n",x\n',
    ],
)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32"]
)
def test_every_usual_form_of_a_table_is_read(tmp_path, diagnoses, encoding):
    write(tmp_path, ADMISSIONS.replace("FEVER", "fi\u00e8vre"))
    for name in ("ADMISSIONS.csv", "DIAGNOSES_ICD.csv"):
        text = (tmp_path / name).read_text() if name[0] == "A" else diagnoses
        (tmp_path / name).write_bytes(text.encode(encoding))
    found = mimic.read(tmp_path, codes=CODES)
    expected = [[2, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]]
    np.testing.assert_array_equal(found.counts, expected)


@pytest.mark.parametrize(
    "rows, message",
    [
        (["5,10,100,2,E10.9"], r"line 6: 'E10.9' is an ICD-10 code, as 1 row"),
        (["5,10,100,2,E860", "6,10,100,2,I10"], "line 7: 'I10'"),
        (["5,10,100,2,E1140", "6,10,100,3,E119"], "as 2 row.*ICD_VERSION"),
        (["5,10,100,2,42"], "line 6: '42' .*lost its leading zeros"),
        (["5,10,100,2,25000.0"], "line 6: '25000.0' .*as text"),
    ],
)
def test_codes_that_put_others_in_doubt_are_refused(tmp_path, rows, message):
    write(tmp_path, diagnoses=with_rows(*rows))
    with pytest.raises(errors.DatasetError, match=message):
        mimic.read(tmp_path, codes=CODES)


@pytest.mark.parametrize("name", ["ICD9_CODE", "icd_code"])
def test_the_column_of_versions_tells_which_rows_count(tmp_path, name):
    rows = [
        f"SUBJECT_ID,HADM_ID,{name},icd_version",
        "10,100,4019,9",
        "10,100,E8788,10",
        "10,100,I10,10",
        "10,100,E785,9",
        "11,101,V30,9.0",
        "11,101,V30,11",
    ]
    write(tmp_path, diagnoses="\n".join(rows))
    found = mimic.read(tmp_path, codes=CODES)
    assert found.counts.sum() == found.num_diagnoses == 2
    assert {
        reason.split(": ")[1]: problem.lines
        for reason, problem in found.problems.items()
    } == {
        "of ICD-10, by its version": (3, 4),
        "an ICD-10 code": (5,),
        "of neither ICD-9 nor ICD-10": (7,),
    }


def test_codes_of_any_version_need_the_version(tmp_path):
    write(tmp_path, diagnoses=DIAGNOSES.replace("ICD9_CODE", "ICD_CODE"))
    with pytest.raises(errors.DatasetError, match="ICD9_CODE is missing"):
        mimic.read(tmp_path, codes=CODES)


def test_the_folder_hosp_of_mimic_iv_is_looked_into(tmp_path):
    inner = tmp_path / "hosp"
    inner.mkdir()
    write(inner)
    assert mimic.read(tmp_path, codes=CODES).num_diagnoses == 4
    (tmp_path / "admissions.csv").write_text(ADMISSIONS)
    with pytest.raises(errors.DatasetError, match="there 2 times"):
        mimic.read(tmp_path, codes=CODES)


@pytest.mark.parametrize(
    "first, is_doubted", [("389", True), ("0389", False), ("8.45", False)]
)
def test_many_codes_without_a_leading_zero_are_doubted(
    tmp_path, first, is_doubted
):
    rows = [f"{i},10,100,{i},{'4019' if i else first}" for i in range(1_000)]
    found = mimic.read(write(tmp_path, diagnoses=with_rows(*rows)), codes=CODES)
    assert ("0389" in found.doubt) == is_doubted
