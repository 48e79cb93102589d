"""Public schemas of a patient in MIMIC-III and MIMIC-IV.

What they declare stands in the published descriptions of the two databases and
in the public lists of codes; nothing of it was read from patients. Ages over 89
are hidden in both, and are 91 here.
"""

from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import icd10
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas

OVER_89 = 91
"""Age that stands for all that are hidden."""

SEX, AGE = "sex", "age_at_first_admission"
ADMISSION_TYPE, INSURANCE = "first_admission_type", "first_insurance"
NUM_ADMISSIONS, DAYS = "admissions", "days_in_hospital"
DIED = "died_in_hospital"
CODES = {9: "icd9", 10: "icd10"}
"""Names of the columns of codes, by the version of the ICD."""

_TYPES_3 = ("ELECTIVE", "EMERGENCY", "NEWBORN", "URGENT", "OTHER")
_TYPES_4 = (
    "AMBULATORY OBSERVATION",
    "DIRECT EMER.",
    "DIRECT OBSERVATION",
    "ELECTIVE",
    "EU OBSERVATION",
    "EW EMER.",
    "OBSERVATION ADMIT",
    "SURGICAL SAME DAY ADMISSION",
    "URGENT",
    "OTHER",
)
_INSURANCES_3 = (
    "Government",
    "Medicaid",
    "Medicare",
    "Private",
    "Self Pay",
    "Other",
)
_INSURANCES_4 = ("Medicaid", "Medicare", "No charge", "Private", "Other")
_LUSTRA = (*range(20, 90, 5), 89)


def mimic_3() -> schemas.Schema:
    """Return the schema of a patient of MIMIC-III: newborns, and adults."""
    return _schema(
        ages=(1, 15, *_LUSTRA),
        types=_TYPES_3,
        insurances=_INSURANCES_3,
        codes={9: icd9.shipped_codes()},
    )


def mimic_4() -> schemas.Schema:
    """Return the schema of a patient of MIMIC-IV, with codes of ICD-10, too."""
    return _schema(
        ages=(1, 18, *_LUSTRA),
        types=_TYPES_4,
        insurances=_INSURANCES_4,
        codes={9: icd9.shipped_codes(), 10: icd10.shipped_codes()},
    )


def _schema(*, ages, types, insurances, codes) -> schemas.Schema:
    return schemas.Schema(
        columns=(
            columns.Category(name=SEX, values=("F", "M"), missing=True),
            columns.Integer(name=AGE, edges=ages, points=(0, OVER_89)),
            columns.Category(
                name=ADMISSION_TYPE, values=types, other="OTHER", missing=True
            ),
            columns.Category(
                name=INSURANCE, values=insurances, other="Other", missing=True
            ),
            columns.Integer(
                name=NUM_ADMISSIONS, edges=(1, 2, 3, 4, 5, 6, 8, 11, 21, 51, 99)
            ),
            columns.Number(
                name=DAYS,
                edges=(0, 1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 60, 90, 180, 999),
                decimals=1,
            ),
            columns.Boolean(name=DIED, words=("no", "yes")),
            *(
                columns.Codes(name=CODES[version], codes=of_version)
                for version, of_version in codes.items()
            ),
        )
    )
