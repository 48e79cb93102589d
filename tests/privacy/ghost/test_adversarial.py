"""Records made to break the clipping: none moves the sum beyond its bound."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import networks
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.ghost import engine as ghost
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


def influence(critic, loss, form, **settings):
    """Return a function of how far the last record moves each group's sum.

    It takes that record, all records and a bound, in one graph, and returns
    norms and bounds of the groups.
    """
    shapes = [v.shape for v in critic.trainable_variables]
    make_groups, _ = grouping.build("weight_bias", shapes, num_groups=2)
    loss_fn = reference.LOSSES[loss](critic)

    @tf.function(autograph=False)
    def sums(records, mask, bound):
        _, gradients = ghost.differentiate(loss_fn, critic, records)
        groups = make_groups(tf.fill([len(shapes)], bound))
        total = clipping.clip_and_sum(gradients, mask, groups=groups)
        return total.gradients, groups

    def moved_by(record, records, *, bound):
        images = records[0].numpy()
        images[-1] = record
        found = []
        with (
            pytest.MonkeyPatch.context() as patch,
            reference.forced(patch, form, **settings),
        ):
            for is_there in (False, True):
                gradients, groups = sums(
                    (tf.constant(images, tf.float32), *records[1:]),
                    tf.constant([True] * (NUM - 1) + [is_there]),
                    tf.constant(bound, tf.float32),
                )
                found.append([g.numpy() for g in gradients])
        assert sums.experimental_get_tracing_count() == 1
        squares = [np.sum((a - b) ** 2) for a, b in zip(*found, strict=True)]
        norms = np.sqrt(squares @ groups.membership.numpy())
        return norms, groups.clip_norms.numpy()

    return moved_by


@FORMS
@LOSSES
def test_no_record_moves_a_group_beyond_its_bound(critic, loss, form):
    """Zero tolerance: the slack of the clipping covers the rounding."""
    moved_by = influence(critic, loss, form)
    for kind in KINDS:
        for seed in range(3):
            records = reference.records(NUM, SHAPE, seed=seed)
            record = adversary(kind, records[1][-1, 0].numpy(), seed)
            for bound in (1e-3, 1.0):
                moved, bounds = moved_by(record, records, bound=bound)
                assert (moved <= bounds).all(), (
                    *(kind, seed, bound),
                    moved / bounds,
                )


@FORMS
def test_a_record_that_is_not_finite_adds_exactly_zero(critic, form):
    moved_by = influence(critic, "penalized", form)
    records = reference.records(NUM, SHAPE)
    for bad in (np.nan, np.inf, -np.inf, 1e38, 1e25):
        for record in (np.full(SHAPE, bad), np.zeros(SHAPE)):
            record = record.copy()
            record[3, 4] = bad
            moved, _ = moved_by(record, records, bound=1.0)
            np.testing.assert_array_equal(moved, 0, err_msg=str(bad))


def test_a_cancelling_record_summed_with_others_keeps_its_bound(critic):
    """The record is its fake: what is left of its gradient is rounding."""
    for variable in critic.trainable_variables:
        variable.assign(10 * variable)
    moved_by = influence(critic, "wasserstein", "gram")
    ratios = []
    for seed in range(4):
        records = reference.records(NUM, SHAPE, seed=seed)
        noise = np.random.default_rng(seed).normal(size=SHAPE)
        record = records[1][-1, 0].numpy() + 1e-6 * noise
        moved, bounds = moved_by(record, records, bound=1e-6)
        ratios.append((moved / bounds).max())
    for variable in critic.trainable_variables:
        variable.assign(variable / 10)
    assert max(ratios) <= 1, ratios
