"""Batches and steps for a budget: what is kept, and what decides."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.data import records
from dpgan_tf.papers import utility
from dpgan_tf.run import assembly
from dpgan_tf.run import auto
from dpgan_tf.run import budgets
from dpgan_tf.run import gans
from dpgan_tf.run import plan
from tests.models import tiny

BASE = recipes.change(
    presets.get("mnist_surrogate"),
    {
        "budget.accountant": "rdp",
        "steps.num_steps": 1_000,
        "steps.num_critic_steps": 5,
    },
)


def with_epsilon(epsilon, **changes):
    changes = {key.replace("__", "."): v for key, v in changes.items()}
    return recipes.change(BASE, {"budget.target_epsilon": epsilon, **changes})


@pytest.mark.slow
def test_less_budget_means_larger_batches_and_fewer_steps():
    sizes = []
    for epsilon in (100.0, 3.0, 1.0, 0.3):
        recipe = with_epsilon(epsilon)
        chosen = plan.choose(recipe)
        sizes.append(chosen.steps.expected_batch_size)
        work = chosen.steps.num_steps * chosen.steps.expected_batch_size
        if chosen.steps.expected_batch_size < plan.BATCHES[-1]:
            assert work == pytest.approx(1_000 * 1_024, rel=0.1)
        assert chosen.steps.num_steps % chosen.steps.num_critic_steps == 0
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]


def test_the_chosen_batch_is_the_smallest_that_is_quiet_enough():
    chosen = plan.choose(with_epsilon(2.0))
    assert budgets.noise_length(chosen, records.DIGITS) <= plan.NOISE
    smaller = recipes.change(
        chosen,
        {
            "steps.expected_batch_size": chosen.steps.expected_batch_size // 2,
            "steps.num_steps": chosen.steps.num_steps * 2,
        },
    )
    assert budgets.noise_length(smaller, records.DIGITS) > plan.NOISE


def test_nothing_but_batch_and_numbers_of_steps_changes():
    recipe = with_epsilon(1.0)
    chosen = plan.choose(recipe)
    before, after = kinds.flat(recipe), kinds.flat(chosen)
    assert before.keys() == after.keys()
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {
        *("steps.expected_batch_size", "steps.num_steps"),
        "summary.guide_steps",
    }


def test_a_guide_takes_more_steps_where_there_is_less_noise():
    """And the noise of all of them together does not depend on their number."""
    steps = []
    for epsilon in (1.0, 4.0):
        recipe = with_epsilon(epsilon)
        sigma, same = (
            budgets.guide_noise_multiplier(
                recipes.change(recipe, {"summary.guide_steps": num})
            )
            for num in (1, 50)
        )
        assert sigma == pytest.approx(same)
        steps.append(plan.choose(recipe).summary.guide_steps)
        assert steps[-1] == round(plan.GUIDE_STEPS / sigma**0.5)
    assert steps[0] < steps[1]


@pytest.mark.parametrize("grouping", ["single", "weight_bias", "clustered"])
def test_noise_is_as_long_as_is_said(grouping):
    """Drawn by the mechanism, on a step without records."""
    recipe = recipes.change(
        BASE,
        {
            **({"grouping.num_groups": 3} if grouping == "clustered" else {}),
            "grouping": grouping,
            "networks.critic_width": 4,
            "clipping": "fixed",
        },
    )
    critic, generator = assembly.build_networks(recipe, records.DIGITS)
    model = gans.build_dpgan(
        recipe,
        records.DIGITS,
        critic,
        generator,
        budgets.build_budget(recipe).mechanism,
    )
    model.permit.begin((1, 2, 3, 4))
    model.permit.allow(1)
    drawn, _ = model.noisy_gradients(
        tiny.private_batch(tiny.images(0)),
        model.make_groups(model.variable_bounds),
    )
    length = np.sqrt(sum(np.sum(np.square(noise)) for noise in drawn))
    expected = (
        budgets.noise_length(recipe, records.DIGITS) * recipe.clipping.norm
    )
    assert length == pytest.approx(expected, rel=0.05)


def test_a_plan_solves_the_noise_itself():
    with pytest.raises(errors.ConfigError, match="noise_multiplier=20"):
        plan.choose(with_epsilon(1.0, budget__noise_multiplier=20.0))


def test_a_budget_that_noise_would_decide_is_refused():
    with pytest.raises(errors.ConfigError, match="target_epsilon=0.05; even"):
        plan.choose(with_epsilon(0.05))


def test_a_batch_is_never_larger_than_the_records():
    recipe = with_epsilon(
        200.0,
        data__num_private_examples=600,
        budget__target_delta=1e-4,
        steps__expected_batch_size=512,
        steps__num_steps=50,
    )
    assert plan.choose(recipe).steps.expected_batch_size <= 600


def test_where_no_batch_is_quiet_fewer_steps_are_taken():
    recipe = with_epsilon(1.0, steps__num_steps=3_000)
    chosen = plan.choose(recipe)
    assert chosen.steps.expected_batch_size == plan.BATCHES[-1]
    assert chosen.steps.num_steps * 8_192 < 0.6 * 3_000 * 1_024
    assert budgets.noise_length(chosen, records.DIGITS) <= plan.NOISE


@pytest.mark.slow
def test_the_tables_are_as_planned():
    """Minutes: a plan takes seconds, and calibration by PLD too."""
    ours = [
        row
        for table in utility.TABLES
        for row in table.rows
        if ("_alone_" in row.name or "_beside_" in row.name)
        and "paper" not in row.name
        and not row.run
    ]
    assert len(ours) == 14
    for row in ours:
        known = utility.facts(
            row.recipe.data.source,
            row.recipe.budget.target_epsilon,
            public_fraction=row.recipe.data.public_fraction,
        )
        assert row.recipe == auto.recipe("auto", known), row.name


def test_too_few_records_are_refused():
    recipe = with_epsilon(
        1.0,
        data__num_private_examples=100,
        steps__expected_batch_size=50,
        steps__num_steps=50,
    )
    with pytest.raises(errors.ConfigError, match="from 100 records; too few"):
        plan.choose(recipe)


def test_a_plan_needs_a_budget():
    recipe = recipes.change(BASE, {"budget": "none"})
    with pytest.raises(errors.ConfigError, match="budget=none"):
        plan.choose(recipe)
