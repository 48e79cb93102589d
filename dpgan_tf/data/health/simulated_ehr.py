"""A simulated cohort in MIMIC-III's own CSV format, without real patients.

MIMIC-III needs credentials; this needs a seed. It has MIMIC-III's number of
patients and about its number of admissions, code frequencies that fall by a
power law, and comorbidity groups: codes that are likelier together, with
correlations that follow exactly from the parameters. It is for trying the
software, and says nothing about medicine.
"""

import csv
import dataclasses
import json
import os
import pathlib

import numpy as np

from dpgan_tf import progress
from dpgan_tf.data.health import icd9

NUM_PATIENTS = 46_520
_ADMISSIONS_COLUMNS = (
    "ROW_ID SUBJECT_ID HADM_ID ADMITTIME DISCHTIME DEATHTIME ADMISSION_TYPE "
    "ADMISSION_LOCATION DISCHARGE_LOCATION INSURANCE LANGUAGE RELIGION "
    "MARITAL_STATUS ETHNICITY EDREGTIME EDOUTTIME DIAGNOSIS "
    "HOSPITAL_EXPIRE_FLAG HAS_CHARTEVENTS_DATA"
).split()
_DIAGNOSES_COLUMNS = "ROW_ID SUBJECT_ID HADM_ID SEQ_NUM ICD9_CODE".split()
_MEAN_CODES = 10.5
_POWER = 1.05
_SHIFT = 8
_LARGEST = 0.4
_NUM_GROUPS = 24
_GROUP_SIZES = (4, 9)
_FIRST_IN_GROUP = 4
_SHARES = (0.8, 1.2)
_EXPLAINED = (0.4, 0.8)
_SUREST = 0.85
_MORE_ADMISSIONS = 0.2112
_REPEATED = 0.3


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Cohort:
    """The patients' codes, and the distribution that they were drawn from.

    Attributes:
      codes: the d codes.
      has: whether a patient has a code, bool [n, d].
      groups: columns of each comorbidity group.
      shares: probability that a patient is in a group, [g].
      inside: probability of a code for patients of its group, [d].
      outside: probability for all others, [d]; equal to `inside` for a code
        without a group.
    """

    codes: tuple[str, ...]
    has: np.ndarray = dataclasses.field(repr=False)
    groups: list[np.ndarray]
    shares: np.ndarray
    inside: np.ndarray
    outside: np.ndarray

    def probabilities(self) -> np.ndarray:
        """Return the true probability of each code: [d]."""
        share = np.zeros(len(self.codes))
        for columns, its_share in zip(self.groups, self.shares, strict=True):
            share[columns] = its_share
        return share * self.inside + (1 - share) * self.outside

    def correlations(self) -> np.ndarray:
        """Return the true correlation of each pair of codes: [d, d]."""
        p = self.probabilities()
        covariances = np.zeros([len(p), len(p)])
        for columns, share in zip(self.groups, self.shares, strict=True):
            lift = (self.inside - self.outside)[columns]
            covariances[np.ix_(columns, columns)] = (
                share * (1 - share) * np.outer(lift, lift)
            )
        variances = p * (1 - p)
        np.fill_diagonal(covariances, variances)
        scale = np.sqrt(np.maximum(variances, 1e-300))
        return covariances / np.outer(scale, scale)


def draw(*, seed: int, num_patients: int = NUM_PATIENTS) -> Cohort:
    """Draw a cohort.

    Args:
      seed: at least 0; the same seed gives the same cohort.
      num_patients: number n of patients.

    Returns:
      `Cohort`.
    """
    rng = np.random.default_rng(seed)
    codes = icd9.shipped_codes()
    order = rng.permutation(len(codes))
    law = (np.arange(len(codes)) + _SHIFT) ** -_POWER
    frequencies = np.empty(len(codes))
    frequencies[order] = np.minimum(_LARGEST, law * _MEAN_CODES / law.sum())
    inside, outside = frequencies.copy(), frequencies.copy()
    groups, shares, start = [], [], _FIRST_IN_GROUP
    for _ in range(_NUM_GROUPS):
        size = int(rng.integers(*_GROUP_SIZES, endpoint=True))
        columns = np.sort(order[start : start + size])
        start += size
        share = frequencies[columns].mean() * rng.uniform(*_SHARES)
        explained = frequencies[columns] * rng.uniform(*_EXPLAINED, size=size)
        inside[columns] = np.minimum(_SUREST, explained / share)
        # A code's overall frequency still follows the power law.
        outside[columns] = (frequencies - share * inside)[columns] / (1 - share)
        groups.append(columns)
        shares.append(share)
    has = rng.random([num_patients, len(codes)]) < outside
    for columns, share in zip(groups, shares, strict=True):
        members = np.flatnonzero(rng.random(num_patients) < share)
        has[np.ix_(members, columns)] = (
            rng.random([len(members), len(columns)]) < inside[columns]
        )
    return Cohort(
        codes=codes,
        has=has,
        groups=groups,
        shares=np.array(shares),
        inside=inside,
        outside=outside,
    )


def write(
    folder: str | os.PathLike, *, seed: int, num_patients: int = NUM_PATIENTS
) -> Cohort:
    """Write a cohort as MIMIC-III's two files, and its distribution.

    Args:
      folder: folder for ADMISSIONS.csv, DIAGNOSES_ICD.csv and planted.json.
      seed: the cohort's seed.
      num_patients: number n of patients.

    Returns:
      The cohort.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    cohort = draw(seed=seed, num_patients=num_patients)
    rng = np.random.default_rng([seed, 1])
    num_admissions = rng.geometric(1 / (1 + _MORE_ADMISSIONS), num_patients)
    first_id = 100_000
    with (
        open(folder / "ADMISSIONS.csv", "w", newline="") as admissions,
        open(folder / "DIAGNOSES_ICD.csv", "w", newline="") as diagnoses,
        progress.bar(
            "simulated cohort", total=num_patients, unit="patient"
        ) as bar,
    ):
        of_admissions = _writer(admissions, _ADMISSIONS_COLUMNS)
        of_diagnoses = _writer(diagnoses, _DIAGNOSES_COLUMNS)
        admission, diagnosis = 0, 0
        for patient in range(num_patients):
            ids = first_id + admission + np.arange(num_admissions[patient])
            for hadm_id in ids:
                admission += 1
                of_admissions(_admission_row(admission, patient, hadm_id, rng))
            for hadm_id, sequence, code in _diagnoses(
                cohort, patient, ids, rng
            ):
                diagnosis += 1
                of_diagnoses([diagnosis, patient + 2, hadm_id, sequence, code])
            bar.update()
    (folder / "planted.json").write_text(_planted(cohort, seed) + "\n")
    return cohort


def _writer(file, columns):
    """Return a function that writes a row, with text in quotes."""
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    return writer.writerow


def _admission_row(row_id, patient, hadm_id, rng):
    year = 2100 + int(rng.integers(0, 100))
    values = dict.fromkeys(_ADMISSIONS_COLUMNS, "")
    values |= {
        "ROW_ID": row_id,
        "SUBJECT_ID": patient + 2,
        "HADM_ID": int(hadm_id),
        "ADMITTIME": f"{year}-01-01 00:00:00",
        "DISCHTIME": f"{year}-01-08 00:00:00",
        "ADMISSION_TYPE": "EMERGENCY",
        "DIAGNOSIS": 'SIMULATED, NO PATIENT, "PLANTED"',
        "HOSPITAL_EXPIRE_FLAG": 0,
        "HAS_CHARTEVENTS_DATA": 0,
    }
    return list(values.values())


def _diagnoses(cohort, patient, ids, rng):
    """Yield admission, sequence number and full code of each diagnosis."""
    sequences = dict.fromkeys(ids.tolist(), 0)
    for column in np.flatnonzero(cohort.has[patient]):
        of = [int(rng.choice(ids))]
        if len(ids) > 1 and rng.random() < _REPEATED:
            of.append(int(rng.choice(ids)))
        for hadm_id in of:
            sequences[hadm_id] += 1
            detail = ("", *"0123456789")[int(rng.integers(0, 11))]
            yield hadm_id, sequences[hadm_id], cohort.codes[column] + detail


def _planted(cohort: Cohort, seed: int) -> str:
    correlations = cohort.correlations()
    return json.dumps(
        {
            "what": "SIMULATED: the law of this cohort; no patient is in it",
            "seed": seed,
            "groups": [
                {
                    "codes": [cohort.codes[column] for column in columns],
                    "share_of_patients": float(share),
                    "correlations": correlations[
                        np.ix_(columns, columns)
                    ].tolist(),
                }
                for columns, share in zip(
                    cohort.groups, cohort.shares, strict=True
                )
            ],
        },
        indent=1,
    )
