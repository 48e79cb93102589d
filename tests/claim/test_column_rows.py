"""The card's section about columns says what was declared, and no more."""

import dataclasses
import re

from dpgan_tf.claim import column_rows
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from tests import tiny_table


def _rows(schema):
    table = column_rows.section(schema).split("may be missing |\n| ")[1]
    return [
        tuple(re.split(r"(?<!\\) ?\| ?", line)[1:-1])
        for line in table.split("\n")[1:]
        if line.startswith("|")
    ]


def test_each_column_has_a_row():
    assert _rows(tiny_table.SCHEMA) == [
        ("größe, a/b.c", "category", "one of 3", "yes"),
        ("died", "boolean", "one of 2", "no"),
        ("ICU", "boolean", "one of 2", "yes"),
        ("age", "integer", "0 to 110, in 4 cells", "no"),
        ("num", "integer", "-5 to 5, in 2 cells", "yes"),
        ("creatinine", "number", "0.0 to 20.0, in 3 cells", "yes"),
        ("latent", "number", "-2.5 to 4.0, in 3 cells", "no"),
        ("admitted", "date", "2019-01-01 to 2020-12-31, in 2 cells", "no"),
        ("born", "date", "1900-01-01 to 2000-02-29, in 2 cells", "yes"),
        (
            "seen",
            "datetime",
            "2019-01-01T00:00:00 to 2020-12-31T23:59:59, in 2 cells",
            "no",
        ),
        ("icd", "codes", "any of 3 codes", "no"),
    ]


def test_it_says_that_all_of_it_is_public():
    section = column_rows.section(tiny_table.SCHEMA)
    assert "was declared by the curator and is public" in section
    assert "`NAME is missing`" in section


def test_marks_in_names_mean_nothing():
    assert column_rows.escaped("a|b_c`*\\") == r"a\|b\_c\`\*\\"
    assert column_rows.escaped("[x](y)<b>") == r"\[x\](y)\<b\>"
    assert column_rows.escaped("a\nb") == r"a\\nb"
    assert len(column_rows.escaped("x" * 200)) < 70


def test_the_first_hundred_columns_are_shown():
    several = tuple(columns.Boolean(name=f"b{i}") for i in range(1_234))
    schema = schemas.Schema(columns=several)
    assert len(_rows(schema)) == 100
    assert "And 1,134 more, in `schema.json`." in column_rows.section(schema)
    fewer = dataclasses.replace(schema, columns=several[:100])
    assert "more, in" not in column_rows.section(fewer)
