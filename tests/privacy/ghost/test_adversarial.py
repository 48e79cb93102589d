"""Records made to break the clipping: none moves the sum beyond its bound."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import networks
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import grams
from dpgan_tf.privacy.ghost import norms
from tests.privacy.ghost import reference

SHAPE = (28, 28, 1)
NUM = 4
FORMS = pytest.mark.parametrize("form", reference.FORMS)
LOSSES = pytest.mark.parametrize("loss", ["penalized", "wasserstein"])


@pytest.fixture(scope="module")
def critic():
    keras.utils.set_random_seed(5)
    made = networks.build_critic(SHAPE, width=4)
    # Large weights, so that rounding is large against small bounds.
    for variable in made.trainable_variables:
        variable.assign(5 * variable)
    return made


def adversary(kind, fake, seed):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=SHAPE)
    return {
        "random": rng.uniform(-1, 1, SHAPE),
        "huge": 1e6 * noise,
        "tiny": 1e-20 * noise,
        "constant": np.full(SHAPE, rng.uniform(-1, 1)),
        "its fake": fake,
        "almost its fake": fake + 1e-4 * noise,
        "hardly not its fake": fake + 1e-6 * noise,
    }[kind]


KINDS = (
    *("random", "huge", "tiny", "constant"),
    *("its fake", "almost its fake", "hardly not its fake"),
)


def moved_by(critic, loss, record, records, *, bound, groups="weight_bias"):
    """Return how far the last record moves each group's sum, and the bounds."""
    shapes = [v.shape for v in critic.trainable_variables]
    make_groups, _ = grouping.build(groups, shapes, num_groups=2)
    made = make_groups(tf.fill([len(shapes)], tf.constant(bound, tf.float32)))
    images = records[0].numpy()
    images[-1] = record
    loss_fn = reference.LOSSES[loss](critic)
    sums = []
    for is_there in (False, True):
        _, gradients = ghost.differentiate(
            loss_fn, critic, (tf.constant(images, tf.float32), *records[1:])
        )
        mask = tf.constant([True] * (NUM - 1) + [is_there])
        total = clipping.clip_and_sum(gradients, mask, groups=made)
        sums.append([g.numpy() for g in total.gradients])
    squares = [np.sum((a - b) ** 2) for a, b in zip(*sums, strict=True)]
    return np.sqrt(squares @ made.membership.numpy()), made.clip_norms.numpy()


@FORMS
@LOSSES
@pytest.mark.parametrize("kind", KINDS)
def test_no_record_moves_a_group_beyond_its_bound(
    critic, loss, form, kind, monkeypatch
):
    """Zero tolerance: the slack of the clipping covers the rounding."""
    with reference.forced(monkeypatch, form):
        for seed in range(3):
            records = reference.records(NUM, SHAPE, seed=seed)
            record = adversary(kind, records[1][-1, 0].numpy(), seed)
            for bound in (1e-3, 1.0):
                moved, bounds = moved_by(
                    critic, loss, record, records, bound=bound
                )
                assert (moved <= bounds).all(), (seed, bound, moved / bounds)


@FORMS
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e38, 1e25])
def test_a_record_that_is_not_finite_adds_exactly_zero(
    critic, form, bad, monkeypatch
):
    records = reference.records(NUM, SHAPE)
    for record in (np.full(SHAPE, bad), np.zeros(SHAPE)):
        record = record.copy()
        record[3, 4] = bad
        with reference.forced(monkeypatch, form):
            moved, _ = moved_by(critic, "penalized", record, records, bound=1.0)
        np.testing.assert_array_equal(moved, 0)


def test_cancelled_grams_are_mended(critic, monkeypatch):
    """A Gram matrix forgets a gradient that is small against its terms."""
    records = reference.records(NUM, SHAPE)
    noise = np.random.default_rng(0).normal(size=(NUM, *SHAPE))
    images = records[1].numpy()[:, 0] + 1e-3 * noise
    near = (tf.constant(images, tf.float32), *records[1:])
    loss_fn = reference.wasserstein(critic)
    expected = reference.one_at_a_time(loss_fn, critic, near).gradients
    kernels = [0, 2, 4]
    wanted = reference.norms_of(expected)[:, kernels]
    errors = {}
    for share in (grams._TRUSTED_SHARE, -np.inf):
        monkeypatch.setattr(grams, "_TRUSTED_SHARE", share)
        with reference.forced(monkeypatch, "gram", cancelling_share=0.0):
            _, gradients = ghost.differentiate(loss_fn, critic, near)
            found = np.sqrt(gradients.squared_norms())[:, kernels]
        errors[share] = np.nan_to_num(abs(found / wanted - 1), nan=1.0).max()
    # Two ways to sum float32 terms that are a thousand times their sum.
    forgotten, mended = errors.pop(-np.inf), max(errors.values())
    assert mended < 1e-3 < forgotten


def test_cancelling_records_summed_with_others_would_move_beyond_the_bound(
    critic, monkeypatch
):
    """The record is its fake: what is left of the sum is rounding."""
    for variable in critic.trainable_variables:
        variable.assign(10 * variable)
    worst = {}
    for share in (norms._CANCELLING_SHARE, 0.0):
        ratios = []
        for seed in range(4):
            records = reference.records(NUM, SHAPE, seed=seed)
            record = records[1][-1, 0].numpy()
            record = record + 1e-6 * np.random.default_rng(seed).normal(
                size=SHAPE
            )
            with reference.forced(monkeypatch, "gram", cancelling_share=share):
                moved, bounds = moved_by(
                    critic, "wasserstein", record, records, bound=1e-6
                )
            ratios.append((moved / bounds).max())
        worst[share] = max(ratios)
    for variable in critic.trainable_variables:
        variable.assign(variable / 10)
    assert worst[norms._CANCELLING_SHARE] <= 1 < worst[0.0], worst
