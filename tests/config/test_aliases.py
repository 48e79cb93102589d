"""Short names of settings mean what people mean by them."""

import pytest

from dpgan_tf import errors
from dpgan_tf.config import aliases
from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text

BASE = presets.get("mnist")


def test_an_alias_is_the_setting_that_it_stands_for():
    said = {"epsilon": "2", "delta": "1e-6", "seed": "7"}
    full = {
        "budget.target_epsilon": "2",
        "budget.target_delta": "1e-6",
        "data.split_seed": "7",
    }
    assert config_text.change(BASE, said) == config_text.change(BASE, full)


def test_another_seed_gives_other_first_weights():
    other = config_text.change(BASE, {"seed": "1"})
    assert other.digest() != BASE.digest()


def test_the_generator_keeps_its_rate_beside_the_critics():
    made = config_text.change(BASE, {"learning_rate": "2e-3"}).steps
    assert made.critic_learning_rate == 2e-3
    assert made.generator_learning_rate == pytest.approx(1e-3)


def test_epochs_are_counted_on_the_batch_and_the_number_that_are_wanted():
    """30,000 records in batches of 300 in rounds of 4: 2 epochs, 200 steps."""
    made = config_text.change(
        BASE,
        {
            "epochs": "2",
            "data.num_private_examples": "30000",
            "steps.expected_batch_size": "300",
            "steps.num_critic_steps": "4",
        },
    )
    assert made.steps.num_steps == 200


@pytest.mark.parametrize(
    ("epochs", "rounds_of", "expected"),
    [(1, 1, 98), (1, 5, 100), (0.001, 4, 4), (2.5, 1, 245)],
)
def test_steps_are_whole_rounds_and_at_least_one(epochs, rounds_of, expected):
    found = aliases.num_steps(
        epochs, num_examples=49_000, batch_size=500, num_critic_steps=rounds_of
    )
    assert found == expected


def test_a_full_name_wins_over_an_alias():
    said = {"epsilon": "2", "budget.target_epsilon": "3"}
    said |= {"learning_rate": "1e-4", "steps.generator_learning_rate": "5e-3"}
    said |= {"epochs": "1", "steps.num_steps": "40"}
    made = config_text.change(BASE, said)
    assert made.budget.target_epsilon == 3
    assert made.steps.critic_learning_rate == 1e-4
    assert made.steps.generator_learning_rate == 5e-3
    assert made.steps.num_steps == 40


@pytest.mark.parametrize("value", ["0", "-1", "many", "nan", "inf"])
@pytest.mark.parametrize("name", ["epochs", "learning_rate"])
def test_a_number_that_makes_no_sense_is_named(name, value):
    with pytest.raises(errors.ConfigError, match=f"{name}={value}; expected"):
        config_text.change(BASE, {name: value})


def test_a_typo_names_the_nearest_alias():
    with pytest.raises(errors.ConfigError, match=r"did you mean epsilon\?"):
        config_text.change(BASE, {"epsilom": "2"})
