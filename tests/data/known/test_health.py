"""Prepared tables of patients: simulated, written, read again."""

import dataclasses
import json
from collections import Counter

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import sources
from dpgan_tf.data import split
from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import mimic
from dpgan_tf.data.health import simulated_ehr
from dpgan_tf.data.health import table_files
from dpgan_tf.data.known import health


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "mimic-iii"
    simulated_ehr.write(folder, seed=0, num_patients=200)
    return folder


def prepare(tmp_path, source, *arguments):
    return main.main(
        [
            *("prepare-data", "--dataset=mimic3", f"--data_dir={tmp_path}"),
            *(f"--source={source}", *arguments),
        ]
    )


def test_files_are_prepared_and_loaded(tmp_path, source, capsys):
    with open(source / "DIAGNOSES_ICD.csv", "a") as file:
        file.write(
            '1,2,3,4,"4019"\n1,2,100000,5,"9999x"\n1,2,100000,6,"0001"\n'
        )
    assert prepare(tmp_path, source, "--largest_count=3") == 0
    printed = capsys.readouterr().out
    assert "200 patients" in printed
    assert "not in ADMISSIONS: 1 rows, first in line" in printed
    assert "1 diagnoses of 1 categories, most often 000" in printed
    table = sources.load("mimic3", data_dir=tmp_path)
    assert isinstance(table, datasets.TableDataset)
    assert table.columns == icd9.shipped_codes()
    num_train, num_columns = table.train_rows.shape
    assert 140 < num_train < 180
    assert table.test_rows.shape == (200 - num_train, num_columns)
    assert num_columns == len(table.columns)
    assert table.largest == 3
    assert table.train_rows.max() <= 3
    report = json.loads((tmp_path / "mimic3" / "report.json").read_text())
    assert "not learnt from the patients" in report["columns"]
    assert report["unknown_codes"] == {"000": 1}
    again = sources.load(str(tmp_path / "mimic3"), data_dir="elsewhere")
    np.testing.assert_array_equal(again.train_rows, table.train_rows)


def test_columns_come_from_a_public_file(tmp_path, source):
    (tmp_path / "codes.txt").write_text("401, 428\n")
    codes = f"--codes={tmp_path / 'codes.txt'}"
    assert prepare(tmp_path, source, codes) == 0
    table = sources.load("mimic3", data_dir=tmp_path)
    assert table.columns == ("401", "428")
    assert set(np.unique(table.train_rows)) <= {0, 1}


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--dataset=mimic3"], "give --source=DIR"),
        (["--dataset=mimic3", "--source=nowhere"], "nowhere"),
        (["--dataset=mnist", "--source=x"], "--source: has no effect"),
        (["--dataset=mimic3", "--largest_count=0"], "largest_count"),
    ],
)
def test_bad_flags_are_named(arguments, message, tmp_path, capsys):
    place = f"--data_dir={tmp_path}"
    assert main.main(["prepare-data", *arguments, place]) == 2
    assert message in capsys.readouterr().err


def test_a_table_that_is_not_prepared_says_how(tmp_path):
    for name in (health.MIMIC, health.SIMULATED):
        with pytest.raises(errors.DatasetError, match="prepare-data"):
            sources.load(name, data_dir=tmp_path)


def _patients(numbers):
    numbers = np.array(numbers)
    return mimic.Patients(
        subject_ids=numbers,
        counts=(numbers[:, None] % 200).astype(np.uint8),
        num_admissions=0,
        num_diagnoses=0,
        num_without_diagnoses=0,
        problems={},
        unknown_codes={},
    )


def _split(numbers, seed=3):
    table = health.to_dataset(
        _patients(numbers), ["A"], name="t", largest=255, seed=seed
    )
    return set(table.train_rows[:, 0]), set(table.test_rows[:, 0])


def test_a_patient_changes_the_place_of_no_other():
    """Else one patient would move others between the two parts."""
    everybody = list(range(200))
    train, test = _split(everybody)
    assert len(train) + len(test) == 200
    for gone in (0, 57, 199):
        others = [number for number in everybody if number != gone]
        assert _split(others) == (train - {gone}, test - {gone})
    assert _split(everybody, seed=4) != (train, test)


def test_a_patient_alone_cannot_be_split():
    with pytest.raises(errors.DatasetError, match="1 patients are too few"):
        _split([7])


def _table(tmp_path, patients):
    """Prepare a table of patients with few codes, and return it."""
    source = tmp_path / "source"
    source.mkdir(parents=True)
    admissions = ["SUBJECT_ID,HADM_ID"]
    diagnoses = ["SUBJECT_ID,HADM_ID,ICD9_CODE"]
    for patient in patients:
        admissions.append(f"{patient},{patient}")
        for code in np.flatnonzero([patient >> i & 1 for i in range(12)]):
            diagnoses.append(f"{patient},{patient},{code + 10:03}")
    (source / "ADMISSIONS.csv").write_text("\n".join(admissions))
    (source / "DIAGNOSES_ICD.csv").write_text("\n".join(diagnoses))
    codes = tmp_path / "codes.txt"
    codes.write_text("\n".join(f"{i + 10:03}" for i in range(12)))
    health.prepare("mimic3", data_dir=tmp_path, source=source, codes=codes)
    return sources.load("mimic3", data_dir=tmp_path)


def _places(dataset):
    """Return by patient, whose number the row is, in which part it is."""
    public, private, _ = split.split_public_private(
        dataset, public_fraction=0.3, seed=0
    )
    parts = {
        "public": public.examples,
        "private": private.examples,
        "test": dataset.test_rows,
    }
    weights = 1 << np.arange(12)
    return {
        number: part
        for part, rows in parts.items()
        for number in (rows @ weights).tolist()
    }


@pytest.mark.parametrize("patient", [1, 777, 4_000])
def test_a_patient_more_or_less_moves_no_other(tmp_path, patient):
    patients = sorted({*range(5, 3_000, 10), patient})
    others = [number for number in patients if number != patient]
    with_it = _places(_table(tmp_path / "with", patients))
    without = _places(_table(tmp_path / "without", others))
    with_it.pop(patient)
    assert with_it == without
    # What is held out and what is public are two draws, with one seed, too.
    counts = Counter(with_it.values())
    share = counts["public"] / (counts["public"] + counts["private"])
    assert abs(share - 0.3) < 0.13 and counts["test"] > 30


def test_a_table_without_numbers_of_patients_is_split_by_row(tmp_path):
    dataset = dataclasses.replace(
        _table(tmp_path, range(5, 3_000, 10)), train_identities=None
    )
    table_files.write(tmp_path / "own", dataset, report={})
    again = table_files.load(tmp_path / "own")
    assert again.train_identities is None
    assert _places(again)
