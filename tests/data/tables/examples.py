"""Schemas that tests share."""

import json

COLUMNS = (
    {
        "name": "sex",
        "type": "category",
        "values": ["F", "M", "X"],
        "other": "X",
        "missing": True,
    },
    {"name": "age", "type": "integer", "least": 0, "most": 110, "points": [0]},
    {
        "name": "creatinine",
        "type": "number",
        "edges": [0, 0.5, 1, 2, 20],
        "decimals": 1,
        "missing": True,
    },
    {"name": "died", "type": "boolean", "words": ["no", "yes"]},
    {
        "name": "admitted",
        "type": "date",
        "least": "2019-01-15",
        "most": "2019-12-31",
        "resolution": "month",
    },
    {
        "name": "seen",
        "type": "datetime",
        "least": "2019-01-01T00:00:00",
        "most": "2019-01-01T23:59:59",
        "resolution": "hour",
    },
    {"name": "icd", "type": "codes", "codes": ["I10", "J44"]},
)
"""A column of each type."""


def text(*columns, **more):
    """Return the text of a schema of columns."""
    return json.dumps({"format": 1, "columns": list(columns)} | more)


def everything():
    """Return the text of a schema with a column of each type, and a unit."""
    return text(*COLUMNS, unit={"column": "patient", "most_rows": 4})
