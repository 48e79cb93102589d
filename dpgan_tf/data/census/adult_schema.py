"""The schema of UCI Adult, from its documentation and public bounds.

Words are those of `adult.names`; numbers have twenty bins as equal as can be,
or one for each number if there are fewer.
"""

from typing import Any

from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text

_WORKCLASSES = """
Private Self-emp-not-inc Self-emp-inc Federal-gov Local-gov State-gov
Without-pay Never-worked
"""
_EDUCATIONS = """
Bachelors Some-college 11th HS-grad Prof-school Assoc-acdm Assoc-voc 9th 7th-8th
12th Masters 1st-4th 10th Doctorate 5th-6th Preschool
"""
_MARITAL_STATUSES = """
Married-civ-spouse Divorced Never-married Separated Widowed
Married-spouse-absent Married-AF-spouse
"""
_OCCUPATIONS = """
Tech-support Craft-repair Other-service Sales Exec-managerial Prof-specialty
Handlers-cleaners Machine-op-inspct Adm-clerical Farming-fishing
Transport-moving Priv-house-serv Protective-serv Armed-Forces
"""
_RELATIONSHIPS = """
Wife Own-child Husband Not-in-family Other-relative Unmarried
"""
_RACES = "White Asian-Pac-Islander Amer-Indian-Eskimo Other Black"
_COUNTRIES = """
United-States Cambodia England Puerto-Rico Canada Germany
Outlying-US(Guam-USVI-etc) India Japan Greece South China Cuba Iran Honduras
Philippines Italy Poland Jamaica Vietnam Mexico Portugal Ireland France
Dominican-Republic Laos Ecuador Taiwan Haiti Columbia Hungary Guatemala
Nicaragua Scotland Thailand Yugoslavia El-Salvador Trinadad&Tobago Peru Hong
Holand-Netherlands
"""
_INCOMES = "<=50K >50K"


def _words(name: str, words: str, *, missing: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "type": "category",
        "values": words.split(),
        "missing": missing,
    }


def _whole(name: str, least: int, most: int) -> dict[str, Any]:
    return {"name": name, "type": "integer", "least": least, "most": most}


def build() -> schemas.Schema:
    """Return the schema, in the order of UCI's files."""
    columns = [
        _whole("age", 17, 90),
        _words("workclass", _WORKCLASSES, missing=True),
        _whole("fnlwgt", 0, 1_500_000),
        _words("education", _EDUCATIONS),
        _whole("education_num", 1, 16),
        _words("marital_status", _MARITAL_STATUSES),
        _words("occupation", _OCCUPATIONS, missing=True),
        _words("relationship", _RELATIONSHIPS),
        _words("race", _RACES),
        _words("sex", "Female Male"),
        _whole("capital_gain", 0, 100_000),
        _whole("capital_loss", 0, 5_000),
        _whole("hours_per_week", 1, 99),
        _words("native_country", _COUNTRIES, missing=True),
        _words("income", _INCOMES),
    ]
    return schema_text.of({"format": schema_text.FORMAT, "columns": columns})
