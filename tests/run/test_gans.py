"""Models are what their configuration names."""

import pytest

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.models import dpgan
from dpgan_tf.models import rounded
from dpgan_tf.papers import paper_recipes
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import gans

BASE = presets.get("mnist_quick")


@pytest.mark.parametrize(
    "name, kind",
    [
        ("ppgan_5", "PPGAN"),
        ("xie_dpgan", "XieDPGAN"),
        ("dpgan_10", "DPGAN"),
        pytest.param(
            *("mnist_decoupled", "AdvancedDecoupledDPGAN"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_preset_decides_what_is_trained(name, kind):
    recipe = paper_recipes.get(name)
    budget = budgets.build_budget(recipe)
    networks = assembly.build_networks(recipe, records.DIGITS)
    model = gans.build_dpgan(
        recipe, records.DIGITS, *networks, budget.mechanism
    )
    assert type(model).__name__ == kind
    spent = budget.epsilon_after(budget.max_steps)
    assert (
        0.99 * recipe.budget.target_epsilon
        < spent
        <= recipe.budget.target_epsilon
    )
    assert budget.max_steps == recipe.steps.num_steps


@pytest.mark.parametrize(
    "clipping, kind",
    [("fixed", dpgan.DPGAN), ("adaptive", dpgan.AdvancedDPGAN)],
)
def test_the_clipping_decides_between_algorithms_1_and_3(clipping, kind):
    recipe = recipes.change(BASE, {"clipping": clipping})
    networks = assembly.build_networks(recipe, records.DIGITS)
    model = gans.build_dpgan(
        recipe,
        records.DIGITS,
        *networks,
        budgets.build_budget(recipe).mechanism,
    )
    assert type(model) is kind


def test_both_models_have_the_precision_of_the_run():
    recipe = recipes.change(BASE, {"networks.precision": "bfloat16"})
    networks = assembly.build_networks(recipe, records.DIGITS)
    mechanism = budgets.build_budget(recipe).mechanism
    for model in (
        gans.build_warm_start(recipe, records.DIGITS, *networks),
        gans.build_dpgan(recipe, records.DIGITS, *networks, mechanism),
    ):
        assert isinstance(model.public_critic, rounded.Rounded)
        assert model.critic is networks[0]
