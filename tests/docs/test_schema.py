"""The page of the schema tells what is so."""

import json

import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import column_text
from dpgan_tf.data.tables import cuts
from dpgan_tf.data.tables import outside as policies
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import schema_text
from dpgan_tf.data.tables import wide_limits
from tests.docs import pages

PAGE = (pages.DOCS / "schema.md").read_text()
EXAMPLE, WIDE = (
    block.text
    for block in pages.blocks("schema.md")
    if block.language == "json"
)
ROWS = """patient,sex,age,stays,creatinine,died,admitted,icd
1,F,63,0,"1,1",no,2019-05-06,I10;J44
2, M ,54,17,?,yes,2023-12-31,
"""


def test_the_example_is_a_schema_that_reads_a_table(tmp_path):
    schema = schema_text.parse(EXAMPLE, source="example")
    assert {each.TYPE for each in schema.columns} | {"datetime"} == {
        *column_text._TYPES
    }
    path = tmp_path / "visits.csv"
    header, *rows = ROWS.splitlines()
    values = [row.partition(",")[2] for row in rows]
    lines = [f"p{i},{value}" for i in range(99) for value in values]
    path.write_text("\n".join([header, *lines]))
    found = reading.load(path, schema=schema)
    assert found.train_rows.shape[1] == schema.num_cells


def test_all_keys_and_policies_are_on_the_page():
    for name, found in column_text._TYPES.items():
        assert f"`{name}`" in PAGE
        words = found.kind.words
        for key in words.removeprefix("an object with ").split(", "):
            assert f'"{key}"' in PAGE or f"`{key}`" in PAGE
    for word in (*policies.POLICIES, *cuts.RESOLUTIONS, "spacing", "points"):
        assert f"`{word}`" in PAGE
    assert f"by default {cuts.DEFAULT_BINS}" in PAGE


def test_the_column_whose_bounds_nobody_knows_can_be_learnt(tmp_path):
    path = tmp_path / "limits.json"
    path.write_text(f'{{"format": 1, "columns": [{WIDE}]}}')
    assert wide_limits.read(path).bins == {0: 12}
    assert f"at most {wide_limits.GRID:,} between the limits" in PAGE


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,F,130,0,1,no,2019-05-06,", "'130' is outside 0 to 110"),
        ("1,F,,0,1,no,2019-05-06,", "has no value"),
        ('1,F,9,0,"1,234",no,2019-05-06,', "'1,234' is no number, or could be"),
        (
            '1,"F\nM",9,0,1,no,2019-05-06,',
            "has a line break; is a quote missing?",
        ),
    ],
)
def test_the_messages_are_those_of_the_page(tmp_path, row, said):
    assert said.split("'130'")[-1].strip(" .?")[:20] in PAGE
    path = tmp_path / "visits.csv"
    path.write_text(f"{ROWS}{row}\n")
    schema = schema_text.of(json.loads(EXAMPLE))
    with pytest.raises(errors.DatasetError) as caught:
        reading.load(path, schema=schema)
    assert said in str(caught.value)
