"""What is broken is convicted; a test of each part of it, too."""

import dataclasses
import math

import numpy as np
import pytest

from dpgan_tf.audit import audit
from dpgan_tf.audit import broken
from dpgan_tf.audit import canaries
from dpgan_tf.audit import findings
from dpgan_tf.audit import keys
from dpgan_tf.audit.bounds import family

CASES = {each.name: each.case for each in broken.every()}


def p_value(case, *, num, seed=1):
    """Return how surprising an audit of a case is, and its tests."""
    made_keys = keys.make(seed)
    made = canaries.toss(num, num_spoiled=60, generator=made_keys.coins)
    scores = audit.score(case, made, made_keys)
    tests = findings.tests(case, made, scores)
    return findings.joint_p_value(tests, family.presence(case.plan)), tests


def short(case, num_steps):
    """Return a case with fewer steps, and the plan for them."""
    plan = dataclasses.replace(case.plan, num_steps=num_steps)
    return dataclasses.replace(case, plan=plan)


@pytest.mark.parametrize(
    "name, num, num_steps",
    [
        ("noise_over_root_of_batch", 300, 20),
        ("shuffled_batches", 1_500, 20),
        ("not_a_number_unclipped", 300, 60),
    ],
)
def test_broken_arithmetic_is_convicted_in_few_steps(name, num, num_steps):
    p, _ = p_value(short(CASES[name], num_steps), num=num)
    assert p < findings.ERROR


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [2])
def test_all_broken_arithmetic_is_convicted(name, seed):
    p, _ = p_value(CASES[name], num=4_000, seed=seed)
    assert p < findings.ERROR


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
def test_the_same_with_nothing_wrong_is_acquitted(seed):
    assert p_value(broken.sound(), num=4_000, seed=seed)[0] >= findings.ERROR


def test_each_case_differs_from_the_sound_one_in_one_thing():
    sound = broken.sound()
    ours = sound.mechanism
    over_root = CASES["noise_over_root_of_batch"].mechanism
    assert over_root.noise_multiplier == pytest.approx(
        ours.noise_multiplier / math.sqrt(ours.expected_batch_size)
    )
    silent = CASES["silent_replica"].mechanism
    assert silent.noise_multiplier**2 * 2 == pytest.approx(
        ours.noise_multiplier**2
    )
    more = CASES["records_counted_too_high"]
    assert more.mechanism.sampling_probability == pytest.approx(
        1.2 * more.plan.sampling_probability
    )
    as_one = CASES["groups_as_one"]
    assert as_one.plan.effective_noise_multiplier == ours.noise_multiplier
    assert as_one.mechanism == ours
    assert {case.plan for name, case in CASES.items()} >= {sound.plan}


def test_shuffled_batches_deal_each_record_once_in_an_epoch():
    made = canaries.Canaries(
        is_in=np.ones(30, bool), is_spoiled=np.zeros(30, bool)
    )
    rounds = broken.shuffled_batches(
        made.records(),
        sampling_probability=0.2,
        chunk_size=4,
        key=np.array([3, -4]),
        steps_per_round=1,
        sampler="box_muller_chacha20",
        most_records_per_unit=1,
    )
    batches = [batch.examples.numpy()[0] for (batch,) in rounds.take(10)]
    for epoch in (batches[:5], batches[5:]):
        rows = np.concatenate(epoch)
        np.testing.assert_array_equal(rows.sum(axis=0), 1)
    assert not np.array_equal(batches[0], batches[5])
