"""A simulated cohort has the law that it says it has."""

import csv
import json

import numpy as np
import pytest

from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import mimic
from dpgan_tf.data.health import simulated_ehr


@pytest.fixture(scope="module")
def cohort():
    return simulated_ehr.draw(seed=3, num_patients=20_000)


def test_a_cohort_has_the_frequencies_and_correlations_it_says(cohort):
    p = cohort.probabilities()
    found = cohort.has.mean(axis=0)
    deviation = np.sqrt(p * (1 - p) / len(cohort.has))
    assert (np.abs(found - p) < 5.5 * deviation + 1e-9).all()
    expected = cohort.correlations()
    errors_of_mean = []
    for columns in cohort.groups:
        measured = np.corrcoef(cohort.has[:, columns].T.astype(float))
        planted = expected[np.ix_(columns, columns)]
        # A group has some hundred patients: its own sampling error is large.
        np.testing.assert_allclose(measured, planted, atol=0.1)
        apart = ~np.eye(len(columns), dtype=bool)
        assert planted[apart].min() > 0.05
        errors_of_mean.append((measured - planted)[apart].mean())
    assert abs(np.mean(errors_of_mean)) < 0.005
    others = np.setdiff1d(np.argsort(p)[-250:], np.concatenate(cohort.groups))
    outside = np.corrcoef(cohort.has[:, others].T.astype(float))
    np.fill_diagonal(outside, 0)
    assert np.abs(outside).max() < 0.06


def test_a_cohort_is_sparse_and_falls_by_a_power_law(cohort):
    p = np.sort(cohort.probabilities())[::-1]
    assert 8 < cohort.has.sum(axis=1).mean() < 14
    assert p[0] < 0.4 and (p > 0.01).sum() > 150
    slope = np.polyfit(np.log(np.arange(50, 1000)), np.log(p[50:1000]), 1)[0]
    assert -1.2 < slope < -0.8


def test_a_seed_gives_one_cohort():
    one, same, other = (
        simulated_ehr.draw(seed=seed, num_patients=50).has for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_the_files_of_a_cohort_say_what_it_is(tmp_path):
    made = simulated_ehr.write(tmp_path, seed=0, num_patients=300)
    found = mimic.read(tmp_path, codes=made.codes)
    np.testing.assert_array_equal(found.counts > 0, made.has)
    assert found.counts.max() >= 2
    assert found.problems == {} == found.unknown_codes
    assert 300 < found.num_admissions < 450
    planted = json.loads((tmp_path / "planted.json").read_text())
    assert "SIMULATED" in planted["what"]
    assert len(planted["groups"]) == len(made.groups)


def test_the_law_of_two_codes_in_a_group_is_worked_by_hand():
    """Groups of half of all patients: 1/2 * .8 + 1/2 * .2, and so on."""
    cohort = simulated_ehr.Cohort(
        codes=("001", "002", "003"),
        has=np.zeros([0, 3], bool),
        groups=[np.array([0, 1])],
        shares=np.array([0.5]),
        inside=np.array([0.8, 0.6, 0.3]),
        outside=np.array([0.2, 0.4, 0.3]),
    )
    np.testing.assert_allclose(cohort.probabilities(), [0.5, 0.5, 0.3])
    # E[xy] - E[x] E[y] = (.48 + .08) / 2 - .25 = .03, over a variance of .25.
    expected = [[1, 0.12, 0], [0.12, 1, 0], [0, 0, 1]]
    np.testing.assert_allclose(cohort.correlations(), expected, atol=1e-15)


def test_every_probability_of_a_cohort_is_one(cohort):
    assert cohort.codes == icd9.shipped_codes()
    for chances in (cohort.inside, cohort.outside, cohort.shares):
        assert chances.min() > 0 and chances.max() < 1
    together = np.concatenate(cohort.groups)
    assert len(np.unique(together)) == len(together)


def test_the_files_of_a_seed_are_the_same_again(tmp_path):
    for name, seed in (("one", 4), ("same", 4), ("other", 5)):
        simulated_ehr.write(tmp_path / name, seed=seed, num_patients=20)
    for name in ("ADMISSIONS.csv", "DIAGNOSES_ICD.csv", "planted.json"):
        one, same, other = (
            (tmp_path / folder / name).read_bytes()
            for folder in ("one", "same", "other")
        )
        assert one == same != other


def test_the_tables_have_the_columns_and_quotes_of_mimic(tmp_path):
    simulated_ehr.write(tmp_path, seed=0, num_patients=5)
    with open(tmp_path / "ADMISSIONS.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows[0]) == 19 and rows[0]["ROW_ID"] == "1"
    assert rows[0]["DIAGNOSIS"] == 'SIMULATED, NO PATIENT, "PLANTED"'
    first, second, *_ = (tmp_path / "DIAGNOSES_ICD.csv").read_text().split("\n")
    assert first == '"ROW_ID","SUBJECT_ID","HADM_ID","SEQ_NUM","ICD9_CODE"'
    assert second.startswith('1,2,100000,1,"')


def test_diagnoses_of_an_admission_are_numbered_from_one(tmp_path):
    simulated_ehr.write(tmp_path, seed=1, num_patients=30)
    numbers = {}
    with open(tmp_path / "DIAGNOSES_ICD.csv", newline="") as file:
        for row in csv.DictReader(file):
            numbers.setdefault(row["HADM_ID"], []).append(int(row["SEQ_NUM"]))
    for found in numbers.values():
        assert found == list(range(1, len(found) + 1))
