"""Directions of canaries are orthonormal, and their gradients are clipped."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.audit import canaries
from dpgan_tf.audit import witness
from dpgan_tf.privacy import clipping
from tests.audit import tiny

NUM = 6


@pytest.fixture(scope="module")
def sums():
    """Return the clipped gradient of each canary alone, [m, V, m]."""
    made = canaries.Canaries(
        is_in=np.ones(NUM, bool), is_spoiled=np.arange(NUM) == NUM - 1
    )
    mechanism = tiny.case(num_groups=2).mechanism
    model = witness.build(mechanism, made)
    groups = model.make_groups(model.variable_bounds)
    gradient_fn = model.make_gradient_fn()

    @tf.function(autograph=False)
    def clipped(rows):
        _, gradients = gradient_fn(
            rows, tf.zeros([1], tf.int64), tf.zeros([1], tf.int64)
        )
        return clipping.clip_and_sum(
            gradients, tf.constant([True]), groups=groups
        ).gradients

    rows = np.eye(NUM, dtype=np.float32)[:, None]
    found = [[g.numpy()[:, 0] for g in clipped(row)] for row in rows]
    return np.array(found), groups


def test_each_canary_fills_every_group_to_its_bound(sums):
    found, groups = sums
    for group in range(2):
        members = groups.membership.numpy()[:, group] > 0
        assert members.sum() == witness.VARIABLES_PER_GROUP
        norms = np.sqrt((found[:-1, members] ** 2).sum(axis=(1, 2)))
        bound = groups.clip_norms.numpy()[group]
        np.testing.assert_allclose(norms, bound, rtol=2e-3)
        assert (norms <= bound).all()


def test_directions_are_orthogonal_and_against_the_record(sums):
    flat = sums[0][:-1].reshape(NUM - 1, -1)
    products = flat @ flat.T
    np.testing.assert_allclose(products, np.diag(np.diag(products)), atol=1e-12)
    assert (np.einsum("ivi->iv", sums[0][:-1, :, :-1]) < 0).all()


def test_a_spoiled_canary_counts_as_exactly_zero(sums):
    assert (sums[0][-1] == 0).all()
