import pytest

from dpgan_tf import errors
from dpgan_tf.audit import cases
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.run import budgets


def test_a_case_is_what_the_run_would_price_and_draw_by():
    recipe = presets.get("mnist")
    case, budget = cases.of_recipe(recipe), budgets.build_budget(recipe)
    assert case.mechanism == budget.mechanism
    assert case.plan == budget.plan
    assert case.epsilon == pytest.approx(4, rel=1e-3) and case.epsilon <= 4
    assert (case.delta, case.accountant) == (1e-5, "rdp")
    assert case.steps_per_round == recipe.steps.num_critic_steps


def test_a_summary_is_part_of_the_case():
    recipe = recipes.change(
        presets.get("mnist_surrogate"), {"budget.accountant": "rdp"}
    )
    case = cases.of_recipe(recipe)
    assert len(case.summary_noise_multipliers) == 3 + recipe.summary.guide_steps
    assert case.plan.summary_noise_multiplier is not None


def test_a_recipe_for_tables_is_audited_with_rows():
    case = cases.of_recipe(presets.get("dpgan_ehr"))
    assert case.mechanism.num_groups >= 1


def test_a_budget_that_allows_no_step_is_refused():
    recipe = recipes.change(
        presets.get("mnist"),
        {"budget.noise_multiplier": 0.1, "budget.target_epsilon": 0.1},
    )
    with pytest.raises(errors.ConfigError):
        cases.of_recipe(recipe)
