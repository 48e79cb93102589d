"""What a table is made of."""

import pytest

from dpgan_tf import errors
from dpgan_tf.papers import definitions
from dpgan_tf.papers import paper_recipes
from dpgan_tf.papers import schema


def every_row():
    tables = (
        *definitions.SCORE_TABLES.values(),
        *definitions.LABELS_TABLES.values(),
    )
    return [row for table in tables for row in table.rows]


def test_a_private_row_is_the_run_of_its_recipe():
    row = schema.private("ppgan_10", "PPGAN", inception_score=1.5)
    assert row == schema.Row(
        name="ppgan_10",
        title="PPGAN",
        kind="private",
        recipe=paper_recipes.get("ppgan_10"),
        paper={"inception_score": 1.5},
    )


def test_a_private_row_of_no_recipe_is_refused():
    with pytest.raises(errors.ConfigError, match="unknown preset"):
        schema.private("ppgan_11", "PPGAN")


def test_rows_that_share_a_folder_are_the_same_run():
    """A row of two tables is trained once; two runs in a folder would mix."""
    runs = {}
    for row in every_row():
        run = row.kind, row.recipe, row.num_generator_steps
        assert runs.setdefault(row.name, run) == run, row.name


def test_every_row_is_of_a_kind_that_there_is():
    kinds = {row.kind for row in every_row()}
    assert kinds == {
        *(schema.PRIVATE, schema.PUBLIC_ONLY, schema.NON_PRIVATE),
        *schema.WITHOUT_GENERATOR,
    }
