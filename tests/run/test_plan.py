"""Batches and steps for a budget: what is kept, and what decides."""

import dataclasses

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import settings as configs
from dpgan_tf.data import records
from dpgan_tf.papers import utility
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import plan
from tests.models import tiny

BASE = dataclasses.replace(
    presets.get("mnist_surrogate"),
    accountant="rdp",
    num_steps=1_000,
    num_critic_steps=5,
)


def with_epsilon(epsilon, **changes):
    return dataclasses.replace(BASE, target_epsilon=epsilon, **changes)


@pytest.mark.slow
def test_less_budget_means_larger_batches_and_fewer_steps():
    sizes = []
    for epsilon in (100.0, 3.0, 1.0, 0.3):
        config = with_epsilon(epsilon)
        chosen = plan.choose(config)
        sizes.append(chosen.expected_batch_size)
        work = chosen.num_steps * chosen.expected_batch_size
        if chosen.expected_batch_size < plan.BATCHES[-1]:
            assert work == pytest.approx(1_000 * 1_024, rel=0.1)
        assert chosen.num_steps % chosen.num_critic_steps == 0
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]


def test_the_chosen_batch_is_the_smallest_that_is_quiet_enough():
    chosen = plan.choose(with_epsilon(2.0))
    assert budgets.noise_length(chosen, records.DIGITS) <= plan.NOISE
    smaller = dataclasses.replace(
        chosen,
        expected_batch_size=chosen.expected_batch_size // 2,
        num_steps=chosen.num_steps * 2,
    )
    assert budgets.noise_length(smaller, records.DIGITS) > plan.NOISE


def test_nothing_but_batch_and_numbers_of_steps_changes():
    config = with_epsilon(1.0)
    chosen = plan.choose(config)
    changed = {
        field.name
        for field in dataclasses.fields(configs.Config)
        if getattr(chosen, field.name) != getattr(config, field.name)
    }
    assert changed <= {"expected_batch_size", "num_steps", "guide_steps"}


def test_a_guide_takes_more_steps_where_there_is_less_noise():
    """And the noise of all of them together does not depend on their number."""
    steps = []
    for epsilon in (1.0, 4.0):
        config = with_epsilon(epsilon)
        sigma, same = (
            budgets.guide_noise_multiplier(
                dataclasses.replace(config, guide_steps=num)
            )
            for num in (1, 50)
        )
        assert sigma == pytest.approx(same)
        steps.append(plan.choose(config).guide_steps)
        assert steps[-1] == round(plan.GUIDE_STEPS / sigma**0.5)
    assert steps[0] < steps[1]


@pytest.mark.parametrize("grouping", ["single", "weight_bias", "clustered"])
def test_noise_is_as_long_as_is_said(grouping):
    """Drawn by the mechanism, on a step without records."""
    config = dataclasses.replace(
        BASE, grouping=grouping, num_groups=3, critic_width=4, clipping="fixed"
    )
    critic, generator = assembly.build_networks(config, records.DIGITS)
    model = assembly.build_dpgan(
        config,
        records.DIGITS,
        critic,
        generator,
        budgets.build_budget(config).mechanism,
    )
    model.permit.begin((1, 2))
    model.permit.allow(1)
    drawn, _ = model.noisy_gradients(
        tiny.private_batch(tiny.images(0)),
        model.make_groups(model.variable_bounds),
    )
    length = np.sqrt(sum(np.sum(np.square(noise)) for noise in drawn))
    expected = budgets.noise_length(config, records.DIGITS) * config.clip_norm
    assert length == pytest.approx(expected, rel=0.05)


def test_a_plan_solves_the_noise_itself():
    with pytest.raises(errors.ConfigError, match="noise_multiplier=20"):
        plan.choose(with_epsilon(1.0, noise_multiplier=20.0))


def test_a_budget_that_noise_would_decide_is_refused():
    with pytest.raises(errors.ConfigError, match="target_epsilon=0.05; even"):
        plan.choose(with_epsilon(0.05))


def test_a_batch_is_never_larger_than_the_records():
    config = with_epsilon(
        200.0,
        num_private_examples=600,
        target_delta=1e-4,
        expected_batch_size=512,
        num_steps=50,
    )
    assert plan.choose(config).expected_batch_size <= 600


def test_where_no_batch_is_quiet_fewer_steps_are_taken():
    config = with_epsilon(1.0, num_steps=3_000)
    chosen = plan.choose(config)
    assert chosen.expected_batch_size == plan.BATCHES[-1]
    assert chosen.num_steps * 8_192 < 0.6 * 3_000 * 1_024
    assert budgets.noise_length(chosen, records.DIGITS) <= plan.NOISE


@pytest.mark.slow
def test_the_preset_and_the_tables_are_as_planned():
    """Minutes: calibration by PLD takes seconds."""
    for row in utility.TABLES[0].rows:
        if row.name.startswith(("mnist_alone_", "mnist_beside_")):
            assert plan.choose(row.config) == row.config, row.name


def test_too_few_records_are_refused():
    config = with_epsilon(
        1.0, num_private_examples=100, expected_batch_size=50, num_steps=50
    )
    with pytest.raises(errors.ConfigError, match="from 100 records; too few"):
        plan.choose(config)


def test_a_plan_needs_a_budget():
    config = dataclasses.replace(
        BASE, target_epsilon=None, noise_multiplier=1.0
    )
    with pytest.raises(errors.ConfigError, match="target_epsilon"):
        plan.choose(config)
