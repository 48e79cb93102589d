"""Samples of typed columns are values of their schema and nothing else."""

import numpy as np
import pytest

from dpgan_tf.claim import typed_rows
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import typed_writers
from tests import tiny_table
from tests.release import test_typed_writers as shared

SCHEMA = schemas.Schema(
    columns=(
        columns.Category(name="a,b", values=("x", 'y "z"'), missing=True),
        columns.Integer(name="n", edges=(0, 9)),
    )
)
ROWS = '"a,b",n\nx,0\n"y ""z""",9\n,5\n'


def _problem(rows, schema=SCHEMA, num_rows=3):
    return typed_rows.problem_of(rows.encode(), schema, num_rows=num_rows)


def test_what_this_program_writes_holds(tmp_path):
    path = shared.written(typed_writers.write_csv, tmp_path / "made.csv")
    content = path.read_bytes()
    assert not typed_rows.problem_of(content, tiny_table.SCHEMA, num_rows=300)
    assert not _problem(ROWS)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (ROWS + "x,1\n", "does not have 3 rows"),
        (ROWS[:-1], "is not a table as this program writes it"),
        (ROWS + "\n", "does not have 3 rows"),
        (ROWS.replace("\n", "\r\n"), "is not a table"),
        (ROWS.replace("x,0", '"x",0'), "is not a table"),
        ("\ufeff" + ROWS, "is not a table"),
        (ROWS.replace("a,b", "b,a"), "begins with other names"),
        (ROWS.replace("n\n", "m\n"), "begins with other names"),
        ("", "begins with other names"),
        (ROWS.replace("x,0", "x,0,0"), "row 1 does not have 2 values"),
        (ROWS.replace("x,0", "q,0"), "row 1, column 1: no value of the"),
        (ROWS.replace(",9", ",10"), "row 2, column 2: no value of the"),
        (ROWS.replace(",9", ","), "row 2, column 2: no value of the"),
        (ROWS.replace("x,0", "x\x00,0"), "row 1, column 1"),
    ],
)
def test_other_text_is_found(rows, problem):
    assert _problem(rows).startswith(problem)


def test_bytes_that_are_no_text_are_found():
    found = typed_rows.problem_of(b"\xff", SCHEMA, num_rows=3)
    assert found == "is not a table as this program writes it"


_CODES = columns.Codes(name="a", codes=("x", "y", "z"), separator="+")
_DAY = columns.Date(name="a", edges=(0, 59))
_FORMED = columns.Date(name="a", edges=(0, 59), format="%d.%m.%Y")
_MOMENT = columns.DateTime(name="a", edges=(60, 119))
_SHORT = columns.DateTime(name="a", edges=(60, 119), format="%Y-%m-%d")
_ONE = columns.Number(name="a", edges=(0.25, 9.75), decimals=1)
_ANY = columns.Number(name="a", edges=(0.25, 9.75), missing=True)
_WHOLE = columns.Integer(name="a", edges=(-3, 9))


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (_CODES, ""),
        (_CODES, "x"),
        (_CODES, "x+z"),
        (_DAY, "1970-02-28"),
        (_FORMED, "28.02.1970"),
        (_MOMENT, "1970-01-01T00:01:59"),
        (_SHORT, "1970-01-01"),
        (_ONE, "0.3"),
        (_ONE, "9.7"),
        (_ANY, "9.75"),
        (_ANY, "0.30000000000000004"),
        (_ANY, ""),
        (_WHOLE, "-3"),
        (columns.Boolean(name="a"), "true"),
    ],
)
def test_a_value_is_taken(column, text):
    assert typed_rows.is_value(column, text)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (_CODES, "z+x"),
        (_CODES, "x+x"),
        (_CODES, "+"),
        (_CODES, "x+"),
        (_CODES, "x+q"),
        (_DAY, "1970-03-02"),
        (_DAY, "1969-12-31"),
        (_DAY, "1970-02-28T00:00:00"),
        (_DAY, "28.02.1970"),
        (_DAY, "1970-W01-1"),
        (_DAY, "epsilon"),
        (_FORMED, "1970-02-28"),
        (_FORMED, "28.2.1970"),
        (_MOMENT, "1970-01-01T00:02:00"),
        (_MOMENT, "1970-01-01T00:01:00+00:00"),
        (_ONE, "0.1"),
        (_ONE, "9.9"),
        (_ONE, "0.30"),
        (_ONE, "nan"),
        (_ONE, "inf"),
        (_ONE, "1e0"),
        (_ONE, ""),
        (_ANY, "0.2"),
        (_ANY, "9.76"),
        (_ANY, "1_0"),
        (_ANY, "nan"),
        (_WHOLE, "10"),
        (_WHOLE, "-4"),
        (_WHOLE, "+3"),
        (_WHOLE, "03"),
        (_WHOLE, "3.0"),
        (_WHOLE, "\u0663"),
        (_WHOLE, "9" * 5_000),
        (columns.Boolean(name="a"), "True"),
        (columns.Boolean(name="a"), ""),
    ],
)
def test_another_text_is_not_taken(column, text):
    assert not typed_rows.is_value(column, text)


@pytest.mark.parametrize("decimals", [None, 0, 2, 12])
@pytest.mark.parametrize(
    "edges", [(-1e15, 1e15), (0.1, 0.3, 0.7), (-1e-9, 1e-9), (1e6, 1e6 + 0.1)]
)
def test_numbers_that_are_rounded_hold(edges, decimals):
    """Bounds and decimals may be finer than numbers are."""
    column = columns.Number(name="a", edges=edges, decimals=decimals)
    places = np.array([0, 0.3, 0.5, 1 - 2**-52])
    for cell in range(len(edges) - 1):
        found = decoding.numbers(
            decoding.grid(column), np.full(4, cell), places
        )
        for number in found.tolist():
            assert typed_rows.is_value(column, column.text(number))


def test_a_row_of_very_many_codes_is_read():
    """Python's reader takes 131,072 characters unless it is told otherwise."""
    codes = tuple(f"{'c' * 190}{i:04}" for i in range(1_000))
    schema = schemas.Schema(columns=(columns.Codes(name="a", codes=codes),))
    assert not _problem(f"a\n{';'.join(codes)}\n", schema, num_rows=1)
