"""Norms and weighted sums of one variable, in every form."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import grams
from dpgan_tf.privacy.ghost import norms
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording
from tests.privacy.ghost import reference

FORMS = ["gram", "gram without table", "one_by_one"]


@pytest.mark.parametrize("form", FORMS)
def test_a_gradient_whose_squares_are_too_small_for_floats_is_clipped(
    form, monkeypatch
):
    """1e-22 times 1e18: an inner product of the inputs alone is zero."""
    rng = np.random.default_rng(0)
    critic = keras.Sequential(
        [
            keras.Input((9,)),
            layers.Dense(8, use_bias=False),
            layers.Dense(8, use_bias=False),
            layers.Dense(1, use_bias=False),
        ]
    )
    for variable, scale in zip(
        critic.trainable_variables, (1e-22, 1.0, 1e18), strict=True
    ):
        variable.assign(scale * rng.normal(size=variable.shape))
    groups = grouping.Groups(tf.eye(3), tf.fill([3], 1e-6))
    with reference.forced(monkeypatch, form):
        _, gradients = ghost.differentiate(
            lambda x: critic(x)[:, 0],
            critic,
            tf.constant(rng.normal(size=(1, 9)), tf.float32),
        )
        total = clipping.clip_and_sum(
            gradients, tf.constant([True]), groups=groups
        )
    for gradient in total.gradients:
        assert np.linalg.norm(gradient) <= 1e-6


NUM = 5


def uses_of(kind, num_uses=3):
    """Uses of one weight, and its shape."""
    rng = np.random.default_rng(0)
    if kind == "matrix":
        made, entering, leaving = operators.Matrix(), (4, 6), (4, 3)
        shape = (6, 3)
    else:
        made = operators.Convolution(
            strides=(2, 1), dilations=(1, 1), padding="SAME"
        )
        entering, leaving, shape = (5, 4, 2), (3, 4, 3), (3, 2, 2, 3)
    uses = [
        recording.Use(
            made,
            a=tf.constant(rng.normal(size=(NUM, *entering)), tf.float32),
            b=tf.constant(rng.normal(size=(NUM, *leaving)), tf.float32),
        )
        for _ in range(num_uses)
    ]
    return uses, tf.TensorShape(shape)


def by_tape(uses, shape):
    """Gradients of each record by the definition: of <use(W), b> by W."""
    weight, found = tf.zeros(shape), []
    for i in range(NUM):
        with tf.GradientTape() as tape:
            tape.watch(weight)
            value = 0.0
            for use in uses:
                a, b = use.a[i : i + 1], use.b[i : i + 1]
                if isinstance(use.operator, operators.Convolution):
                    left = tf.nn.convolution(
                        a,
                        weight,
                        strides=use.operator.strides,
                        padding=use.operator.padding,
                    )
                else:
                    left = tf.tensordot(a, weight, axes=1)
                value += tf.reduce_sum(left * b)
        found.append(tape.gradient(value, weight).numpy())
    return np.stack(found).astype(np.float64)


KINDS = pytest.mark.parametrize("kind", ["matrix", "convolution"])
EVERY_WAY = pytest.mark.parametrize(
    "way", [norms.Explicit, norms.OneByOne, grams.Gram]
)
FACTORS = np.array([0.5, 0.0, 1.0, 0.25, 1e-3])


@KINDS
@EVERY_WAY
def test_norms_and_sums_are_those_of_gradients_by_definition(kind, way):
    """Sums of fewer than a hundred float32 terms, which are about 1."""
    uses, shape = uses_of(kind)
    expected = by_tape(uses, shape)
    made = way(uses, shape)
    squares = made.squared_norms()
    np.testing.assert_allclose(
        squares, np.sum(expected.reshape(NUM, -1) ** 2, axis=1), rtol=1e-4
    )
    total = made.weighted_sum(
        tf.constant(FACTORS), squares, tf.ones([NUM], bool)
    )
    assert total.dtype == tf.float64 and total.shape == shape
    np.testing.assert_allclose(
        total, np.tensordot(FACTORS, expected, axes=1), rtol=1e-4, atol=1e-5
    )


@KINDS
@EVERY_WAY
def test_a_record_that_is_left_out_adds_exactly_zero(kind, way):
    uses, shape = uses_of(kind)
    factors = tf.constant([1.0, 0.0, 1.0, 0.0, 1.0], tf.float64)
    keep = (factors != 0)[:, None]

    def total(fill):
        spoilt = []
        for use in uses:
            flat = tf.reshape(use.a, [NUM, -1])
            a = tf.reshape(tf.where(keep, flat, fill), use.a.shape)
            spoilt.append(recording.Use(use.operator, a=a, b=use.b))
        made = way(spoilt, shape)
        return made.weighted_sum(factors, made.squared_norms(), factors != 0)

    np.testing.assert_array_equal(total(np.nan), total(0.0))


@KINDS
def test_sums_with_and_after_the_norms_are_the_same(kind):
    uses, shape = uses_of(kind)
    made = norms.OneByOne(uses, shape)
    others = tf.constant(np.linspace(1, 9, 3 * NUM).reshape(NUM, 3))
    seen = []

    def rule(squares, places):
        seen.append((int(places[0]), squares.numpy()[0]))
        return tf.ones_like(squares) / (2.0 + tf.cast(places, tf.float64))

    squares, total = made.norms_and_weighted_sum(others, 1, rule)
    expected = by_tape(uses, shape)
    weights = 1 / (2.0 + np.arange(NUM))
    np.testing.assert_allclose(squares, made.squared_norms(), rtol=1e-6)
    np.testing.assert_allclose(
        total, np.tensordot(weights, expected, axes=1), rtol=1e-4, atol=1e-5
    )
    for place, row in seen:
        wanted = others.numpy()[place]
        wanted[1] = squares[place]
        np.testing.assert_array_equal(row, wanted)
    assert sorted(place for place, _ in seen) == list(range(NUM))


def test_only_records_whose_terms_cancel_are_said_to():
    """The second record enters twice, with opposite signs; all but 2^-8."""
    a = np.ones([2, 1, 4], np.float32)
    b = np.ones([2, 1, 4], np.float32)
    opposite = np.stack([b[0], -b[1] * (1 - 2.0**-8)])
    uses = [
        recording.Use(operators.Matrix(), a=tf.constant(a), b=tf.constant(part))
        for part in (b, opposite)
    ]
    made = norms.OneByOne(uses, tf.TensorShape([4, 4]))
    squares = made.squared_norms()
    np.testing.assert_allclose(squares, [4 * 16, 16 * 2.0**-16], rtol=1e-6)
    assert made.cancels(squares).numpy().tolist() == [False, True]


def test_positions_are_flattened_and_outputs_are_last():
    use = recording.Use(
        operators.Matrix(),
        a=tf.zeros([2, 1]),
        b=tf.reshape(tf.range(24.0), [2, 2, 2, 3]),
    )
    np.testing.assert_array_equal(
        norms.outputs(use), np.arange(24.0).reshape(2, 4, 3)
    )
