"""The laws of simulated visits, written down so that they can be checked.

Log-odds and the means of measurements are sums: a constant, and for each cause
a number times its value. Causes are 0 or 1, but for "years", the years over 50.
The numbers are made up; only their directions are those of medicine.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np

Law = Mapping[str, float]
"""A number for each cause; "" is the constant."""

CHRONIC: Mapping[str, Law] = {
    "I10": {"": -1.4, "years": 0.06},
    "E11": {"": -2.6, "years": 0.03, "I10": 0.9},
    "E78": {"": -2.4, "years": 0.03, "I10": 0.8, "E11": 0.8},
    "N18": {"": -4.0, "years": 0.05, "I10": 0.9, "E11": 1.0},
    "I25": {"": -3.6, "years": 0.05, "male": 0.8, "I10": 0.6, "E11": 0.6},
    "I48": {"": -3.8, "years": 0.06},
    "I50": {"": -4.2, "years": 0.05, "I25": 0.9, "I48": 0.9, "N18": 0.7},
    "J44": {"": -3.0, "years": 0.03, "male": 0.5},
    "F32": {"": -2.6, "female": 0.6},
    "D64": {"": -3.4, "female": 0.4, "N18": 1.5},
}
"""Log-odds that a patient has a disease; later ones have earlier causes."""

ACUTE: Mapping[str, Law] = {
    "N39": {"": -3.2, "years": 0.01, "female": 1.0, "E11": 0.5},
    "J18": {"": -3.0, "years": 0.02, "J44": 1.0},
    "A41": {"": -4.4, "J18": 1.2, "N39": 1.0},
    "S72": {"": -5.2, "years": 0.06, "female": 0.8},
}
"""Log-odds that a visit has a disease."""

EMERGENCY: Law = {
    "": -0.6,
    "years": 0.01,
    "N39": 0.8,
    "J18": 1.6,
    "A41": 2.0,
    "S72": 2.0,
    "I50": 0.5,
}
TRANSFER: Law = {"": -1.9}
"""Log-odds of a transfer among visits that are no emergencies."""

DAYS: Law = {
    "": 0.9,
    "years": 0.01,
    "emergency": 0.4,
    "J18": 0.5,
    "A41": 0.9,
    "S72": 0.9,
    "I50": 0.3,
}
"""Logarithm of the mean length of stay."""

DIED: Law = {
    "": -4.8,
    "years": 0.05,
    "A41": 1.8,
    "J18": 0.8,
    "I50": 0.7,
    "N18": 0.6,
}
"""Log-odds that a patient dies in the last visit."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measurement:
    """A law of a laboratory value.

    Attributes:
      mean: the value's mean, or the mean of its logarithm.
      spread: standard deviation around it.
      is_logarithm: whether the logarithm has this law.
      missing: log-odds that it was not measured.
      least: least value that the laboratory reports.
      most: largest value that the laboratory reports.
      decimals: decimals that it reports.
    """

    mean: Law
    spread: float
    is_logarithm: bool
    missing: Law
    least: float
    most: float
    decimals: int


MEASUREMENTS: Mapping[str, Measurement] = {
    "glucose": Measurement(
        mean={"": 1.7, "E11": 0.45, "A41": 0.15},
        spread=0.18,
        is_logarithm=True,
        missing={"": -2.4},
        least=2,
        most=35,
        decimals=1,
    ),
    "hba1c": Measurement(
        mean={"": 5.4, "years": 0.005, "E11": 2.0},
        spread=0.6,
        is_logarithm=False,
        missing={"": 1.8, "E11": -3.6},
        least=3.5,
        most=15,
        decimals=1,
    ),
    "creatinine": Measurement(
        mean={"": -0.25, "years": 0.004, "male": 0.2, "N18": 0.75},
        spread=0.2,
        is_logarithm=True,
        missing={"": -1.8, "emergency": -1.2},
        least=0.2,
        most=15,
        decimals=2,
    ),
    "haemoglobin": Measurement(
        mean={"": 13.2, "years": -0.02, "male": 1.4, "D64": -2.8, "N18": -0.9},
        spread=1.1,
        is_logarithm=False,
        missing={"": -1.8, "emergency": -1.2},
        least=3,
        most=20,
        decimals=1,
    ),
    "crp": Measurement(
        mean={"": 1.2, "emergency": 0.5, "N39": 1.4, "J18": 2.4, "A41": 2.8},
        spread=0.9,
        is_logarithm=True,
        missing={"": -0.4, "emergency": -1.4},
        least=0.3,
        most=500,
        decimals=1,
    ),
}


def total(law: Law, causes: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the sum that a law says: float64 [n].

    Args:
      law: the law.
      causes: each cause's value, [n].
    """
    parts = [
        number * causes[name] if name else number
        for name, number in law.items()
    ]
    return np.sum(np.broadcast_arrays(*parts, causes["years"])[:-1], axis=0)


def happens(
    law: Law, causes: Mapping[str, np.ndarray], *, rng: np.random.Generator
) -> np.ndarray:
    """Draw what has the log-odds of a law: bool [n].

    Args:
      law: the law.
      causes: each cause's value, [n].
      rng: source of randomness.
    """
    odds = np.exp(total(law, causes))
    return rng.random(len(odds)) < odds / (1 + odds)


def measured(
    law: Measurement,
    causes: Mapping[str, np.ndarray],
    *,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw a laboratory's values: float64 [n], NaN where there are none.

    Args:
      law: the law.
      causes: each cause's value, [n].
      rng: source of randomness.
    """
    mean = total(law.mean, causes)
    values = mean + law.spread * rng.standard_normal(len(mean))
    if law.is_logarithm:
        values = np.exp(values)
    values = np.clip(values, law.least, law.most).round(law.decimals)
    return np.where(happens(law.missing, causes, rng=rng), np.nan, values)
