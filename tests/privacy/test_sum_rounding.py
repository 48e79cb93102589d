"""Whatever the order of the records, rounding stays within the slack.

Every gradient here has one entry that is not zero, x of the record, so that a
record's norm and its part of the sum are known exactly.
"""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.privacy import batches
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy import vectorized
from dpgan_tf.privacy.ghost import engine as ghost
from tests.privacy import rounding_orders
from tests.privacy.ghost import reference

ORDERS = {
    "256": rounding_orders.drifting(256),
    "512": rounding_orders.drifting(512),
    "1024": rounding_orders.drifting(1024),
    "2048": rounding_orders.drifting(2048),
    "4096": rounding_orders.drifting(4096),
    "4096 in blocks of 32": rounding_orders.shifting(4096, period=32),
    "4096 in blocks of 128": rounding_orders.shifting(4096, period=128),
    "4096 in blocks of 256": rounding_orders.shifting(4096, period=256),
}


SHAPES = [(), (3,), (1, 1), (3, 3, 2, 4)]


NUMBERS = tf.TensorSpec([None])


MASK = tf.TensorSpec([None], tf.bool)


def groups_of_one(num_variables):
    """Each variable in a group of its own with the bound 1."""
    return grouping.Groups(tf.eye(num_variables), tf.ones([num_variables]))


def clipped(differentiate, num_variables):
    """Return the clipped sum, as one vector, as a graph of any batch."""
    groups = groups_of_one(num_variables)

    @tf.function(input_signature=[NUMBERS, MASK], autograph=False)
    def total(numbers, mask):
        found = clipping.clip_and_sum(
            differentiate(numbers), mask, groups=groups
        )
        return tf.concat([tf.reshape(g, [-1]) for g in found.gradients], 0)

    return lambda *arguments: total(*map(tf.constant, arguments)).numpy()


@pytest.mark.parametrize("order", ORDERS)
def test_a_plain_float32_sum_would_move_by_more_than_the_bound(order):
    def plain(numbers, mask):
        size = int(order.split()[-1]) if "in" in order else len(numbers)
        kept = np.where(mask, numbers, np.float32(0))
        blocks = [
            tf.matmul(tf.ones([1, len(part)]), tf.constant(part[:, None]))
            for part in np.split(kept, range(size, len(kept), size))
        ]
        return np.sum([block.numpy()[0].astype(np.float64) for block in blocks])

    moved = rounding_orders.moved_by_the_first(plain, ORDERS[order])
    assert (moved > 1) == (order != "256")


@pytest.mark.parametrize(
    ("order", "shape"),
    [*itertools.product(ORDERS, SHAPES), ("4096", (2**15,))],
)
def test_no_order_moves_the_sum_of_explicit_gradients_further(order, shape):
    place = np.zeros(shape, np.float32)
    place.reshape(-1)[0] = 1

    def differentiate(numbers):
        wide = tf.reshape(numbers, [-1] + [1] * len(shape))
        return per_example.ExplicitGradients([wide * place])

    total = clipped(differentiate, 1)
    moved = rounding_orders.moved_by_the_first(total, ORDERS[order])
    assert moved <= rounding_orders.LARGEST * (1 + 1e-9)


@pytest.mark.parametrize("chunk_size", [64, 256, 1024])
def test_many_chunks_do_not_add_up_their_rounding(chunk_size):
    numbers = rounding_orders.shifting(4096, period=min(chunk_size, 256))

    def total(numbers, mask):
        numbers = np.append(numbers, np.zeros(4096 - len(numbers)))
        mask = np.append(mask, np.zeros(4096 - len(mask), bool))
        shape = [-1, chunk_size]
        found, _ = mechanism._sum_over_chunks(
            lambda examples, labels, random_ids: (
                examples,
                per_example.ExplicitGradients([examples]),
            ),
            batches.PrivateBatch(
                tf.constant(numbers.reshape(shape), tf.float32),
                tf.zeros([4096 // chunk_size, chunk_size], tf.int64),
                tf.constant(mask.reshape(shape)),
                tf.zeros([4096 // chunk_size, chunk_size], tf.int64),
            ),
            variables=[tf.zeros([])],
            groups=groups_of_one(1),
            most_records_per_unit=1,
        )
        return found.gradients[0].numpy()

    moved = rounding_orders.moved_by_the_first(total, numbers)
    assert moved <= rounding_orders.LARGEST * (1 + 1e-9)


def dense():
    return (2,), [layers.Dense(2, use_bias=False), layers.Dense(1)]


def biases():
    return (2,), [layers.Dense(2), layers.Dense(1)]


def convolution():
    return (2, 2, 1), [layers.Conv2D(2, 2), layers.Flatten(), layers.Dense(1)]


def strided():
    return (4, 4, 2), [
        layers.Conv2D(2, 3, 2, padding="same", use_bias=False),
        layers.Flatten(),
        layers.Dense(1),
    ]


def embedding():
    return (), [layers.Embedding(3, 2), layers.Dense(1)]


def layer_norm():
    normalization = layers.LayerNormalization(epsilon=0.0)
    return (2,), [normalization, layers.Dense(1)]


def group_norm():
    normalization = layers.GroupNormalization(1, epsilon=0.0)
    return (2,), [normalization, layers.Dense(1)]


MADE = [
    *(dense, biases, convolution, strided),
    *(embedding, layer_norm, group_norm),
]


def scored_critic(make):
    """A critic whose gradient by each variable of the first layer is known.

    Only the first of these is trained. Its input is zero but for one entry, and
    the score looks at one of its outputs: one entry of each gradient is 1.
    """
    shape, made = make()
    is_label = make is embedding
    critic = keras.Sequential(
        [keras.Input(shape, dtype="int32" if is_label else None), *made]
    )
    for layer in made[1:]:
        layer.trainable = False
    score = np.zeros(made[-1].kernel.shape)
    score[0] = 1
    made[-1].kernel.assign(score)
    one = np.zeros((1, *shape), "int32" if is_label else np.float32)
    one.reshape(-1)[0] = 1
    return critic, one


FORMS = {
    "vectorized": None,
    "explicit": "explicit",
    "blocks": "explicit in blocks of 2",
    "gram": "gram",
    "gram in float64": "gram in float64",
    "gram on a grid": "gram on a grid",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_no_order_moves_the_sum_of_a_layers_gradients_further(
    make, form, monkeypatch
):
    critic, one = scored_critic(make)
    num_variables = len(critic.trainable_variables)
    engine = vectorized if form == "vectorized" else ghost

    def differentiate(numbers):
        rows = tf.repeat(one, tf.shape(numbers)[0], axis=0)
        _, gradients = engine.differentiate(
            lambda records: records[0] * critic(records[1])[:, 0],
            critic,
            (numbers, rows),
        )
        return gradients

    with reference.forced(monkeypatch, FORMS[form] or "explicit"):
        total = clipped(differentiate, num_variables)
        more = ["4096", "4096 in blocks of 128"] if make is dense else []
        for order in ["1024", *more]:
            moved = rounding_orders.moved_by_the_first(total, ORDERS[order])
            assert 0.99 < moved / num_variables**0.5 <= 1, (order, moved)


@pytest.mark.parametrize("bound", [1e-30, 1e-22, 1e-15])
@pytest.mark.parametrize(
    "form", ["explicit", "gram", "gram on a grid", "gram in float64"]
)
def test_a_tiny_gradient_is_clipped_to_a_tinier_bound(form, bound, monkeypatch):
    critic = keras.Sequential(
        [keras.Input((6,)), layers.Dense(4, use_bias=False), layers.Dense(1)]
    )
    critic.layers[1].trainable = False
    groups = grouping.Groups(tf.ones([1, 1]), tf.constant([bound]))
    image = tf.constant(1e-14 * np.ones([1, 6]), tf.float32)
    with reference.forced(monkeypatch, form):
        _, gradients = ghost.differentiate(
            lambda x: 1e-7 * critic(x)[:, 0], critic, image
        )
        total = clipping.clip_and_sum(
            gradients, tf.constant([True]), groups=groups
        )
    assert 0 < np.linalg.norm(total.gradients[0]) <= np.float32(bound)


@pytest.mark.parametrize("num", [17, 300])
@pytest.mark.parametrize("form", FORMS)
def test_a_record_changes_a_sum_by_its_own_part_alone(form, num, monkeypatch):
    """So that no number of records, in no order, adds up rounding."""
    keras.utils.set_random_seed(1)
    critic = keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            layers.Conv2D(4, 3, use_bias=False),
            layers.LeakyReLU(),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    num_variables = len(critic.trainable_variables)
    engine = vectorized if form == "vectorized" else ghost
    groups = groups_of_one(num_variables)
    rng = np.random.default_rng(0)
    images = tf.constant(rng.normal(size=(num, 6, 6, 3)), tf.float32)

    @tf.function(input_signature=[MASK], autograph=False)
    def total(mask):
        _, gradients = engine.differentiate(
            lambda x: tf.square(critic(x)[:, 0]), critic, images
        )
        found = clipping.clip_and_sum(gradients, mask, groups=groups)
        return tf.concat([tf.reshape(g, [-1]) for g in found.gradients], 0)

    with reference.forced(monkeypatch, FORMS[form] or "explicit"):
        first = np.arange(num) == 0
        whole, others, own = (
            total(tf.constant(mask)).numpy()
            for mask in (first | True, ~first, first)
        )
    assert np.linalg.norm(own) > 0.5
    np.testing.assert_allclose(whole - others, own, rtol=0, atol=1e-12)
