"""Samples are Poisson, whichever way they are drawn."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from dpgan_tf.privacy import poisson
from dpgan_tf.privacy.ledger import header
from tests.data import poisson_check

KEY = np.array([0x1234_5678_9ABC_DEF0, -77, 5, 6], np.int64)


def samples(num_units, num_steps, *, q, key=KEY, sampler=header.CHACHA20):
    select = tf.function(
        poisson.selector(num_units, probability=q, sampler=sampler)
    )
    return [
        [part.numpy() for part in select(key, tf.constant(step, tf.int64))]
        for step in range(num_steps)
    ]


@pytest.fixture
def by_gaps(monkeypatch):
    """Let few units be many."""
    monkeypatch.setattr(poisson, "MANY", 1)


def test_the_inclusion_probability_is_never_above_q():
    for q in (0.1, 1 / 3, 1e-9, 256 / 58800, np.nextafter(1, 0), 1.0):
        steps = poisson.threshold(q)
        assert isinstance(steps, int)
        assert q - 2**-52 < steps / 2**52 <= q


@pytest.mark.parametrize("q", [0.02, 0.1, 0.5])
def test_samples_by_gaps_are_poisson_samples(q, by_gaps):
    counts = np.stack(
        [
            np.bincount(numbers, minlength=200)
            for numbers, _ in samples(200, 1_000, q=q)
        ]
    )
    assert counts.shape[1] == 200
    assert poisson_check.violations(counts, q=q) == {}


def test_ids_by_gaps_know_nothing_of_the_gap(by_gaps):
    found = samples(1_000, 200, q=0.1)
    gap = np.concatenate([np.diff(n, prepend=-1) for n, _ in found])
    ids = np.concatenate([ids for _, ids in found])
    assert 0 <= ids.min() and ids.max() < 2**52
    assert len(set(ids)) == len(ids)
    assert stats.kstest(ids / 2**52, "uniform").pvalue > 1e-6
    assert abs(stats.spearmanr(gap, ids).statistic) < 5 / len(ids) ** 0.5
    table = np.histogram2d(gap > 7, ids % 4, bins=(2, 4))[0]
    assert stats.chi2_contingency(table).pvalue > 1e-6


def test_gaps_are_drawn_for_many_units_of_the_cipher():
    """Those that the gaps' own test holds, with this key at this step."""
    num_units, q = poisson.MANY, 2**-10
    law = poisson.gaps.Gaps.of(2**42)
    for step, (numbers, ids) in enumerate(samples(num_units, 2, q=q)):
        expected = law.sample(num_units, key=KEY, step=step)
        np.testing.assert_array_equal(numbers, expected[0])
        np.testing.assert_array_equal(ids, expected[1])


@pytest.mark.parametrize("num_units", [poisson.MANY - 1, poisson.MANY])
def test_a_seeded_run_draws_a_number_for_each_unit(num_units):
    drawn = poisson.keystream.uniforms(
        num_units,
        sampler=header.PHILOX,
        key=KEY,
        step=tf.constant(0, tf.int64),
    )
    ((numbers, ids),) = samples(num_units, 1, q=0.001, sampler=header.PHILOX)
    included = np.flatnonzero(drawn.numpy() < 0.001)
    np.testing.assert_array_equal(numbers, included)
    np.testing.assert_array_equal(ids, drawn.numpy()[included] * 2**52)


def test_a_probability_below_the_least_step_draws_nothing(by_gaps):
    ((numbers, ids),) = samples(100, 1, q=2**-53)
    assert len(numbers) == len(ids) == 0


@pytest.mark.parametrize("q", [0.0, -0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(q):
    with pytest.raises(ValueError, match="sampling_probability="):
        poisson.selector(10, probability=q, sampler=header.CHACHA20)
