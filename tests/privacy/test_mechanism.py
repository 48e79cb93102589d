"""The choke point: what one record can do, and what is charged for it."""

import dp_accounting
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import batches
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import mechanism
from dpgan_tf.privacy import noise
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import header
from tests.privacy import noise_check

DIM = 6
VARIABLES = [tf.Variable(tf.zeros([4])), tf.Variable(tf.zeros([2]))]
BATCH_SIZE = 32.0


def make_mechanism(sigma=1.5, num_groups=1, **changes):
    settings = {
        "noise_multiplier": sigma,
        "num_groups": num_groups,
        "sampling_probability": 0.1,
        "expected_batch_size": BATCH_SIZE,
    }
    return mechanism.GroupedGaussianMechanism(**(settings | changes))


def make_groups(bounds=(3.0, 4.0), *, apart=False):
    columns = [0, 1] if apart else [0, 0]
    return grouping.fixed(columns)(tf.constant(bounds))


def make_batch(records, *, chunk_size=4, padding=np.nan):
    """A batch whose records *are* their gradients, in chunks with padding."""
    records = np.asarray(records, np.float32).reshape(-1, DIM)
    num_chunks = max(1, -(-len(records) // chunk_size))
    padded = np.full((num_chunks * chunk_size, DIM), padding, np.float32)
    padded[: len(records)] = records
    mask = np.arange(len(padded)) < len(records)
    return batches.PrivateBatch(
        tf.constant(padded.reshape(num_chunks, chunk_size, 1, 1, DIM)),
        tf.zeros([num_chunks, chunk_size], tf.int64),
        tf.constant(mask.reshape(num_chunks, chunk_size)),
        tf.zeros([num_chunks, chunk_size], tf.int64),
    )


def record_as_gradient(images, labels, random_ids):
    del labels, random_ids
    flat = images[:, 0, 0, :]
    gradients = [flat[:, :4], flat[:, 4:]]
    return flat[:, 0], per_example.ExplicitGradients(gradients)


def compiled(sigma, groups, **changes):
    """Return the public path as one compiled function of batch and step."""
    made = make_mechanism(sigma, groups.clip_norms.shape[0], **changes)

    @tf.function(reduce_retracing=True)
    def step_function(batch, step):
        gradients, statistics = made.privatize(
            record_as_gradient,
            batch,
            variables=VARIABLES,
            groups=groups,
            key=tf.constant([1, 2, 3, 4], tf.int64),
            step=step,
        )
        return tf.concat(gradients, axis=0), statistics

    return step_function


def privatize(records, *, groups=None, sigma=1.5, **kw):
    groups = make_groups() if groups is None else groups
    update, statistics = compiled(sigma, groups)(
        make_batch(records, **kw), tf.constant(0, tf.int64)
    )
    return update.numpy(), statistics


def updates_of_empty_batches(num_steps, *, groups):
    step_function, batch = compiled(1.5, groups), make_batch([])
    return np.stack(
        [
            step_function(batch, tf.constant(t, tf.int64))[0].numpy()
            for t in range(num_steps)
        ]
    )


def random_records(num, *, scale=1.0, seed=0):
    return scale * np.random.default_rng(seed).normal(size=(num, DIM))


def test_no_clip_and_no_noise_recovers_the_sum_over_the_expected_size():
    records = random_records(11)
    update, _ = privatize(records, groups=make_groups((1e6, 1e6)), sigma=1e-12)
    np.testing.assert_allclose(
        update, records.sum(0) / BATCH_SIZE, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("num_others", [0, 1, 15, 63])
def test_one_huge_record_moves_the_update_by_the_bound_whatever_the_batch(
    num_others,
):
    """The batch must not share the bound out: sensitivity is C, not C / m."""
    others = random_records(num_others, scale=1e-3)
    huge = 1e6 * np.ones((1, DIM))
    with_it, _ = privatize(np.concatenate([others, huge]))
    without, _ = privatize(others)
    moved = np.linalg.norm((with_it - without) * BATCH_SIZE)
    assert moved <= 5.0 * (1 + 1e-5)
    np.testing.assert_allclose(moved, 5.0, rtol=2e-3)


@pytest.mark.parametrize("apart", [False, True])
def test_noise_is_sigma_times_the_bound_over_the_expected_batch_size(apart):
    """Through the public path, with no records: two groups or one."""
    groups = make_groups(apart=apart)
    rows = updates_of_empty_batches(4000, groups=groups)
    scales = np.array([3.0] * 4 + [4.0] * 2 if apart else [5.0] * 6)
    whitened = rows * BATCH_SIZE / (1.5 * scales)
    assert noise_check.refusal(whitened, scale=1.0) is None
    assert noise_check.refusal(whitened, scale=1.05) == "variance"


@pytest.mark.parametrize("apart", [False, True])
def test_influence_in_units_of_noise_is_what_the_accountant_charges(apart):
    """A record that saturates every group moves by 1 / sigma_effective."""
    groups = make_groups(apart=apart)
    made = make_mechanism(1.5, groups.clip_norms.shape[0])
    moved = (
        privatize(1e6 * np.ones((1, DIM)), groups=groups)[0]
        - privatize([], groups=groups)[0]
    ) * BATCH_SIZE
    deviations = np.array([3.0] * 4 + [4.0] * 2 if apart else [5.0] * 6) * 1.5
    whitened = np.linalg.norm(moved / deviations)
    limit = 1 / made.effective_noise_multiplier
    assert whitened <= limit * (1 + 1e-5)
    assert whitened >= limit * (1 - 2 * clipping.ROUNDING_SLACK)


def test_noise_divided_by_the_root_of_the_batch_would_be_refused():
    """The authors' arithmetic: noise sigma C / sqrt(B) on clipped g / B."""
    rows = updates_of_empty_batches(1000, groups=make_groups())
    theirs = rows / np.sqrt(BATCH_SIZE)
    assert (
        noise_check.refusal(theirs * BATCH_SIZE / (1.5 * 5.0), scale=1.0)
        == "variance"
    )


def test_chunk_size_and_order_do_not_change_the_update():
    records = random_records(13, scale=3.0)
    expected, _ = privatize(records, chunk_size=4)
    for chunk_size in (1, 2, 13, 64):
        update, _ = privatize(records, chunk_size=chunk_size)
        np.testing.assert_allclose(update, expected, rtol=1e-5, atol=1e-6)
    shuffled = np.random.default_rng(1).permutation(records)
    update, _ = privatize(shuffled)
    np.testing.assert_allclose(update, expected, rtol=1e-5, atol=1e-6)


def test_padding_counts_for_nothing_whatever_it_holds():
    records = random_records(5)
    expected, _ = privatize(records, padding=0.0)
    update, _ = privatize(records, padding=7.0)
    np.testing.assert_array_equal(update, expected)


def test_the_mean_loss_is_over_the_records_that_are_there():
    records = random_records(7)
    _, statistics = privatize(records, padding=5.0)
    np.testing.assert_allclose(
        statistics.mean_loss, records[:, 0].mean(), rtol=1e-5
    )


def test_an_empty_batch_still_gets_noise():
    update, statistics = privatize([])
    assert (np.abs(update) > 0).all()
    assert statistics.num_records == 0


@pytest.mark.parametrize("sampler", header.NOISE_SAMPLERS)
def test_noise_is_of_the_sampler_that_is_named(sampler):
    """Without records the update is the noise, over m."""
    draw = compiled(1.5, make_groups(), noise_sampler=sampler)
    update, _ = draw(make_batch([]), tf.constant(2, tf.int64))
    bits = keystream.bits(
        [2, DIM // 2],
        sampler=sampler,
        key=tf.constant([1, 2, 3, 4], tf.int64),
        step=tf.constant(2, tf.int64),
    )
    expected = 1.5 * 5.0 * np.ravel(noise.to_pairs(bits)) / BATCH_SIZE
    np.testing.assert_allclose(update, expected, rtol=1e-5)


def test_a_machine_without_the_cipher_has_no_mechanism(monkeypatch):
    """It is refused before there is a ledger."""
    monkeypatch.setattr(
        keystream, "chacha20", lambda num, **_: np.zeros(num, np.uint64)
    )
    make_mechanism(noise_sampler=header.PHILOX)
    with pytest.raises(errors.PrivacyError, match="ChaCha20"):
        make_mechanism()


def test_the_divisor_is_the_expected_size_and_not_the_actual_one():
    one, _ = privatize(np.ones((1, DIM)), sigma=1e-12)
    three, _ = privatize(np.ones((3, DIM)), sigma=1e-12)
    np.testing.assert_allclose(three, 3 * one, rtol=1e-5)


def test_a_poisoned_record_changes_nothing():
    records = random_records(6)
    expected, _ = privatize(records)
    for bad in (np.nan, np.inf, -np.inf):
        poisoned = np.concatenate([records, np.full((1, DIM), bad)])
        update, _ = privatize(poisoned)
        np.testing.assert_allclose(update, expected, rtol=1e-6, atol=1e-7)


def test_the_price_is_of_the_joint_release_of_all_groups():
    made = make_mechanism(1.1, 5, sampling_probability=64 / 60000)
    composed = dp_accounting.SelfComposedDpEvent(
        dp_accounting.PoissonSampledDpEvent(
            64 / 60000,
            dp_accounting.ComposedDpEvent(
                [dp_accounting.GaussianDpEvent(1.1)] * 5
            ),
        ),
        20_000,
    )
    joint = dp_accounting.rdp.RdpAccountant().compose(composed)
    plan = plans.NoisePlan(
        sampling_probability=made.sampling_probability,
        effective_noise_multiplier=made.effective_noise_multiplier,
        num_steps=20_000,
    )
    ours = accounting.epsilon(plan, delta=1e-5, accountant="rdp")
    np.testing.assert_allclose(ours, joint.get_epsilon(1e-5), rtol=1e-9)
    # What Theorem 4.1's parallel composition would have charged, k terms of
    # their own subsamples: far too little.
    assert ours > 5 * 1.5864


@pytest.mark.parametrize(
    "name, value",
    [
        ("noise_multiplier", 0.0),
        ("noise_multiplier", -1.0),
        ("noise_multiplier", float("nan")),
        ("noise_multiplier", float("inf")),
        ("num_groups", 0),
        ("sampling_probability", 0.0),
        ("sampling_probability", 1.1),
        ("expected_batch_size", 0.0),
        ("noise_sampler", "ziggurat"),
    ],
)
def test_a_setting_without_a_claim_raises_and_names_it(name, value):
    with pytest.raises(errors.PrivacyError, match=name):
        make_mechanism(**{name: value})


def test_more_groups_than_are_charged_for_raise():
    with pytest.raises(errors.PrivacyError, match="2 groups"):
        make_mechanism(1.0, 1).privatize(
            record_as_gradient,
            make_batch([]),
            variables=VARIABLES,
            groups=make_groups(apart=True),
            key=tf.constant([1, 2, 3, 4], tf.int64),
            step=tf.constant(0, tf.int64),
        )
