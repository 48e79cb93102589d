"""Operators: adjoints, gradients and patches, against their definitions."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.ghost import norms
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

RNG = np.random.default_rng(0)
SHAPE = (3, 6, 5, 4)


def random(*shape):
    return tf.constant(RNG.normal(size=shape), tf.float32)


def convolution(strides, dilations, padding):
    return operators.Convolution(
        strides=strides, dilations=dilations, padding=padding
    )


STEPS = [
    ((1, 1), (1, 1)),
    ((2, 1), (1, 1)),
    ((1, 3), (1, 1)),
    ((3, 3), (1, 1)),
    ((1, 1), (2, 1)),
    ((1, 1), (2, 2)),
]
CONVOLUTIONS = [
    (
        convolution(strides, dilations, padding),
        (3, 6, 5, num_inputs),
        (*kernel, num_inputs, 3),
    )
    for strides, dilations in STEPS
    for padding in ("SAME", "VALID")
    for kernel, num_inputs in [((2, 3), 4), ((3, 1), 7)]
]
PRODUCTS = [
    (operators.Matrix(), (3, 4), (4, 5)),
    (operators.Matrix(), (3, 2, 4), (4, 5)),
    (operators.Matrix(), SHAPE, (4, 2)),
    *CONVOLUTIONS,
]
SCALES = [
    (operators.Scale((1, 1, 1, 4)), SHAPE, (4,)),
    (operators.Scale((1, 6, 5, 1)), SHAPE, (6, 5)),
    (operators.Scale((1, 6, 1, 4)), SHAPE, (6, 4)),
    (operators.Scale((1, 4)), (3, 4), (4,)),
]
SHIFTS = [
    (operators.Shift(scale.broadcast_shape), signal, weight)
    for scale, signal, weight in SCALES
]


def inner(x, y):
    return np.sum(np.float64(x) * np.float64(y))


def applied(operator, signal, weight):
    """What leaves, in a form that TensorFlow differentiates on every CPU."""
    if not isinstance(operator, operators.Convolution):
        return operator.forward(signal, weight)
    return tf.nn.convolution(
        signal,
        weight,
        strides=operator.strides,
        padding=operator.padding,
        dilations=operator.dilations,
    )


def by_tape(operator, signal, weight, upstream):
    """Gradients of <forward, upstream> by the signal and the weight."""
    with tf.GradientTape() as tape:
        tape.watch([signal, weight])
        value = tf.reduce_sum(applied(operator, signal, weight) * upstream)
    return tape.gradient(value, [signal, weight])


@pytest.mark.parametrize(
    ("operator", "signal_shape", "weight_shape"), PRODUCTS + SCALES, ids=str
)
def test_transpose_is_the_adjoint_of_forward(
    operator, signal_shape, weight_shape
):
    signal, weight = random(*signal_shape), random(*weight_shape)
    leaving = operator.forward(signal, weight)
    upstream = random(*leaving.shape)
    entering = operator.transpose(upstream, weight, signal)
    assert entering.shape == signal.shape
    assert operator.is_bilinear
    np.testing.assert_allclose(
        inner(leaving, upstream), inner(signal, entering), rtol=1e-5, atol=1e-4
    )
    np.testing.assert_allclose(
        entering,
        by_tape(operator, signal, weight, upstream)[0],
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize(
    ("operator", "signal_shape", "weight_shape"), PRODUCTS, ids=str
)
def test_the_gradient_by_a_weight_is_that_of_a_tape(
    operator, signal_shape, weight_shape
):
    signal, weight = random(*signal_shape), random(*weight_shape)
    upstream = random(*operator.forward(signal, weight).shape)
    made = recording.Use(operator, a=signal, b=upstream)
    found = tf.reduce_sum(norms.of_each_record([made], weight.shape), axis=0)
    np.testing.assert_allclose(
        found,
        by_tape(operator, signal, weight, upstream)[1],
        rtol=1e-4,
        atol=1e-4,
    )


@pytest.mark.parametrize(
    ("operator", "signal_shape", "weight_shape"), PRODUCTS, ids=str
)
def test_patches_times_the_weight_are_what_leaves(
    operator, signal_shape, weight_shape
):
    signal, weight = random(*signal_shape), random(*weight_shape)
    leaving = operator.forward(signal, weight)
    patches = operator.patches(signal, weight.shape)
    num_positions = int(np.prod(leaving.shape[1:-1]))
    num_inputs = int(np.prod(weight_shape[:-1]))
    assert patches.shape == (3, num_positions, num_inputs)
    flat = tf.reshape(weight, [num_inputs, -1])
    np.testing.assert_allclose(
        tf.reshape(tf.matmul(patches, flat), leaving.shape),
        leaving,
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize("num_inputs", [1, 4, 5])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_patches_are_the_same_for_few_and_for_many_channels(
    num_inputs, padding
):
    """By a convolution with the identity, and by a gather."""
    operator = convolution((2, 1), (1, 1), padding)
    signal = random(2, 6, 5, num_inputs)
    patches = operator.patches(signal, tf.TensorShape([3, 2, num_inputs, 8]))
    expected = tf.image.extract_patches(
        signal,
        sizes=[1, 3, 2, 1],
        strides=[1, 2, 1, 1],
        rates=[1, 1, 1, 1],
        padding=padding,
    )
    np.testing.assert_array_equal(patches, np.reshape(expected, patches.shape))


@pytest.mark.parametrize(
    ("operator", "signal_shape", "weight_shape"), CONVOLUTIONS, ids=str
)
def test_overlap_is_how_often_a_pixel_is_in_a_patch_at_most(
    operator, signal_shape, weight_shape
):
    """Images of one pixel each show how many patches it is in."""
    height, width, num_inputs = signal_shape[1:]
    pixels = tf.reshape(tf.eye(height * width), [-1, height, width, 1])
    signal = pixels * tf.one_hot(0, num_inputs)
    patches = operator.patches(signal, tf.TensorShape(weight_shape))
    counts = tf.reduce_sum(patches, [1, 2])
    found = operator.overlap(signal, tf.TensorShape(weight_shape))
    assert found == np.max(counts)


def test_a_matrix_sees_each_entry_once():
    assert operators.Matrix().overlap(random(3, 4), (4, 5)) == 1


@pytest.mark.parametrize(
    ("operator", "signal_shape", "weight_shape"), SCALES + SHIFTS, ids=str
)
def test_elementwise_gradients_are_those_of_each_record_alone(
    operator, signal_shape, weight_shape
):
    signal, weight = random(*signal_shape), random(*weight_shape)
    upstream = random(*signal_shape)
    found = operator.of_each_record(signal, upstream, weight.shape)
    assert found.shape == (3, *weight_shape)
    for i in range(3):
        _, expected = by_tape(
            operator, signal[i : i + 1], weight, upstream[i : i + 1]
        )
        np.testing.assert_allclose(found[i], expected, rtol=1e-4, atol=1e-5)


def test_only_a_shift_leaves_its_weight_out_of_the_backward_pass():
    assert not operators.Shift((1, 4)).is_bilinear


@pytest.mark.parametrize("dilations", [(2, 1), (1, 2), (3, 2)])
def test_no_gradient_of_a_dilated_convolution_is_asked_of_tensorflow(
    dilations,
):
    """It has none on a processor without oneDNN."""
    operator = convolution((1, 1), dilations, "SAME")
    weight_shape = tf.TensorShape([2, 3, 4, 3])

    def backward(signal, upstream, weight):
        return operator.transpose(upstream, weight, signal)

    graph = tf.function(backward).get_concrete_function(
        random(3, 9, 8, 4), random(3, 9, 8, 3), random(*weight_shape)
    )
    gradients = [
        op for op in graph.graph.get_operations() if "Backprop" in op.type
    ]
    assert len(gradients) == 1
    for op in gradients:
        assert list(op.get_attr("dilations")) == [1, 1, 1, 1]
