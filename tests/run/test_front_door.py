"""A user's data and a budget give a recipe; what is public is declared."""

import dataclasses
import json

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import wanted as asked
from dpgan_tf.data import datasets
from dpgan_tf.data.tables import schema_text
from dpgan_tf.run import auto
from dpgan_tf.run import data as run_data
from dpgan_tf.run import front_door
from dpgan_tf.run import public_facts
from tests import tiny_run
from tests.data.tables import tables


def images(num=1_234, *, labelled=False, num_classes=0):
    pixels = np.zeros((num, 28, 28, 1), np.uint8)
    pixels[:, :14] = 255
    labels = np.arange(num) % 7 if labelled else None
    return datasets.ImageDataset(
        name="scans",
        train_images=pixels,
        train_labels=labels,
        num_classes=num_classes,
    )


def recipe_for(dataset, *, source="scans.npz", **given):
    wanted = asked.Wanted(data="scans.npz", **{"epsilon": 2.0} | given)
    return front_door.recipe_for(dataset, wanted, source=source)


@pytest.fixture
def facts(monkeypatch):
    """Return the facts that the automatic recipe was asked for with."""
    seen = []
    made = auto.recipe

    def recipe(name, given):
        seen.append((name, given))
        return made(name, dataclasses.replace(given))

    monkeypatch.setattr(auto, "recipe", recipe)
    return seen


def test_only_what_is_declared_becomes_a_fact(facts):
    recipe_for(images(1_234), num_records=1_200, delta=1e-6)
    recipe_for(images(1_190), num_records=1_200, delta=1e-6)
    assert facts[0] == facts[1]
    name, found = facts[0]
    assert name == "auto"
    assert found == public_facts.Facts(
        source="scans.npz",
        shape=(28, 28, 1),
        num_records=1_200,
        num_classes=0,
        epsilon=2.0,
        delta=1e-6,
    )


def test_a_known_name_brings_its_number(facts):
    recipe_for(images(labelled=True, num_classes=7), source="mnist")
    assert facts[0][1].num_records == 60_000
    assert facts[0][1].num_classes == 7


def test_own_records_need_a_declared_number_which_is_proposed_rounded():
    with pytest.raises(errors.UserError) as raised:
        recipe_for(images(1_234))
    assert str(raised.value) == (
        "scans.npz: declare the number of its records, which the release "
        "shows: --records=1200, if about this number may be known (in Python "
        "num_records=1200)."
    )
    assert "1234" not in str(raised.value)


def test_the_names_are_those_of_the_recipes_from_facts():
    assert tuple(auto.NAMES) == asked.FROM_FACTS


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1_234, 1_200), (60_000, 60_000), (19_873, 20_000), (57, None)],
)
def test_a_proposal_has_two_digits_and_never_the_number(number, expected):
    assert front_door.rounded(number) == expected
    if expected:
        assert abs(expected - number) <= 0.1 * expected


def test_labels_need_a_declared_number_of_classes_or_are_ignored(facts):
    data = images(labelled=True)
    with pytest.raises(errors.UserError, match="--classes=7, if this number"):
        recipe_for(data, num_records=1_200)
    made = recipe_for(data, num_records=1_200, num_classes=8)
    assert made.data.num_classes == 8
    recipe_for(data, num_records=1_200, labels=False)
    assert [found.num_classes for _, found in facts] == [8, 0]


def test_labels_from_1_on_are_proposed_and_declared_so():
    data = dataclasses.replace(
        images(), train_labels=np.arange(1_234) % 26 + 1, num_classes=0
    )
    with pytest.raises(errors.UserError, match="--classes=1-26, if"):
        recipe_for(data, num_records=1_200)
    made = recipe_for(data, num_records=1_200, num_classes=26, first_label=1)
    assert (made.data.first_label, made.data.num_classes) == (1, 26)


def test_public_records_may_have_a_source_of_their_own():
    made = recipe_for(
        images(),
        recipe="mnist",
        num_records=1_200,
        public="public.npz",
        settings={"steps.expected_batch_size": "64"},
    )
    assert made.data.public_source == "public.npz"
    assert made.data.public_fraction == 0
    assert made.data.num_private_examples == 1_200


def test_a_preset_gets_the_data_the_number_and_the_budget():
    made = recipe_for(
        images(), recipe="mnist_basic", num_records=5_000, public_fraction=0.0
    )
    assert made == recipes.change(
        presets.get("mnist_basic"),
        {
            "data.source": "scans.npz",
            "data.public_fraction": 0.0,
            "data.num_private_examples": 5_000,
            "budget.target_epsilon": 2.0,
        },
    )


def test_a_preset_takes_no_record_of_ones_own_as_public_without_being_told():
    with pytest.raises(errors.UserError, match="2% of the records as public"):
        recipe_for(images(), recipe="mnist", num_records=1_200)
    known = recipe_for(images(), recipe="mnist", source="mnist")
    assert known.data.public_fraction == 0.02
    assert known.data.num_private_examples == 58_800


def test_delta_stays_below_one_over_a_large_number():
    made = recipe_for(
        images(), recipe="mnist", source="mnist", num_records=2_000_000
    )
    assert (
        made.budget.target_delta
        == public_facts.delta(2_000_000)
        < 1 / 2_000_000
    )


def test_an_own_recipe_keeps_its_number_unless_another_is_given():
    base = recipes.change(
        presets.get("mnist"), {"data.num_private_examples": 1_111}
    )
    assert recipe_for(images(), recipe=base).data.num_private_examples == 1_111
    made = recipe_for(images(), recipe=base, num_records=2_000)
    assert made.data.num_private_examples == 1_960


def test_settings_come_last():
    made = recipe_for(
        images(), num_records=1_200, settings={"summary.side": "7"}
    )
    assert made.summary.side == 7


def test_data_on_a_disk_are_found_and_named_as_they_were_given(tmp_path):
    base = tiny_run.recipe(tmp_path)
    path = tiny_run.write_labelled_records(tmp_path)
    wanted = asked.Wanted(data=str(path), recipe=base, num_records=280)
    made = front_door.read(wanted, data_dir=tmp_path)
    assert made.data.source == str(path)
    assert made.data.num_private_examples == 266


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("mnist", "runs/mnist_auto"),
        ("a/scans.v2.npz", "runs/scans_auto"),
        ("portraits/", "runs/portraits_auto"),
        ("my data.npz", "runs/my_data_auto"),
    ],
)
def test_a_run_has_a_folder_of_its_own(data, expected):
    made = auto.recipe(
        "auto",
        public_facts.Facts(source="x", shape=(28, 28, 1), num_records=5_000),
    )
    assert front_door.run_dir(data, made) == expected


def test_a_schema_goes_into_the_recipe_with_its_persons(tmp_path):
    path = tables.write(tmp_path / "t.csv", tables.rows(2_000))
    schema = schema_text.to_text(tables.SCHEMA)
    wanted = asked.Wanted(
        data=str(path),
        epsilon=2.0,
        num_records=800,
        schema=schema,
        outside="clip",
    )
    recipe = front_door.read(wanted, data_dir=tmp_path)
    assert recipe.data.schema == schema
    assert recipe.data.outside == "clip"
    assert recipe.data.most_records_per_unit == 4
    assert recipe.data.unit_column == ""
    found = run_data.load(recipe, data_dir=tmp_path)
    assert found.dataset.schema == tables.SCHEMA
    form = run_data.form_of(json.loads(json.dumps(found.description)))
    assert form == found.dataset.form and form.blocks == tables.SCHEMA.blocks
    assert found.private.num_units < len(found.private) <= 2_000
    other = recipes.change(recipe, {"data.most_records_per_unit": 8})
    with pytest.raises(errors.ConfigError, match="the schema declares 4"):
        run_data.load(other, data_dir=tmp_path)
