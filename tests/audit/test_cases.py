import pytest

from dpgan_tf import errors
from dpgan_tf.audit import cases
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import budgets
from tests import tiny_table


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
    assert len(case.summary_noise_multipliers) == 4 + recipe.summary.guide_steps
    assert case.plan.summary_noise_multiplier is not None


def test_a_recipe_for_tables_is_audited_with_rows():
    case = cases.of_recipe(presets.get("dpgan_ehr"))
    assert case.mechanism.num_groups >= 1


def test_choices_of_a_summary_are_apart_from_its_sums():
    text = schema_text.to_text(tiny_table.SCHEMA)
    recipe = recipes.change(
        presets.get("dpgan_ehr"),
        {"summary": "chosen", "summary.num_pairs": 5, "data.schema": text},
    )
    case = cases.of_recipe(recipe)
    sums, choices = (
        case.summary_noise_multipliers,
        case.choice_noise_multipliers,
    )
    assert len(sums) == 1 + 5 and len(choices) == 5
    assert len({*sums[1:]}) == len({*choices}) == 1
    assert choices[0] == pytest.approx(3 * sums[1])
    together = case.plan.summary_noise_multiplier
    assert summary.combined([*sums, *choices]) == pytest.approx(together)
    assert summary.combined(sums) > together


def test_a_summary_of_sums_alone_has_no_choices():
    case = cases.of_recipe(presets.get("dpgan_ehr"))
    assert case.choice_noise_multipliers == ()


def test_a_budget_that_allows_no_step_is_refused():
    recipe = recipes.change(
        presets.get("mnist"),
        {"budget.noise_multiplier": 0.1, "budget.target_epsilon": 0.1},
    )
    with pytest.raises(errors.ConfigError):
        cases.of_recipe(recipe)
