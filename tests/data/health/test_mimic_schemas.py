"""Schemas of MIMIC's patients are whole, and have the public lists."""

import numpy as np
import pytest

from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import icd10
from dpgan_tf.data.health import mimic_schemas
from dpgan_tf.data.tables import columns


@pytest.mark.parametrize(
    "schema, num_codes",
    [
        (mimic_schemas.mimic_3(), [1250]),
        (mimic_schemas.mimic_4(), [1250, 1918]),
    ],
)
def test_a_schema_has_plain_columns_and_the_lists_of_codes(schema, num_codes):
    of_codes = [c for c in schema.columns if isinstance(c, columns.Codes)]
    assert [len(column.codes) for column in of_codes] == num_codes
    lists = [icd9.shipped_codes(), icd10.shipped_codes()]
    assert [column.codes for column in of_codes] == lists[: len(of_codes)]
    plain = schema.num_cells - sum(num_codes)
    assert 50 < plain < 80
    assert len(set(schema.cells)) == schema.num_cells
    assert not schema.unit


def test_every_age_that_can_be_known_has_one_cell():
    for schema in (mimic_schemas.mimic_3(), mimic_schemas.mimic_4()):
        (age,) = (c for c in schema.columns if c.name == mimic_schemas.AGE)
        first, last = age.bounds
        ages = np.array([*range(90), mimic_schemas.OVER_89])[:, None]
        num_cells = ((first <= ages) & (ages <= last)).sum(axis=1)
        assert (num_cells == 1).all()
        assert num_cells.shape == (91,)
