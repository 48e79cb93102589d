"""A summary and learnt bounds cost together what the summary may cost."""

import math

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import budgets
from dpgan_tf.run.summary import prices
from tests.data.tables import examples

COLUMNS = examples.COLUMNS[:4]


def _recipe(learnt=None, **changes):
    more = {} if learnt is None else {"learnt": {"noise_multiplier": learnt}}
    text = examples.text(*COLUMNS, **more)
    schema = schema_text.parse(text, source="s")
    form = records.Form((schema.num_cells,), largest=1, blocks=schema.blocks)
    recipe = recipes.change(
        presets.get("dpgan_ehr"),
        {
            "summary": "chosen",
            "summary.num_pairs": 3,
            "data.schema": schema_text.to_text(schema),
            "data.outside": "clip",
            "budget.accountant": "rdp",
            "steps.num_steps": 1,
            "steps.num_critic_steps": 1,
            "steps.checkpoint_every": 1,
        }
        | changes,
    )
    return recipe, form


def test_bounds_are_paid_for_from_the_summary_exactly():
    declared = budgets.build_budget(*_recipe())
    recipe, form = _recipe(learnt=9.0)
    learnt = budgets.build_budget(recipe, form)
    whole = declared.plan.summary_noise_multiplier
    assert learnt.plan.summary_noise_multiplier == pytest.approx(
        whole, rel=1e-12
    )
    assert summary.combined(
        (*learnt.summary_noise_multipliers, 9.0)
    ) == pytest.approx(whole, rel=1e-12)
    own = summary.combined(learnt.summary_noise_multipliers)
    assert own == pytest.approx(1 / math.sqrt(1 / whole**2 - 1 / 81))
    header = budgets.ledger_header(recipe, learnt)
    assert header["summary_noise_multiplier"] < 9.0
    assert (
        accounting.epsilon(
            learnt.plan, delta=learnt.target.delta, accountant="rdp"
        )
        <= learnt.target.epsilon
    )


def test_bounds_are_charged_whatever_the_summary_has():
    for learnt in (6.0, 100.0):
        recipe, _ = _recipe(learnt=learnt)
        charged = prices.together(recipe, [3.0, 4.0])
        assert 1 / charged**2 == pytest.approx(
            1 / 9 + 1 / 16 + 1 / learnt**2, rel=1e-12
        )
    assert prices.together(_recipe()[0], [3.0, 4.0]) == pytest.approx(2.4)


def test_bounds_that_cost_all_of_it_are_refused():
    whole = budgets.build_budget(*_recipe()).plan.summary_noise_multiplier
    for learnt in (0.5 * whole, whole, 1.05 * whole, 1e-6):
        with pytest.raises(errors.ConfigError, match="learning its bounds"):
            budgets.build_budget(*_recipe(learnt=learnt))
    budgets.build_budget(*_recipe(learnt=1.06 * whole))


def test_bounds_that_no_summary_pays_for_are_refused():
    recipe, form = _recipe(learnt=9.0)
    recipe = recipes.change(recipe, {"summary": "none"})
    with pytest.raises(errors.ConfigError, match="choose a summary"):
        budgets.build_budget(recipe, form)
