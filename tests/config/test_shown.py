"""A recipe is shown with every setting that it has, and what is its own."""

import dataclasses

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import shown
from dpgan_tf.config.parts import kinds

BASE = presets.get("mnist_quick")


def own(recipe):
    return {one.key: one.value for one in shown.rows(recipe) if one.is_own}


def test_every_setting_of_a_recipe_has_a_row_with_its_meaning():
    rows = shown.rows(BASE)
    assert {one.key for one in rows} == set(kinds.flat(BASE))
    assert rows[0].key == "name" and rows[0].value == "mnist_quick"
    assert all(one.meaning.endswith(".") for one in rows)


def test_a_preset_has_nothing_of_its_own():
    assert own(BASE) == {}


def test_what_was_changed_is_a_recipes_own():
    changed = recipes.change(
        BASE,
        {
            "data.source": "own.npz",
            "data.num_private_examples": 20_000,
            "networks.conditional": not BASE.networks.conditional,
            "loss": "weight_box",
            "clipping": "fixed",
            "grouping": "single",
            "data.public_fraction": 0.0,
            "warm_start.num_steps": 0,
        },
    )
    found = own(changed)
    assert found["data.source"] == "own.npz"
    assert found["data.num_private_examples"] == "20,000"
    assert found["networks.conditional"] in ("true", "false")
    # A part of another kind has settings that the preset does not have.
    assert found["loss"] == "weight_box"
    assert found["loss.weight_clip"] == "0.01"
    assert "steps.num_steps" not in found


def test_without_a_preset_the_defaults_are_usual():
    made = dataclasses.replace(presets.get("mnist_quick"), name="auto")
    found = own(made)
    assert "steps.num_steps" in found and "data.source" not in found
    assert "budget" not in found and "optimizer" not in found


def test_what_may_be_a_path_is_marked():
    places = {one.key for one in shown.rows(BASE) if one.is_place}
    assert "data.source" in places
    assert not places & {"name", "data.title", "loss.objective", "loss"}


def test_what_is_absent_is_none():
    values = {one.key: one.value for one in shown.rows(BASE)}
    assert values["data.num_classes"] == "none" == values["summary"]


def test_a_long_text_is_cut():
    changed = recipes.change(BASE, {"data.schema": "{" + 999 * " " + "}"})
    (value,) = (v for k, v in own(changed).items() if k == "data.schema")
    assert value.endswith("...") and len(value) == 203
