"""Budgets: solved from a configuration, and never exceeded by it."""

import dataclasses

import numpy as np
import pytest

from dpgan_tf import assembly
from dpgan_tf import errors
from dpgan_tf import presets
from dpgan_tf import run_data
from dpgan_tf.data import records
from dpgan_tf.models import dpgan
from tests import tiny_run

BASE = presets.get("mnist_quick")


@pytest.mark.parametrize("grouping", ["single", "weight_bias", "clustered"])
def test_the_noise_is_solved_for_all_groups_and_the_steps_fit(grouping):
    config = dataclasses.replace(BASE, grouping=grouping, num_groups=3)
    budget = assembly.build_budget(config)
    assert budget.max_steps == config.num_steps
    spent = budget.curve.epsilon_after(budget.max_steps)
    assert 0.99 * config.target_epsilon < spent <= config.target_epsilon
    groups = {"single": 1, "weight_bias": 5, "clustered": 3}[grouping]
    assert budget.mechanism.num_groups == groups


def test_a_given_noise_multiplier_limits_the_steps_instead():
    config = dataclasses.replace(BASE, noise_multiplier=1.086, num_steps=10_000)
    budget = assembly.build_budget(config)
    assert budget.mechanism.noise_multiplier == 1.086
    assert 0 < budget.max_steps < 10_000
    assert budget.max_steps % config.num_critic_steps == 0
    curve = budget.curve
    assert curve.epsilon_after(budget.max_steps) <= config.target_epsilon
    one_round_more = budget.max_steps + config.num_critic_steps
    assert curve.epsilon_after(one_round_more) > config.target_epsilon


def test_noise_under_which_no_step_fits_is_refused():
    config = dataclasses.replace(BASE, noise_multiplier=0.2, target_epsilon=0.1)
    with pytest.raises(errors.ConfigError, match="noise_multiplier"):
        assembly.build_budget(config)


def test_the_budget_is_never_exceeded_for_random_configurations():
    rng = np.random.default_rng(7)
    for _ in range(40):
        config = dataclasses.replace(
            BASE,
            expected_batch_size=int(rng.integers(1, 5_000)),
            target_epsilon=float(np.exp(rng.uniform(-1, 3))),
            target_delta=float(np.exp(rng.uniform(-20, -11.1))),
            num_steps=4 * int(rng.integers(1, 5_000)),
            noise_multiplier=float(np.exp(rng.uniform(0.2, 2))),
            grouping=str(rng.choice(["single", "weight_bias", "clustered"])),
        )
        try:
            budget = assembly.build_budget(config)
        except errors.ConfigError:
            continue
        spent = budget.curve.epsilon_after(budget.max_steps)
        assert spent <= config.target_epsilon, config


def test_without_a_target_there_is_no_budget():
    config = dataclasses.replace(BASE, target_epsilon=None)
    with pytest.raises(errors.ConfigError, match="target_epsilon"):
        assembly.build_budget(config)


@pytest.mark.parametrize(
    "name, kind",
    [
        ("ppgan_5", "PPGAN"),
        ("xie_dpgan", "XieDPGAN"),
        ("dpgan_10", "DPGAN"),
        ("mnist_decoupled", "AdvancedDecoupledDPGAN"),
    ],
)
def test_a_preset_decides_what_is_trained(name, kind):
    config = presets.get(name)
    budget = assembly.build_budget(config)
    networks = assembly.build_networks(config, records.DIGITS)
    model = assembly.build_dpgan(
        config, records.DIGITS, *networks, budget.mechanism
    )
    assert type(model).__name__ == kind
    spent = budget.curve.epsilon_after(budget.max_steps)
    assert 0.99 * config.target_epsilon < spent <= config.target_epsilon
    assert budget.max_steps == config.num_steps


@pytest.mark.parametrize("decay", ["linear", "cosine"])
def test_rates_fall_to_zero_with_the_last_step(decay):
    config = dataclasses.replace(
        BASE, learning_rate_decay=decay, num_steps=40, num_critic_steps=4
    )
    budget = assembly.build_budget(config)
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


def test_more_groups_than_variables_are_refused():
    config = dataclasses.replace(BASE, num_groups=8)
    with pytest.raises(errors.ConfigError, match="num_groups=8"):
        assembly.build_budget(config)


def test_data_is_split_and_described(tmp_path):
    config = tiny_run.config(tmp_path)
    data = run_data.load(config, data_dir=tmp_path)
    assert len(data.public) + len(data.private) == tiny_run.NUM_RECORDS
    assert data.description["example_shape"] == [28, 28, 1]
    assert data.description["num_public"] == len(data.public)


def test_every_record_may_be_private(tmp_path):
    config = tiny_run.config(
        tmp_path,
        public_fraction=0.0,
        clipping="fixed",
        warm_start_steps=0,
        num_private_examples=300,
    )
    data = run_data.load(config, data_dir=tmp_path)
    assert data.public is None
    assert len(data.private) == tiny_run.NUM_RECORDS


def test_too_few_public_records_are_an_error_of_the_setting(tmp_path):
    config = tiny_run.config(tmp_path, public_batch_size=10_000)
    with pytest.raises(errors.ConfigError, match="public_batch_size=10000"):
        run_data.load(config, data_dir=tmp_path)


def test_a_declared_size_of_other_data_is_refused(tmp_path):
    config = tiny_run.config(tmp_path, num_private_examples=600)
    with pytest.raises(errors.ConfigError, match="num_private_examples=600"):
        run_data.load(config, data_dir=tmp_path)


def test_images_of_another_size_are_an_error_of_the_data(tmp_path):
    tiny_run.write_records(tmp_path, shape=(300, 6, 14))
    config = tiny_run.config(tmp_path)
    with pytest.raises(errors.DatasetError, match="6 x 14.*--size=N"):
        run_data.load(config, data_dir=tmp_path)


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
        assembly.build_budget(config).mechanism,
    )
    assert type(model) is kind
