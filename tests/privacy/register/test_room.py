"""What is left: as much as fits, and no more."""

import pytest

from dpgan_tf.privacy.register import register as registers
from dpgan_tf.privacy.register import room as rooms
from tests.privacy.register import examples


@pytest.fixture
def path(tmp_path):
    return examples.create(tmp_path / "records.budget")


def test_an_empty_register_has_its_whole_epsilon(path):
    room = rooms.of(registers.read(path))
    assert room == rooms.Room(spent=0.0, left=2.0)


@pytest.mark.parametrize("summary", [None, 12.0])
def test_as_many_runs_like_the_last_one_fit_as_are_told(path, summary):
    plan = examples.plan(60, q=0.05, summary=summary)
    examples.reserve(path, 1, examples.plan(300))
    examples.reserve(path, 2, plan)
    chain = registers.read(path)
    room, policy = rooms.of(chain), chain.policy
    assert 0 < room.repeats < 99
    assert room.spent == policy.spent(chain.charged)
    for num, fits in ((room.repeats, True), (room.repeats + 1, False)):
        total = policy.spent([*chain.charged, *[plan] * num])
        assert (total <= policy.epsilon) is fits
    noisier = rooms._noisier(plan, room.noise_factor)
    assert policy.spent([*chain.charged, noisier]) <= policy.epsilon
    assert room.left == policy.spent([noisier])
    less = rooms._noisier(plan, room.noise_factor / 1.05)
    assert policy.spent([*chain.charged, less]) > policy.epsilon


def test_runs_that_cost_nearly_nothing_are_counted_to_ninety_nine(path):
    examples.reserve(path, 1, examples.plan(1, s=1e4))
    room = rooms.of(registers.read(path))
    assert room.repeats == 99
    assert room.noise_factor == 2.0**-3


def test_where_the_last_run_does_not_fit_again_a_noisier_one_may(path):
    examples.reserve(path, 1, examples.plan(180, q=0.05))
    room = rooms.of(registers.read(path))
    assert room.repeats == 0 and room.noise_factor > 1 and room.left > 0


def test_an_exceeded_policy_has_no_room(path):
    with registers.opened(path) as book:
        book.enter(examples.name(1), examples.plan(5000, q=0.1))
    room = rooms.of(registers.read(path))
    assert room.spent > 2.0
    assert (room.left, room.repeats, room.noise_factor) == (0.0, 0, None)
