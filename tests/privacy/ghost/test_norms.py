"""Norms and weighted sums of one variable, in every form."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import grams
from dpgan_tf.privacy.ghost import grid as grids
from dpgan_tf.privacy.ghost import norms
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording
from tests.privacy.ghost import reference

FORMS = ["gram", "gram on a grid", "gram without table", "explicit"]


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
    ("way", "positions_in_float64"),
    [(norms.Explicit, 0), (grams.Gram, 0), (grams.Gram, 1000)],
)
FACTORS = np.array([0.5, 0.0, 1.0, 0.25, 1e-3])
BOUND = tf.constant(16.0, tf.float64)
GRID = grids.Grid(bits=21)


def sum_of(made, factors, squares, is_finite):
    """The weighted sum, in the numbers' own unit."""
    total = made.sum_in_units(
        tf.constant(factors), squares, tf.constant(is_finite), bound=BOUND
    )
    assert total.dtype == tf.float64
    return total * GRID.unit(BOUND)


@KINDS
@EVERY_WAY
def test_norms_and_sums_are_those_of_gradients_by_definition(
    kind, way, positions_in_float64, monkeypatch
):
    """Sums of fewer than a hundred float32 terms, which are about 1."""
    monkeypatch.setattr(
        costs, "_MOST_POSITIONS_IN_FLOAT64", positions_in_float64
    )
    uses, shape = uses_of(kind)
    expected = by_tape(uses, shape)
    made = way(uses, shape, GRID)
    squares = made.squared_norms()
    np.testing.assert_allclose(
        squares, np.sum(expected.reshape(NUM, -1) ** 2, axis=1), rtol=1e-4
    )
    total = sum_of(made, FACTORS, squares, [True] * NUM)
    assert total.shape == shape
    # A grid of 16 / 2^21 is half a unit off for each of five records.
    np.testing.assert_allclose(
        total, np.tensordot(FACTORS, expected, axes=1), rtol=1e-4, atol=3e-5
    )


@KINDS
@EVERY_WAY
def test_a_record_that_is_left_out_adds_exactly_zero(
    kind, way, positions_in_float64, monkeypatch
):
    monkeypatch.setattr(
        costs, "_MOST_POSITIONS_IN_FLOAT64", positions_in_float64
    )
    uses, shape = uses_of(kind)
    factors = np.array([1.0, 0.0, 1.0, 0.0, 1.0])
    keep = (factors != 0)[:, None]

    def total(fill):
        spoilt = []
        for use in uses:
            flat = tf.reshape(use.a, [NUM, -1])
            a = tf.reshape(tf.where(keep, flat, fill), use.a.shape)
            spoilt.append(recording.Use(use.operator, a=a, b=use.b))
        made = way(spoilt, shape, GRID)
        return sum_of(made, factors, made.squared_norms(), factors != 0)

    np.testing.assert_array_equal(total(np.nan), total(0.0))
    assert np.abs(total(0.0)).max() > 1


@KINDS
def test_a_share_on_the_grid_is_of_whole_units(kind, monkeypatch):
    monkeypatch.setattr(costs, "_MOST_POSITIONS_IN_FLOAT64", 0)
    uses, shape = uses_of(kind)
    for way in (norms.Explicit, grams.Gram):
        made = way(uses, shape, GRID)
        units = made.sum_in_units(
            tf.constant(FACTORS),
            made.squared_norms(),
            tf.ones([NUM], bool),
            bound=BOUND,
        ).numpy()
        np.testing.assert_array_equal(units, np.rint(units))
        assert np.abs(units).max() > 1000


def test_a_record_whose_scaled_outputs_overflow_adds_nothing(monkeypatch):
    """Its norm is finite: the inputs are as small as the outputs are large."""
    monkeypatch.setattr(costs, "_MOST_POSITIONS_IN_FLOAT64", 0)
    # Else it would be added apart.
    monkeypatch.setattr(grams, "_CANCELLING_SHARE", 0.0)
    a = np.full([2, 1, 4], 1e-37, np.float32)
    b = np.array([1e36, 1.0], np.float32)[:, None, None] * np.ones([2, 1, 4])
    use = recording.Use(
        operators.Matrix(), a=tf.constant(a), b=tf.constant(b, tf.float32)
    )
    made = grams.Gram([use], tf.TensorShape([4, 4]), GRID)
    total = sum_of(made, np.ones(2), made.squared_norms(), [True, True])
    np.testing.assert_array_equal(total, np.zeros([4, 4]))


@pytest.mark.parametrize("size", [1e-25, 1e-12, 1.0, 1e18])
def test_squares_neither_vanish_nor_overflow(size):
    rng = np.random.default_rng(0)
    rows = (size * rng.normal(size=[3, 5, 7])).astype(np.float32)
    expected = np.sum(rows.astype(np.float64) ** 2, axis=(1, 2))
    np.testing.assert_allclose(
        norms.squares_of(tf.constant(rows)), expected, rtol=1e-6
    )


def test_a_tiny_record_changes_no_other_ones_square():
    """To the last bit: a factor that moved would move the sum."""
    rng = np.random.default_rng(1)
    rows = rng.normal(size=[200, 9, 101]).astype(np.float32)
    alone = norms.squares_of(tf.constant(rows)).numpy()
    exactly = np.sum(rows.astype(np.float64) ** 2, axis=(1, 2))
    assert (alone != exactly).any()
    for tiny in (0.0, 1e-25, 1e-14):
        rows[3] = tiny
        found = norms.squares_of(tf.constant(rows)).numpy()
        others = np.arange(200) != 3
        np.testing.assert_array_equal(found[others], alone[others])
        np.testing.assert_allclose(
            found[3], 909 * np.float64(np.float32(tiny)) ** 2, rtol=1e-6
        )


def test_a_long_row_of_squares_is_added_in_float64():
    """In float32, each of the many small ones would be lost beside the 1."""
    rows = np.full([1, 1, 2**22], 2.0**-13, np.float32)
    rows[0, 0, 0] = 1
    expected = 1 + (2**22 - 1) * 2.0**-26
    np.testing.assert_allclose(
        norms.squares_of(tf.constant(rows)), expected, rtol=1e-12
    )


def test_an_unused_variable_has_no_gradient():
    made = norms.Unused(tf.TensorShape([2, 3]), like=tf.range(4))
    np.testing.assert_array_equal(made.squared_norms(), np.zeros(4))
    total = made.sum_in_units(None, None, None, bound=None)
    np.testing.assert_array_equal(total, np.zeros([2, 3]))


def test_patches_of_alike_uses_are_those_of_each_beside_each_other():
    uses, shape = uses_of("convolution")
    expected = tf.concat(
        [use.operator.patches(use.a, shape) for use in uses], axis=1
    )
    np.testing.assert_array_equal(norms.inputs(uses, shape), expected)


def test_only_records_whose_terms_cancel_are_said_to():
    """The second record enters twice, with opposite signs; all but 2^-8."""
    a = np.ones([2, 1, 4], np.float32)
    b = np.ones([2, 1, 4], np.float32)
    opposite = np.stack([b[0], -b[1] * (1 - 2.0**-8)])
    uses = [
        recording.Use(operators.Matrix(), a=tf.constant(a), b=tf.constant(part))
        for part in (b, opposite)
    ]
    made = grams.Gram(uses, tf.TensorShape([4, 4]), GRID)
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
        norms.outputs([use, use])[:, :4], np.arange(24.0).reshape(2, 4, 3)
    )
