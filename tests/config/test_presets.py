import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets


def test_presets_carry_their_own_names_and_each_says_what_it_is_for():
    assert len(presets.names()) <= 12
    assert set(presets.PURPOSES) == set(presets.names())
    for name in presets.names():
        assert presets.get(name).name == name


def test_the_numbers_of_table_1():
    paper = presets.get("dpgan_mnist")
    assert paper.steps.expected_batch_size == 64
    assert paper.steps.num_critic_steps == 4
    assert paper.loss.gradient_penalty_weight == 10
    assert paper.steps.critic_learning_rate == 0.002
    assert (paper.optimizer.beta_1, paper.optimizer.beta_2) == (0.5, 0.9)
    assert paper.grouping.num_groups == 5
    assert paper.data.public_fraction == 0.02
    assert paper.warm_start.num_steps == 300


def test_an_unknown_preset_gets_the_nearest_name():
    with pytest.raises(errors.ConfigError, match="did you mean mnist"):
        presets.get("mnits")
