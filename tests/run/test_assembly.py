"""Models are what their configuration names."""

import dataclasses

import pytest

from dpgan_tf.config import presets
from dpgan_tf.data import records
from dpgan_tf.models import dpgan
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets

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
    config = presets.get(name)
    budget = budgets.build_budget(config)
    networks = assembly.build_networks(config, records.DIGITS)
    model = assembly.build_dpgan(
        config, records.DIGITS, *networks, budget.mechanism
    )
    assert type(model).__name__ == kind
    spent = budget.epsilon_after(budget.max_steps)
    assert 0.99 * config.target_epsilon < spent <= config.target_epsilon
    assert budget.max_steps == config.num_steps


@pytest.mark.parametrize("decay", ["linear", "cosine"])
def test_rates_fall_to_zero_with_the_last_step(decay):
    config = dataclasses.replace(
        BASE, learning_rate_decay=decay, num_steps=40, num_critic_steps=4
    )
    budget = budgets.build_budget(config)
    networks = assembly.build_networks(config, records.DIGITS)
    model = assembly.build_dpgan(
        config, records.DIGITS, *networks, budget.mechanism
    )
    for optimizer, num_steps in (
        (model.critic_optimizer, 40),
        (model.generator_optimizer, 10),
    ):
        first = float(optimizer.learning_rate)
        optimizer.iterations.assign(num_steps // 2)
        assert float(optimizer.learning_rate) == pytest.approx(first / 2)
        optimizer.iterations.assign(num_steps)
        assert float(optimizer.learning_rate) == pytest.approx(0, abs=1e-9)
    fewer = assembly.build_dpgan(
        config, records.DIGITS, *networks, budget.mechanism, num_steps=20
    )
    fewer.critic_optimizer.iterations.assign(20)
    fewer.generator_optimizer.iterations.assign(5)
    for optimizer in (fewer.critic_optimizer, fewer.generator_optimizer):
        assert float(optimizer.learning_rate) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "clipping, kind",
    [("fixed", dpgan.DPGAN), ("adaptive", dpgan.AdvancedDPGAN)],
)
def test_the_clipping_decides_between_algorithms_1_and_3(clipping, kind):
    config = dataclasses.replace(BASE, clipping=clipping)
    networks = assembly.build_networks(config, records.DIGITS)
    model = assembly.build_dpgan(
        config,
        records.DIGITS,
        *networks,
        budgets.build_budget(config).mechanism,
    )
    assert type(model) is kind
