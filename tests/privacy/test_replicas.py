"""What replicas share and add up; steps of two are in models/test_replicas."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import batches
from dpgan_tf.privacy import replicas

IDS = np.array([[0, 1, 2, 3, 4], [-1, -2, 2**62, 7, 8]])
MASK = np.array([[1, 1, 1, 0, 1], [1, 1, 1, 1, 0]], bool)
BATCH = batches.PrivateBatch(
    examples=tf.zeros([2, 5, 3]),
    labels=tf.zeros([2, 5], tf.int64),
    mask=tf.constant(MASK),
    random_ids=tf.constant(IDS),
)


@pytest.fixture
def be_replica(monkeypatch):
    """Take the place of a replica; that of number i has i more of all."""

    def become(index, number):
        def all_reduce(operation, values):
            total = [
                sum(value + (i - index) for i in range(number))
                for value in values
            ]
            if operation == tf.distribute.ReduceOp.SUM:
                return total
            return [value / number for value in total]

        context = types.SimpleNamespace(
            num_replicas_in_sync=number,
            replica_id_in_sync_group=index,
            all_reduce=all_reduce,
        )
        monkeypatch.setattr(
            tf.distribute, "get_replica_context", lambda: context
        )

    return become


def test_alone_a_replica_looks_at_all_and_adds_up_nothing():
    values = {"a": tf.constant(2.0), "b": [tf.constant([1.0])]}
    assert replicas.number() == 1
    assert replicas.own_share(BATCH) is BATCH
    assert replicas.total(values) is values
    assert replicas.mean(values) is values
    assert replicas.shares([1.0]) == [1.0]
    assert replicas.for_keras(values) is values


@pytest.mark.parametrize("number", [2, 3, 5])
def test_every_record_is_looked_at_by_one_replica(be_replica, number):
    """Of negative ids, too; padding is nobody's."""
    masks = []
    for index in range(number):
        be_replica(index, number)
        share = replicas.own_share(BATCH)
        masks.append(share.mask.numpy())
        np.testing.assert_array_equal(
            masks[-1], MASK & (np.mod(IDS, number) == index)
        )
        assert share.examples is BATCH.examples
    np.testing.assert_array_equal(np.sum(masks, axis=0), MASK)


def test_a_total_is_a_sum_and_a_mean_is_none(be_replica):
    be_replica(0, 3)
    values = {"a": tf.constant(2.0), "b": [tf.constant([1.0, 4.0])]}
    total, mean = replicas.total(values), replicas.mean(values)
    assert float(total["a"]) == 2 + 3 + 4
    assert float(mean["a"]) == 3
    np.testing.assert_array_equal(total["b"][0], [1 + 2 + 3, 4 + 5 + 6])


def test_a_gradient_is_shared_out_where_optimizers_add_up(be_replica):
    be_replica(0, 4)
    sparse = tf.IndexedSlices(
        values=tf.constant([[8.0]]),
        indices=tf.constant([1]),
        dense_shape=tf.constant([2, 1]),
    )
    first, second = replicas.shares([tf.constant([4.0]), sparse])
    np.testing.assert_array_equal(first, [1.0])
    np.testing.assert_array_equal(second, [[0.0], [2.0]])


def test_variables_agree_on_their_mean(be_replica):
    variable = keras.Variable([2.0, 6.0])
    replicas.agree([variable])
    np.testing.assert_array_equal(variable.numpy(), [2.0, 6.0])
    be_replica(0, 3)
    replicas.agree([])
    replicas.agree([variable])
    np.testing.assert_array_equal(variable.numpy(), [3.0, 7.0])


def test_a_variable_of_all_replicas_is_not_trained():
    made = replicas.variable([1, 2], dtype=tf.int64, name="steps")
    assert (made.trainable, made.dtype, made.name) == (
        False,
        "int64",
        "steps:0",
    )
    assert made.aggregation == tf.VariableAggregation.ONLY_FIRST_REPLICA


@pytest.mark.parametrize("number", [2, 3])
def test_all_records_of_a_unit_are_looked_at_by_one_replica(be_replica, number):
    units = np.array([5, 8, 11, 2**51])
    ids = (units[:, None] * 3 + np.arange(3)).reshape(2, 6)
    batch = batches.PrivateBatch(
        examples=tf.zeros([2, 6, 1]),
        labels=tf.zeros([2, 6], tf.int64),
        mask=tf.ones([2, 6], tf.bool),
        random_ids=tf.constant(ids),
    )
    masks = []
    for index in range(number):
        be_replica(index, number)
        share = replicas.own_share(batch, most_records_per_unit=3)
        masks.append(share.mask.numpy())
        of_units = masks[-1].reshape(-1, 3)
        assert (of_units.all(axis=1) == of_units.any(axis=1)).all()
    np.testing.assert_array_equal(np.sum(masks, axis=0), np.ones([2, 6]))
