"""No two arrays of typed columns have one name."""

import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import output_names
from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples


def _pair(missing):
    return (
        columns.Boolean(name="a", missing=missing),
        columns.Boolean(name="a is missing"),
    )


def test_a_column_with_the_name_of_a_second_array_is_refused():
    message = "s.json: column a is missing: .* where column a is missing; ren"
    with pytest.raises(errors.DatasetError, match=message):
        output_names.require_distinct(_pair(True), source="s.json")
    output_names.require_distinct(_pair(False), source="s.json")


def test_a_schema_is_refused_before_anything_is_spent():
    several = [
        {"name": "a", "type": "boolean", "missing": True},
        {"name": "a is missing", "type": "boolean"},
    ]
    with pytest.raises(errors.DatasetError, match="rename one of them"):
        schema_text.parse(examples.text(*several), source="s.json")
