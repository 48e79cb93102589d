"""Budgets: solved from a configuration, and never exceeded by it."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets

BASE = presets.get("mnist_quick")
SURROGATE = recipes.change(
    presets.get("mnist_surrogate"),
    {"steps.num_steps": 30, "budget.accountant": "rdp"},
)


@pytest.mark.parametrize("grouping", ["single", "weight_bias", "clustered"])
def test_the_noise_is_solved_for_all_groups_and_the_steps_fit(grouping):
    changes = {"grouping.num_groups": 3} if grouping == "clustered" else {}
    recipe = recipes.change(BASE, {"grouping": grouping, **changes})
    budget = budgets.build_budget(recipe)
    assert budget.max_steps == recipe.steps.num_steps
    spent = budget.epsilon_after(budget.max_steps)
    assert (
        0.99 * recipe.budget.target_epsilon
        < spent
        <= recipe.budget.target_epsilon
    )
    groups = {"single": 1, "weight_bias": 5, "clustered": 3}[grouping]
    assert budget.mechanism.num_groups == groups


def test_a_given_noise_multiplier_limits_the_steps_instead():
    recipe = recipes.change(
        BASE, {"budget.noise_multiplier": 1.086, "steps.num_steps": 10_000}
    )
    budget = budgets.build_budget(recipe)
    assert budget.mechanism.noise_multiplier == 1.086
    assert 0 < budget.max_steps < 10_000
    assert budget.max_steps % recipe.steps.num_critic_steps == 0
    assert (
        budget.epsilon_after(budget.max_steps) <= recipe.budget.target_epsilon
    )
    one_round_more = budget.max_steps + recipe.steps.num_critic_steps
    assert budget.epsilon_after(one_round_more) > recipe.budget.target_epsilon
    barely_over = recipes.change(recipe, {"steps.num_steps": one_round_more})
    assert budgets.build_budget(barely_over).max_steps == budget.max_steps


def test_more_steps_than_have_a_price_are_as_many_as_fit():
    limited = recipes.change(
        BASE, {"budget.noise_multiplier": 1.086, "steps.num_steps": 10_000}
    )
    endless = recipes.change(limited, {"steps.num_steps": 2_000_000})
    expected = budgets.build_budget(limited).max_steps
    assert budgets.build_budget(endless).max_steps == expected


def test_noise_that_was_solved_for_the_steps_is_not_searched_again(
    monkeypatch,
):
    def search(*args):
        raise AssertionError("searched for steps")

    monkeypatch.setattr(calibration, "max_steps", search)
    assert budgets.build_budget(BASE).max_steps == BASE.steps.num_steps


def test_noise_under_which_no_step_fits_is_refused():
    recipe = recipes.change(
        BASE, {"budget.noise_multiplier": 0.2, "budget.target_epsilon": 0.1}
    )
    with pytest.raises(errors.ConfigError, match="noise_multiplier"):
        budgets.build_budget(recipe)


def test_the_budget_is_never_exceeded_for_random_configurations():
    rng = np.random.default_rng(7)
    for _ in range(40):
        recipe = recipes.change(
            BASE,
            {
                "steps.expected_batch_size": int(rng.integers(1, 5_000)),
                "budget.target_epsilon": float(np.exp(rng.uniform(-1, 3))),
                "budget.target_delta": float(np.exp(rng.uniform(-20, -11.1))),
                "steps.num_steps": 4 * int(rng.integers(1, 5_000)),
                "budget.noise_multiplier": float(np.exp(rng.uniform(0.2, 2))),
                "grouping": str(
                    rng.choice(["single", "weight_bias", "clustered"])
                ),
            },
        )
        try:
            budget = budgets.build_budget(recipe)
        except errors.ConfigError:
            continue
        spent = budget.epsilon_after(budget.max_steps)
        assert spent <= recipe.budget.target_epsilon, recipe


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("mnist_quick", records.DIGITS),
        ("mnist_surrogate", records.Form((33, 30, 1), num_classes=7)),
        ("dpgan_ehr", records.Form((30,), largest=1)),
    ],
)
def test_a_run_is_priced_without_a_critic(name, form, monkeypatch):
    recipe = recipes.change(
        presets.get(name),
        {
            "budget.accountant": "rdp",
            "steps.num_steps": 60,
            "networks.critic_width": 3,
        },
    )
    critic = assembly.build_critic(recipe, form)
    shapes = [tuple(v.shape) for v in critic.trainable_variables]
    assert assembly.critic_shapes(recipe, form) == shapes
    for build in ("build_critic", "build_generator"):
        monkeypatch.delattr(assembly, build)
    budget = budgets.build_budget(recipe, form)
    assert budgets.noise_length(recipe, form) > 0
    assert budget.mechanism.num_groups <= len(shapes)


def test_without_a_target_there_is_no_budget():
    recipe = recipes.change(BASE, {"budget": "none"})
    with pytest.raises(errors.ConfigError, match="budget=none"):
        budgets.build_budget(recipe)


def test_more_groups_than_variables_are_refused():
    recipe = recipes.change(BASE, {"grouping.num_groups": 8})
    with pytest.raises(errors.ConfigError, match="num_groups=8"):
        budgets.build_budget(recipe)


def test_a_summary_and_the_steps_after_it_share_the_target():
    recipe = recipes.change(SURROGATE, {"summary.share": 0.6})
    budget = budgets.build_budget(recipe)
    before = budget.epsilon_after(0)
    assert before == pytest.approx(0.6 * recipe.budget.target_epsilon, rel=1e-3)
    spent = budget.epsilon_after(budget.max_steps)
    assert (
        0.99 * recipe.budget.target_epsilon
        < spent
        <= recipe.budget.target_epsilon
    )
    assert budget.max_steps == recipe.steps.num_steps


def test_the_releases_of_a_summary_share_what_it_costs():
    budget = budgets.build_budget(SURROGATE)
    together = budgets.ledger_header(SURROGATE, budget)[
        "summary_noise_multiplier"
    ]
    shares = [
        (together / each) ** 2 for each in budget.summary_noise_multipliers
    ]
    pixels, counts, products, features, *of_guide = shares
    assert sum(shares) == pytest.approx(1)
    assert len(of_guide) == SURROGATE.summary.guide_steps
    assert pixels == pytest.approx(0.01)
    assert sum(of_guide) == pytest.approx(0.99 * SURROGATE.summary.guide_share)
    assert features == pytest.approx(0.99 * SURROGATE.summary.feature_share)
    assert counts / (counts + products) == pytest.approx(
        SURROGATE.summary.marginals_share
    )


def test_features_and_guide_are_the_whole_summary_beside_public_records():
    recipe = recipes.change(
        presets.get("mnist_features"),
        {"steps.num_steps": 30, "budget.accountant": "rdp"},
    )
    budget = budgets.build_budget(recipe)
    together = budgets.ledger_header(recipe, budget)["summary_noise_multiplier"]
    features, *of_guide = (
        (together / each) ** 2 for each in budget.summary_noise_multipliers
    )
    assert len(of_guide) == recipe.summary.guide_steps
    assert features + sum(of_guide) == pytest.approx(1)
    assert features / sum(of_guide) == pytest.approx(
        recipe.summary.feature_share / recipe.summary.guide_share
    )
    before = budget.epsilon_after(0)
    expected = recipe.summary.share * recipe.budget.target_epsilon
    assert before == pytest.approx(expected, rel=1e-3)
