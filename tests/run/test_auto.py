"""Recipes from public facts."""

import dataclasses

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config.parts import kinds
from dpgan_tf.run import auto
from dpgan_tf.run import budgets
from dpgan_tf.run import feasibility
from dpgan_tf.run import public_facts

MNIST = public_facts.Facts(
    source="mnist", shape=(28, 28, 1), num_records=60_000, num_classes=10
)
FACTS = [
    MNIST,
    dataclasses.replace(MNIST, epsilon=1.0),
    dataclasses.replace(MNIST, public_fraction=0.02),
    dataclasses.replace(MNIST, num_records=5_000, num_classes=3),
    dataclasses.replace(MNIST, num_records=20_000, num_classes=26, epsilon=2.0),
    public_facts.Facts(source="x", shape=(8, 8, 1), num_records=500),
    public_facts.Facts(
        source="x", shape=(16, 16, 1), num_records=600, num_classes=2
    ),
    public_facts.Facts(
        source="x", shape=(32, 32, 3), num_records=1_400, num_classes=3
    ),
    public_facts.Facts(source="x", shape=(32, 32, 3), num_records=50_000),
    public_facts.Facts(
        source="x", shape=(32, 24, 3), num_records=9_000, num_classes=1
    ),
    public_facts.Facts(
        source="x", shape=(64, 64, 3), num_records=20_000, num_classes=5
    ),
    public_facts.Facts(
        source="x", shape=(128, 128, 3), num_records=10**7, num_classes=1_000
    ),
    public_facts.Facts(
        source="x",
        shape=(48, 48, 3),
        num_records=40_000,
        public_fraction=0.05,
    ),
    public_facts.Facts(source="x", shape=(200,), num_records=5_000, largest=1),
    public_facts.Facts(
        source="x",
        shape=(12,),
        num_records=2_000,
        largest=1,
        blocks=(3, 1, 1, 5, 2),
    ),
    public_facts.Facts(
        source="x",
        shape=(204,),
        num_records=5_000,
        largest=1,
        blocks=(4,) + (1,) * 200,
    ),
    public_facts.Facts(
        source="x", shape=(4,), num_records=900, largest=1, blocks=(4,)
    ),
]


@pytest.mark.parametrize("name", auto.NAMES)
@pytest.mark.parametrize("facts", FACTS, ids=str)
def test_records_of_all_kinds_have_a_recipe_that_fits(name, facts):
    recipe = auto.recipe(name, facts)
    assert recipe.name == name
    assert recipe.data.source == facts.source
    assert recipe.data.num_private_examples == facts.num_private
    assert recipe.budget.target_epsilon == facts.epsilon
    assert recipe.budget.target_delta < 1 / facts.num_private
    assert recipe.networks.conditional == (facts.num_classes > 1)
    feasibility.require_form_fits(recipe, facts.form)


@pytest.mark.parametrize("facts", [FACTS[0], FACTS[7], FACTS[8]], ids=str)
def test_its_budget_is_one_that_can_be_spent(facts):
    recipe = auto.recipe("quick", facts)
    budget = budgets.build_budget(recipe, facts.form)
    assert budget.max_steps == recipe.steps.num_steps
    assert budget.epsilon_after(budget.max_steps) <= facts.epsilon


@pytest.mark.parametrize("name", auto.NAMES)
def test_two_data_sets_with_the_same_facts_have_the_same_recipe(name):
    first, second = (
        auto.recipe(name, dataclasses.replace(MNIST, source=source))
        for source in ("mnist", "fashion.npz")
    )
    differ = {
        key
        for key, value in kinds.flat(first).items()
        if kinds.flat(second)[key] != value
    }
    assert differ == {"data.source"}


def test_no_record_is_public_unless_it_is_declared():
    for name in auto.NAMES:
        assert auto.recipe(name, MNIST).data.public_fraction == 0
        shared = dataclasses.replace(MNIST, public_fraction=0.05)
        recipe = auto.recipe(name, shared)
        assert recipe.data.public_fraction == 0.05
        assert recipe.data.num_private_examples == 57_000


def test_fewer_records_have_coarser_summaries():
    """What the noise would hide is not asked for."""
    many, some, few = (
        auto.recipe("auto", dataclasses.replace(MNIST, num_records=num))
        for num in (60_000, 10_000, 1_000)
    )
    assert many.summary.feature_directions > some.summary.feature_directions
    assert not few.has_features and few.steps.num_steps == 3
    assert few.summary.share > many.summary.share


def test_images_without_labels_have_no_guide():
    recipe = auto.recipe("auto", FACTS[8])
    assert recipe.has_features and not recipe.has_guide
    assert not recipe.networks.conditional


def test_pairs_are_chosen_of_few_columns_and_more_of_them_by_more_records():
    few = dataclasses.replace(FACTS[14], shape=(40,), blocks=(2,) * 20)
    many = dataclasses.replace(few, num_records=100_000)
    kinds_of = [
        (kinds.get(found, "summary"), getattr(found.summary, "num_pairs", 0))
        for found in (auto.recipe("auto", facts) for facts in (few, many))
    ]
    assert kinds_of == [("chosen", 40), ("chosen", 80)]
    wide = auto.recipe("auto", FACTS[15])
    assert kinds.get(wide, "summary") == "pairs"


def test_an_unknown_recipe_is_refused_by_name():
    with pytest.raises(errors.ConfigError, match="recipe=best; expected one"):
        auto.recipe("best", MNIST)


def test_no_recipe_has_the_name_of_a_preset():
    assert not set(auto.NAMES) & set(presets.names())
