"""A budget that nothing can be learnt from is refused before it is spent."""

import dataclasses
import math

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import budgets
from dpgan_tf.run import outlook
from dpgan_tf.run import training
from tests import tiny_run

MNIST = presets.get("mnist")


def require(sigma, **changes):
    """Judge a setting whose noise is given, and whose budget is ample."""
    recipe = recipes.change(
        MNIST,
        {
            "budget.noise_multiplier": sigma,
            "budget.target_epsilon": 1e9,
            **changes,
        },
    )
    budget = budgets.build_budget(recipe)
    outlook.require(recipe, records.DIGITS, budget)


@pytest.mark.parametrize(
    ("sigma", "changes"),
    [
        (1e6, {}),
        (28.0, {"steps.expected_batch_size": 1}),
        (28.0, {"steps.expected_batch_size": 4, "steps.num_steps": 40}),
    ],
)
def test_a_hopeless_budget_is_refused_with_its_numbers(sigma, changes):
    with pytest.raises(errors.ConfigError, match="nothing would be learnt"):
        require(sigma, **changes)


@pytest.mark.parametrize(
    ("sigma", "changes"),
    [
        (60.0, {"data.num_private_examples": 1_500}),
        (28.0, {"steps.expected_batch_size": 40}),
        (2.2, {"steps.num_steps": 4}),
    ],
)
def test_a_poor_budget_is_one_line_before_the_start(sigma, changes, capsys):
    require(sigma, **changes)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "little will be learnt" in said
    assert "--plan" in said


def test_a_budget_like_the_papers_needs_no_word(capsys):
    require(2.2)
    assert capsys.readouterr().err == ""


def test_the_noise_of_all_steps_is_shorter_by_the_root_of_their_number():
    recipe = recipes.change(
        MNIST,
        {
            "budget.noise_multiplier": 50.0,
            "steps.num_steps": 400,
            "budget.target_epsilon": 1e9,
        },
    )
    budget = budgets.build_budget(recipe)
    one = budgets.noise_length(recipe, records.DIGITS, budget)
    assert one == budgets.noise_length(recipe, records.DIGITS)
    with pytest.raises(errors.ConfigError) as caught:
        outlook.require(
            recipes.change(recipe, {"steps.expected_batch_size": 1}),
            records.DIGITS,
            budget,
        )
    length = one * recipe.steps.expected_batch_size / math.sqrt(400)
    assert f"together {length:.2g} times" in str(caught.value)


def test_a_summary_that_drowns_all_records_is_refused():
    recipe = presets.get("mnist_surrogate")
    ample = recipes.change(
        MNIST, {"budget.noise_multiplier": 2.2, "budget.target_epsilon": 1e9}
    )
    budget = budgets.build_budget(ample)
    heard, drowned = (
        dataclasses.replace(
            budget,
            plan=dataclasses.replace(
                budget.plan, summary_noise_multiplier=sigma
            ),
        )
        for sigma in (50.0, 1e6)
    )
    outlook.require(recipe, records.DIGITS, heard)
    with pytest.raises(errors.ConfigError, match="summary.share="):
        outlook.require(recipe, records.DIGITS, drowned)


def test_a_run_that_is_hopeless_leaves_no_trace(tmp_path):
    recipe = tiny_run.recipe(
        tmp_path, budget__noise_multiplier=1e4, budget__target_epsilon=1.0
    )
    with pytest.raises(
        errors.ConfigError, match="data.num_private_examples=285"
    ):
        training.train(recipe, run_dir=tmp_path / "run", data_dir=tmp_path)
    assert not (tmp_path / "run").exists()
