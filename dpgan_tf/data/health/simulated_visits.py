"""A hospital's CSV of visits, simulated: no patient is in it.

The file is as hospitals export them: a byte order mark, semicolons, decimal
commas, days as 31.12.2023, gaps as nothing or as NA. Its laws are those of
`visit_laws`. It is for trying the software, and says nothing about medicine.
"""

import csv
import datetime
import io
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from dpgan_tf.data.health import visit_laws

NUM_PATIENTS, NUM_VISITS = 2_100, 3_000
SCHEMA = pathlib.Path(__file__).parent / "simulated_visits.schema.json"
"""Schema as the hospital's data team would write it, from its codebook."""

COLUMNS = (
    *("patient", "age", "sex", "admission_type", "admitted", "days"),
    *visit_laws.MEASUREMENTS,
    *("diagnoses", "died"),
)
WHAT = "SIMULATED: no patient is in it, and it says nothing about medicine"

_FIRST, _NUM_DAYS = datetime.date(2021, 1, 1), 3 * 365
_LEAST_AGE, _LARGEST_AGE = 18, 104
_SHARE_OF_OLD = 0.75
_AGES_OF_OLD = 9.0, 5.0
"""Shape of a beta law from 18 to 104 years."""
_LONGEST = 120
_GAPS = ("", "", "NA", "n/a")


def draw(
    *, seed: int, num_patients: int = NUM_PATIENTS, num_visits: int = NUM_VISITS
) -> dict[str, np.ndarray]:
    """Draw visits, in the order of their days.

    Args:
      seed: at least 0; the same seed gives the same visits.
      num_patients: number of patients; each has at least one visit.
      num_visits: number m of visits.

    Returns:
      Each column's values [m]: those of `COLUMNS` without the diagnoses, and
      0 or 1 for each disease and for "emergency".
    """
    rng = np.random.default_rng(seed)
    patients = _patients(num_patients, rng)
    whose = _whose(patients, num_visits, rng)
    visits = {name: values[whose] for name, values in patients.items()}
    days = np.sort(rng.integers(0, _NUM_DAYS, num_visits))
    for name, law in visit_laws.ACUTE.items():
        visits[name] = visit_laws.happens(law, visits, rng=rng)
    emergency = visit_laws.happens(visit_laws.EMERGENCY, visits, rng=rng)
    transfer = visit_laws.happens(visit_laws.TRANSFER, visits, rng=rng)
    visits["emergency"] = emergency
    visits["admission_type"] = np.select(
        [emergency, transfer], ["emergency", "transfer"], "elective"
    )
    mean = np.exp(visit_laws.total(visit_laws.DAYS, visits))
    visits["days"] = np.minimum(rng.gamma(2, mean / 2), _LONGEST).astype(int)
    for name, measurement in visit_laws.MEASUREMENTS.items():
        visits[name] = visit_laws.measured(measurement, visits, rng=rng)
    died = visit_laws.happens(visit_laws.DIED, visits, rng=rng)
    visits["died"] = died & _is_last(whose)
    visits["patient"], visits["admitted"] = whose, days
    return visits


def content(visits: Mapping[str, np.ndarray], *, seed: int) -> bytes:
    """Return the CSV file of visits, with all that is usual in such files.

    Args:
      visits: result of `draw`.
      seed: seed of the words for gaps.
    """
    rng = np.random.default_rng([seed, 1])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in range(len(visits["age"])):
        values = {name: column[row] for name, column in visits.items()}
        writer.writerow(_row(values, rng))
    return text.getvalue().encode("utf-8-sig")


def described(*, seed: int) -> dict[str, Any]:
    """Return what the file is, and its laws, as JSON values.

    Args:
      seed: the seed of `draw`.
    """
    return {
        "what": WHAT,
        "seed": seed,
        "log_odds_of_chronic_diseases": visit_laws.CHRONIC,
        "log_odds_of_acute_diseases": visit_laws.ACUTE,
        "log_odds_of_an_emergency": visit_laws.EMERGENCY,
        "log_odds_of_a_transfer_otherwise": visit_laws.TRANSFER,
        "logarithm_of_mean_days": visit_laws.DAYS,
        "log_odds_of_death_in_the_last_visit": visit_laws.DIED,
        "means_of_measurements": {
            name: {"is_logarithm": law.is_logarithm, **law.mean}
            for name, law in visit_laws.MEASUREMENTS.items()
        },
    }


def _patients(num: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw what does not change from visit to visit: [n] each."""
    is_old = rng.random(num) < _SHARE_OF_OLD
    span = _LARGEST_AGE - _LEAST_AGE
    old = rng.beta(*_AGES_OF_OLD, num)
    ages = _LEAST_AGE + (span * np.where(is_old, old, rng.random(num) / 2))
    male = rng.random(num) < 0.5
    patients = {
        "age": ages.astype(int),
        "years": ages.astype(int) - 50,
        "sex": np.where(male, "M", "F"),
        "male": male,
        "female": ~male,
    }
    for name, law in visit_laws.CHRONIC.items():
        patients[name] = visit_laws.happens(law, patients, rng=rng)
    return patients


def _whose(patients, num_visits: int, rng: np.random.Generator) -> np.ndarray:
    """Draw whose each visit is: [m]. The ill come more often."""
    num_diseases = np.sum([patients[name] for name in visit_laws.CHRONIC], 0)
    num = len(num_diseases)
    weights = 1.0 + num_diseases
    again = rng.choice(num, num_visits - num, p=weights / weights.sum())
    return rng.permutation(np.concatenate([np.arange(num), again]))


def _is_last(whose: np.ndarray) -> np.ndarray:
    """Return whether a visit is its patient's last one: bool [m]."""
    last = {patient: row for row, patient in enumerate(whose.tolist())}
    return np.array(
        [last[patient] == row for row, patient in enumerate(whose.tolist())]
    )


def _row(values: Mapping[str, Any], rng) -> list[str]:
    """Return the text of a visit."""
    admitted = _FIRST + datetime.timedelta(days=int(values["admitted"]))
    diseases = (*visit_laws.CHRONIC, *visit_laws.ACUTE)
    return [
        f"SIM-{values['patient'] + 1:05}",
        str(values["age"]),
        str(values["sex"]),
        str(values["admission_type"]),
        admitted.strftime("%d.%m.%Y"),
        str(values["days"]),
        *(
            _number(values[name], law.decimals, rng)
            for name, law in visit_laws.MEASUREMENTS.items()
        ),
        ";".join(sorted(name for name in diseases if values[name])),
        "yes" if values["died"] else "no",
    ]


def _number(value: float, decimals: int, rng: np.random.Generator) -> str:
    if np.isnan(value):
        return _GAPS[int(rng.integers(len(_GAPS)))]
    return f"{value:.{decimals}f}".replace(".", ",")
