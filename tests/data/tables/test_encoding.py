import pyarrow
import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import encoding
from tests.data.tables import tables


def _encoder(**more):
    settings = {"outside": "refuse", "source": "t.csv"} | more
    return encoding.Encoder(tables.SCHEMA, **settings)


def _arrays(rows):
    return [pyarrow.array(column) for column in zip(*rows, strict=True)][:-1]


def test_every_row_is_in_the_cells_that_its_values_say():
    rows = tables.rows()
    found = _encoder().encode(_arrays(rows))
    for row, cells in zip(rows, found, strict=True):
        names = {tables.SCHEMA.cells[i] for i in cells.nonzero()[0]}
        assert names == tables.names_of_cells(row)


def test_rows_are_counted_through_all_parts():
    encoder = _encoder()
    rows = tables.rows(10)
    encoder.encode(_arrays(rows))
    rows[3][0] = "Z"
    encoder.encode(_arrays(rows))
    assert encoder.num_rows == 20
    with pytest.raises(errors.DatasetError, match="t.csv: row 14, column sex"):
        encoder.tally.require_none_refused(source="t.csv")


def test_the_policy_reaches_every_column():
    encoder = _encoder(outside="other")
    rows = tables.rows(5)
    rows[0][:2] = ["Z", "130"]
    found = encoder.encode(_arrays(rows))
    assert found[0, : sum(tables.SCHEMA.blocks[:2])].sum() == 2
    assert encoder.tally.num_placed == {"sex": 1, "age": 1}


def test_a_column_of_lists_is_named():
    arrays = _arrays(tables.rows(2))
    arrays[1] = pyarrow.array([[1], [2]])
    with pytest.raises(errors.DatasetError, match="t.csv: column age: is of"):
        _encoder().encode(arrays)
