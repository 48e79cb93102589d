"""The blocks of a recipe's rows, and what its schema has cost."""

import dataclasses

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data.tables import schema_text
from dpgan_tf.run.summary import schemas
from tests import tiny_table


def test_blocks_are_those_of_the_recipes_schema():
    text = schema_text.to_text(tiny_table.SCHEMA)
    recipe = recipes.change(presets.get("dpgan_ehr"), {"data.schema": text})
    assert schemas.blocks_of(recipe) == tiny_table.SCHEMA.blocks


def test_without_a_schema_there_are_none():
    assert schemas.blocks_of(presets.get("dpgan_ehr")) == ()


def test_what_learnt_bounds_have_cost_is_in_the_recipe():
    learnt = dataclasses.replace(
        tiny_table.SCHEMA, learnt_noise_multiplier=7.25
    )
    for schema, cost in ((learnt, 7.25), (tiny_table.SCHEMA, None)):
        recipe = recipes.change(
            presets.get("dpgan_ehr"),
            {"data.schema": schema_text.to_text(schema)},
        )
        assert schemas.learnt_noise_multiplier(recipe) == cost
    assert schemas.learnt_noise_multiplier(presets.get("dpgan_ehr")) is None
