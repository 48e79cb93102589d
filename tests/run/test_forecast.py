"""A forecast is a function of public numbers, and says what they mean."""

import math

import pytest

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import budgets
from dpgan_tf.run import forecast


def of(name, form=records.DIGITS, **changes):
    changes = {key.replace("__", "."): v for key, v in changes.items()}
    recipe = recipes.change(presets.get(name), changes)
    budget = budgets.build_budget(recipe, form)
    return forecast.make(recipe, form, budget), recipe, budget


@pytest.mark.parametrize("epsilon", [1.0, 4.0])
def test_what_was_recorded_to_work_is_clear(epsilon):
    found, _, _ = of("mnist_surrogate", budget__target_epsilon=epsilon)
    assert found.level == "clear" and "expect samples" in found.verdict


def test_few_records_are_faint_and_very_few_are_drowned():
    levels = [
        of(
            "mnist_surrogate",
            data__num_private_examples=num,
            budget__target_epsilon=2.0,
        )[0].level
        for num in (60_000, 12_000, 1_200)
    ]
    assert levels == ["clear", "faint", "drowned"]


def test_a_summarys_error_is_that_of_a_mean_of_one_class():
    """Worked by hand: sigma sqrt(side^2) / (n / K)."""
    _, recipe, budget = of("mnist_surrogate", summary__side=7)
    _, sigma, *_ = budget.summary_noise_multipliers
    found = forecast.summary_error(recipe, records.DIGITS, budget)
    num = recipe.data.num_private_examples
    assert found == pytest.approx(sigma * 7 / (num / 10))


def test_a_tables_error_is_that_of_a_mean_of_all_rows():
    form = records.Form((100,), largest=1)
    found, recipe, budget = of("dpgan_ehr", form)
    sigma = budget.summary_noise_multipliers[0]
    error = forecast.summary_error(recipe, form, budget)
    assert error == pytest.approx(sigma * 10 / 37_216)
    assert found.level == "clear"
    assert f"{100 * error:.2g}% of the longest record" in found.measure


def test_without_a_summary_the_critics_noise_is_judged():
    found, recipe, budget = of("mnist_basic")
    one = budgets.noise_length(recipe, records.DIGITS, budget)
    share = one / math.sqrt(budget.max_steps)
    assert f"{100 * share:.2g}% of the longest mean gradient" in found.measure
    assert found.level == "clear"


@pytest.mark.parametrize(
    ("value", "level"),
    [(0.0, "clear"), (0.1, "clear"), (0.2, "faint"), (0.51, "drowned")],
)
def test_levels_begin_above_their_limits(value, level):
    found = forecast._level(value, forecast.FAINT, forecast.DROWNED)
    assert found == level
