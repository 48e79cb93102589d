"""Batches and steps for a budget: what is kept, and what decides."""

import dataclasses

import pytest

from dpgan_tf import config as configs
from dpgan_tf import errors
from dpgan_tf import plan
from dpgan_tf import presets
from dpgan_tf.data import records
from dpgan_tf.tables import definitions

BASE = dataclasses.replace(
    presets.get("mnist_surrogate"), accountant="rdp", num_steps=1_000
)


def with_epsilon(epsilon, **changes):
    return dataclasses.replace(BASE, target_epsilon=epsilon, **changes)


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
    assert plan.noise_of(chosen, records.DIGITS) <= plan.NOISE
    smaller = dataclasses.replace(
        chosen,
        expected_batch_size=chosen.expected_batch_size // 2,
        num_steps=chosen.num_steps * 2,
    )
    assert plan.noise_of(smaller, records.DIGITS) > plan.NOISE


def test_nothing_but_batch_and_steps_changes():
    config = with_epsilon(1.0)
    chosen = plan.choose(config)
    changed = {
        field.name
        for field in dataclasses.fields(configs.Config)
        if getattr(chosen, field.name) != getattr(config, field.name)
    }
    assert changed <= {"expected_batch_size", "num_steps"}


def test_a_batch_is_never_larger_than_the_records():
    config = with_epsilon(
        0.05,
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
    assert plan.noise_of(chosen, records.DIGITS) <= plan.NOISE


@pytest.mark.slow
def test_the_preset_and_the_tables_are_as_planned():
    """A minute: calibration by PLD takes seconds."""
    for row in definitions.UTILITY[0].rows:
        if "_alone_" in row.name and "paper" not in row.name:
            assert plan.choose(row.config) == row.config, row.name


def test_too_few_records_are_refused():
    config = with_epsilon(
        1.0, num_private_examples=100, expected_batch_size=50, num_steps=50
    )
    with pytest.raises(errors.ConfigError, match="from 100 records; too few"):
        plan.choose(config)
