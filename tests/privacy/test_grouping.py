"""Groups: Algorithm 2 by hand, and against a plain Python version of it."""

import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from dpgan_tf.privacy import grouping

MNIST_SHAPES = [
    (5, 5, 1, 64),
    (64,),
    (5, 5, 64, 128),
    (128,),
    (5, 5, 128, 256),
    (256,),
    (4096, 1),
]


def members(groups):
    return sorted(
        tuple(np.flatnonzero(column)) for column in groups.membership.numpy().T
    )


def plain_clustering(bounds, k):
    """Algorithm 2 as it is printed; sets aside what float32 may decide."""
    groups = [([i], float(c)) for i, c in enumerate(bounds)]
    while len(groups) > k:
        pairs = [
            (max(a[1] / b[1], b[1] / a[1]), i, j)
            for i, a in enumerate(groups)
            for j, b in enumerate(groups)
            if i < j
        ]
        best, *others = sorted(pairs)
        assume(not others or others[0][0] > best[0] * (1 + 1e-4))
        _, i, j = best
        merged = (
            groups[i][0] + groups[j][0],
            math.hypot(groups[i][1], groups[j][1]),
        )
        groups = [g for n, g in enumerate(groups) if n not in (i, j)]
        groups.insert(i, merged)
    return groups


def test_algorithm_2_by_hand():
    # 3 and 4 are the most similar (ratio 4/3), merged to 5; then 5 and 6
    # (ratio 1.2), merged to sqrt(61); 1 and 20 stay apart.
    groups = grouping.cluster(tf.constant([3.0, 20, 4, 1, 6]), num_groups=3)
    assert members(groups) == [(0, 2, 4), (1,), (3,)]
    np.testing.assert_allclose(
        groups.clip_norms, [math.sqrt(61), 20, 1], rtol=1e-6
    )


@settings(max_examples=60, deadline=None)
@given(
    bounds=st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=9, unique=True),
    data=st.data(),
)
def test_clustering_equals_the_printed_algorithm(bounds, data):
    k = data.draw(st.integers(1, len(bounds)))
    bounds = np.array(bounds, np.float32)
    ours = grouping.cluster(tf.constant(bounds), num_groups=k)
    theirs = plain_clustering(bounds, k)
    assert members(ours) == sorted(tuple(sorted(g[0])) for g in theirs)
    assert ours.membership.shape == (len(bounds), k)
    np.testing.assert_array_equal(ours.membership.numpy().sum(1), 1)
    np.testing.assert_allclose(
        np.sum(ours.clip_norms.numpy() ** 2), np.sum(bounds**2), rtol=1e-4
    )


def test_clustering_to_as_many_groups_as_variables_keeps_them_apart():
    groups = grouping.cluster(tf.constant([1.0, 1, 1]), num_groups=3)
    assert members(groups) == [(0,), (1,), (2,)]


def test_clustering_survives_bounds_of_zero():
    groups = grouping.cluster(tf.constant([0.0, 1.0, 0.0]), num_groups=2)
    assert members(groups) == [(0, 2), (1,)]
    assert (groups.clip_norms.numpy() > 0).all()


def test_weight_bias_separation_of_the_mnist_critic_makes_five_groups():
    columns = grouping.weight_bias_columns(MNIST_SHAPES)
    assert columns == [0, 1, 2, 1, 3, 1, 4]


@pytest.mark.parametrize(
    "name, expected",
    [("single", 1), ("weight_bias", 5), ("clustered", 3)],
)
def test_each_grouping_makes_the_groups_it_says(name, expected):
    make, k = grouping.build(name, MNIST_SHAPES, num_groups=3)
    groups = make(tf.range(1.0, 8.0))
    assert k == expected == groups.clip_norms.shape[0]
    assert groups.membership.shape == (7, k)
    np.testing.assert_array_equal(groups.membership.numpy().sum(1), 1)


def test_a_single_group_has_the_root_of_the_sum_of_squares():
    make, _ = grouping.build("single", [(1,), (1,)], num_groups=1)
    np.testing.assert_allclose(
        make(tf.constant([3.0, 4.0])).clip_norms, [5.0], rtol=1e-6
    )


def test_biases_stay_a_group_of_their_own_while_weights_are_clustered():
    """Weights 0, 2, 4, 6 with bounds 1, 10, 11, 100; biases 1, 3, 5."""
    make, k = grouping.build(
        "weight_bias_clustered", MNIST_SHAPES, num_groups=3
    )
    groups = make(tf.constant([1.0, 9.0, 10.0, 9.0, 11.0, 9.0, 100.0]))
    # 10 and 11 merge to 14.9; then 14.9 is nearer to 100 than to 1.
    assert k == 3
    assert members(groups) == [(0,), (1, 3, 5), (2, 4, 6)]


def test_five_groups_of_the_mnist_critic_are_the_weights_and_the_biases():
    """Table 1 has k = 5: strategy S1 alone, for nothing is left to merge."""
    make, _ = grouping.build(
        "weight_bias_clustered", MNIST_SHAPES, num_groups=5
    )
    assert members(make(tf.range(1.0, 8.0))) == [
        (0,),
        (1, 3, 5),
        (2,),
        (4,),
        (6,),
    ]


def test_a_critic_without_biases_has_weights_only():
    shapes = [(2, 2), (2, 3), (3, 1)]
    assert grouping.weight_bias_columns(shapes) == [0, 1, 2]
    make, _ = grouping.build("weight_bias_clustered", shapes, num_groups=2)
    assert members(make(tf.constant([1.0, 50.0, 2.0]))) == [(0, 2), (1,)]


@pytest.mark.parametrize(
    "name, k",
    [
        ("clustered", 8),
        ("clustered", 0),
        ("weight_bias_clustered", 6),
        ("weight_bias_clustered", 1),
    ],
)
def test_a_number_of_groups_that_cannot_be_made_raises(name, k):
    with pytest.raises(ValueError, match="num_groups"):
        grouping.build(name, MNIST_SHAPES, num_groups=k)


def test_an_unknown_grouping_raises():
    with pytest.raises(ValueError, match="grouping='fancy'"):
        grouping.build("fancy", MNIST_SHAPES, num_groups=2)
