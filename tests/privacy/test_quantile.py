"""Fractions of unclipped records: what they show, hide, cost and move."""

import math

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.models import losses
from dpgan_tf.privacy import draws
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.ledger import header
from tests.models import tiny
from tests.privacy import test_mechanism

SHARE = 0.04
SIGMA = 1.5


def fractions_and_sums(records, *, apart, sigma=SIGMA, step=0, share=SHARE):
    groups = test_mechanism.make_groups(apart=apart)
    made = test_mechanism.make_mechanism(
        sigma, 2 if apart else 1, quantile_share=share
    )
    released, _ = made.privatize(
        test_mechanism.record_as_gradient,
        test_mechanism.make_batch(records),
        variables=test_mechanism.VARIABLES,
        groups=groups,
        key=tf.constant([1, 2], tf.int64),
        step=tf.constant(step, tf.int64),
    )
    return (
        released.unclipped.numpy().astype(float),
        [total.numpy() for total in released.gradients],
        groups.clip_norms.numpy(),
    )


def records(num, seed=0):
    return np.random.default_rng(seed).normal(size=(num, 6)) * 3


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_one_record_moves_everything_by_what_is_charged(apart, scale):
    """In units of the noise, all that is released moves by 1 / s at most."""
    for seed in range(5):
        some = records(30, seed)
        more = np.append(some, scale * records(1, seed + 50), axis=0)
        first, sums, bounds = fractions_and_sums(some, apart=apart)
        second, others, _ = fractions_and_sums(more, apart=apart)
        num = test_mechanism.BATCH_SIZE
        k = len(bounds)
        moved = sum(
            (num * np.linalg.norm(a - b) / (SIGMA * bounds[j])) ** 2
            for j, a, b in zip(
                range(2) if apart else (0, 0), sums, others, strict=True
            )
        )
        deviation = SIGMA * math.sqrt(k / SHARE) / 2
        moved += np.sum((num * (first - second) / deviation) ** 2)
        charged = noise_multipliers.effective(SIGMA, k, SHARE)
        assert math.sqrt(moved) <= 1 / charged * (1 + 1e-3)
        if scale > 1:
            assert math.sqrt(moved) > 0.99 / charged


def test_the_noise_is_what_is_charged_and_the_mean_is_the_fraction():
    some, num_steps = records(30), 225
    made = test_mechanism.make_mechanism(SIGMA, 2, quantile_share=SHARE)

    @tf.function
    def fractions(step):
        return made.privatize(
            test_mechanism.record_as_gradient,
            test_mechanism.make_batch(some, chunk_size=30),
            variables=test_mechanism.VARIABLES,
            groups=test_mechanism.make_groups(apart=True),
            key=tf.constant([1, 2], tf.int64),
            step=step,
        )[0].unclipped

    steps = tf.range(num_steps, dtype=tf.int64)
    drawn = np.stack([fractions(step).numpy() for step in steps])
    norms = np.stack(
        [
            np.linalg.norm(some[:, :4], axis=1),
            np.linalg.norm(some[:, 4:], axis=1),
        ]
    )
    below = np.sum(norms <= [[3.0], [4.0]], axis=1)
    expected = (below - 15) / test_mechanism.BATCH_SIZE + 0.5
    deviation = SIGMA * math.sqrt(2 / SHARE) / 2 / test_mechanism.BATCH_SIZE
    np.testing.assert_allclose(
        drawn.mean(axis=0), expected, atol=4 * deviation / 15
    )
    np.testing.assert_allclose(drawn.std(axis=0), deviation, rtol=0.15)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_record_without_a_norm_is_not_counted(bad):
    some = records(10)
    more = np.append(some, np.full([1, 6], bad), axis=0)
    first, second = (
        fractions_and_sums(part, apart=False)[0] for part in (some, more)
    )
    np.testing.assert_array_equal(first, second)


def test_nothing_is_released_that_is_not_charged():
    made = test_mechanism.make_mechanism(SIGMA, 1)
    released, _ = made.privatize(
        test_mechanism.record_as_gradient,
        test_mechanism.make_batch(records(5)),
        variables=test_mechanism.VARIABLES,
        groups=test_mechanism.make_groups(),
        key=tf.constant([1, 2], tf.int64),
        step=tf.constant(0, tf.int64),
    )
    assert len(released.gradients) == 2
    assert released.unclipped is None
    assert made.effective_noise_multiplier == SIGMA
    with pytest.raises(errors.PrivacyError, match="quantile_share"):
        test_mechanism.make_mechanism(SIGMA, 1, quantile_share=-0.1)


def test_a_header_that_does_not_charge_for_the_quantile_is_refused():
    charged = noise_multipliers.effective(SIGMA, 2, SHARE)
    parameters = {
        "accountant": "rdp",
        "config_hash": "0" * 64,
        "data_fingerprint": "0" * 64,
        "effective_noise_multiplier": charged,
        "expected_batch_size": 10,
        "max_steps": 5,
        "noise_multiplier": SIGMA,
        "noise_sampler": header.NOISE_SAMPLER,
        "noise_source": "os_entropy",
        "num_examples": 100,
        "num_groups": 2,
        "quantile_share": SHARE,
        "sampling_probability": 0.1,
        "target_delta": 1e-5,
        "target_epsilon": 1.0,
    }
    header.require_parameters(parameters, name="ledger")
    unpaid = noise_multipliers.effective(SIGMA, 2)
    with pytest.raises(errors.LedgerError, match="effective_noise_multiplier"):
        header.require_parameters(
            parameters | {"effective_noise_multiplier": unpaid}, name="ledger"
        )


def quantile_gan(**settings):
    return tiny.private_gan(
        dpgan.DPGAN,
        groups="weight_bias",
        sigma=1e-6,
        quantile_share=1.0,
        clip_quantile_rate=0.3,
        **settings,
    )


@pytest.mark.parametrize("quantile", [0.25, 0.75])
def test_bounds_settle_where_the_quantile_is(quantile):
    model = quantile_gan(
        clip_norm=100.0, clip_quantile=quantile, expected=8.0, allow=1_000
    )
    model.critic_optimizer.learning_rate.assign(0.0)
    batch = tiny.private_batch(tiny.images(8))
    step = tf.function(model.critic_step, autograph=False)
    shares = []
    for number in range(150):
        logs = step(batch)
        if number >= 100:
            shares.append(1 - logs["clipped_fraction"].numpy())
    # With eight records a fraction moves in steps of 1 / 8.
    np.testing.assert_allclose(np.mean(shares, axis=0), quantile, atol=0.1)


def test_records_without_a_gradient_do_not_take_the_bounds_to_zero():
    """As with a hinge beyond 1: they are unclipped at every bound."""
    model = quantile_gan(
        clip_norm=2.0,
        clip_quantile=0.5,
        expected=8.0,
        gradient_penalty_weight=0.0,
    )
    model.objective = losses.Objective(*[lambda scores: 0 * scores] * 3)
    first = model.variable_bounds.numpy()
    batch = tiny.private_batch(tiny.images(8))
    step = tf.function(model.critic_step, autograph=False)
    for _ in range(60):
        step(batch)
    np.testing.assert_allclose(model.variable_bounds, first / 1000, rtol=1e-6)


@pytest.mark.parametrize("has_quantile", [False, True])
def test_without_a_permit_all_is_lost_even_if_assertions_are_dropped(
    has_quantile, monkeypatch
):
    """As XLA drops them."""
    model = quantile_gan(allow=0) if has_quantile else plain_gan(allow=0)
    batch = tiny.private_batch(tiny.images(4))
    with pytest.raises(tf.errors.InvalidArgumentError):
        model.critic_step(batch)
    monkeypatch.setattr(
        draws.Permit, "next_step", lambda self: tf.constant(0, tf.int64)
    )
    groups = model.make_groups(model.variable_bounds)
    released, _ = model.noisy_gradients(batch, groups)
    assert all(np.isnan(value).all() for value in released)
    assert np.isnan(model.variable_bounds).all() == has_quantile


def plain_gan(**settings):
    return tiny.private_gan(dpgan.DPGAN, groups="weight_bias", **settings)
