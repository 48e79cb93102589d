"""Bounds come from public records, and from nothing else."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import batches
from dpgan_tf.privacy import bounds
from dpgan_tf.privacy import per_example

GRADIENTS = per_example.ExplicitGradients(
    [
        tf.constant([[3.0, 4.0], [0.0, 1.0]]),
        tf.constant([[[1.0]], [[7.0]]]),
    ]
)


def test_public_bounds_are_the_mean_norm_of_each_variable():
    found = bounds.public_bounds(
        lambda images, labels: GRADIENTS,
        batches.PublicBatch(tf.zeros([2, 1, 1, 1]), tf.zeros([2], tf.int64)),
    )
    np.testing.assert_allclose(found, [3.0, 4.0])


def test_public_records_without_a_finite_norm_do_not_count():
    gradients = per_example.ExplicitGradients(
        [tf.constant([[2.0], [np.nan], [np.inf]])]
    )
    found = bounds.public_bounds(
        lambda images, labels: gradients,
        batches.PublicBatch(tf.zeros([3, 1, 1, 1]), tf.zeros([3], tf.int64)),
    )
    np.testing.assert_allclose(found, [2.0])


@pytest.mark.parametrize(
    "batch",
    [
        batches.PrivateBatch(
            tf.zeros([1, 2, 1, 1, 1]),
            tf.zeros([1, 2], tf.int64),
            tf.ones([1, 2], bool),
            tf.zeros([1, 2], tf.int64),
        ),
        tf.zeros([2, 1, 1, 1]),
        (tf.zeros([2, 1, 1, 1]),),
    ],
    ids=["private batch", "tensor", "tuple"],
)
def test_anything_but_a_public_batch_raises(batch):
    with pytest.raises(TypeError, match="PublicBatch"):
        bounds.public_bounds(lambda images, labels: GRADIENTS, batch)


def test_fixed_bounds_merge_to_the_bound_of_the_whole_gradient():
    found = bounds.fixed_bounds(2.0, num_variables=7)
    np.testing.assert_allclose(np.linalg.norm(found), 2.0, rtol=1e-6)
