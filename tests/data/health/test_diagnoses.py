"""DIAGNOSES_ICD: codes of both versions, each by its own reader."""

import pytest

from dpgan_tf import errors
from dpgan_tf.data.health import diagnoses
from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import icd10
from dpgan_tf.data.health import mimic_files

_HEADER = "subject_id,hadm_id,seq_num,icd_code,icd_version\n"
_ROWS = (
    "10,100,1,4019,9\n"
    "10,100,2,E1165,10\n"
    "10,100,3,E8788,9\n"
    "11,101,1,V86.01XA,10\n"
    "11,101,2,V3001,9\n"
)
_SUBJECTS = {100: 10, 101: 11}
_BOTH = {9: icd9.read, 10: icd10.read}


def _read(tmp_path, text, readers=_BOTH):
    path = tmp_path / "diagnoses_icd.csv"
    path.write_text(text)
    problems = mimic_files.Problems()
    found = diagnoses.read(
        path, subjects=_SUBJECTS, readers=readers, problems=problems
    )
    return list(found), problems.by_reason()


def test_each_version_has_its_own_categories(tmp_path):
    found, problems = _read(tmp_path, _HEADER + _ROWS)
    assert found == [
        (10, 9, "401"),
        (10, 10, "E11"),
        (10, 9, "E878"),
        (11, 10, "V86"),
        (11, 9, "V30"),
    ]
    assert not problems


@pytest.mark.parametrize("version, left_out", [(9, 2), (10, 3)])
def test_a_version_that_is_not_wanted_is_counted(tmp_path, version, left_out):
    found, problems = _read(
        tmp_path, _HEADER + _ROWS, {version: _BOTH[version]}
    )
    assert {each.version for each in found} == {version}
    (reason,) = problems
    assert reason.endswith(f"of ICD-{19 - version}, by its version")
    assert problems[reason].num_rows == left_out


@pytest.mark.parametrize(
    "row, reason",
    [
        ("10,100,1,4019,10", icd10.NO_CODE),
        ("10,100,1,I10,9", icd9.ICD_10),
        ("10,100,1,,10", "no code"),
        ("10,100,1,I10,11", "of neither ICD-9 nor ICD-10"),
        ("10,100,1,I10,", "of neither ICD-9 nor ICD-10"),
        ("11,100,1,I10,10", "of another patient than its admission"),
        ("10,999,1,I10,10", "of an admission that is not in ADMISSIONS"),
        ("x,100,1,I10,10", mimic_files.NO_NUMBER),
        ("10,,1,I10,10", mimic_files.NO_NUMBER),
        ('10,100,1,"I10,10', "bad quotes"),
        ("10,100,1,I10", "wrong number of fields"),
    ],
)
def test_a_row_that_cannot_be_used_is_counted(tmp_path, row, reason):
    found, problems = _read(tmp_path, f"{_HEADER}{row}\n{_ROWS}")
    assert len(found) == 5
    assert problems == {
        f"diagnoses_icd.csv: {reason}": mimic_files.Problem(
            num_rows=1, lines=(2,)
        )
    }


def test_codes_without_their_zeros_put_the_others_in_doubt(tmp_path):
    with pytest.raises(errors.DatasetError, match="line 2: '42' .*as text"):
        _read(tmp_path, f"{_HEADER}10,100,1,42,9\n{_ROWS}")


@pytest.mark.parametrize(
    "counts, is_doubted",
    [
        ({"4": 29, "V": 40}, False),
        ({"4": 30}, True),
        ({"4": 30, "0": 1}, False),
    ],
)
def test_many_codes_without_a_leading_zero_are_doubted(
    tmp_path, counts, is_doubted
):
    assert bool(diagnoses.doubt_of_zeros(tmp_path, counts)) == is_doubted
