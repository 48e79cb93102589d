"""The activation with a known second derivative, against Keras' own."""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import activations

X = tf.constant(np.random.default_rng(0).normal(size=(5, 7)), tf.float32)
THEIRS = keras.layers.LeakyReLU(negative_slope=activations.LEAKY_SLOPE)


def penalised_gradients(activation):
    """A gradient through the square of a gradient, as the penalty's."""
    weight = tf.Variable(tf.ones([7, 7]) / 3)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(X)
            score = tf.reduce_sum(activation(X @ weight) ** 2)
        slope = inner.gradient(score, X)
        loss = tf.reduce_sum(slope**2) + score
    return outer.gradient(loss, weight)


def test_values_and_both_gradients_are_those_of_keras():
    np.testing.assert_array_equal(activations.leaky_relu(X), THEIRS(X))
    np.testing.assert_allclose(
        penalised_gradients(activations.leaky_relu),
        penalised_gradients(THEIRS),
        rtol=1e-5,
    )


def test_nothing_flows_to_x_through_its_own_slope():
    """This is what saves the pass: None, and not a tensor of zeros."""
    with tf.GradientTape() as outer:
        outer.watch(X)
        with tf.GradientTape() as inner:
            inner.watch(X)
            score = tf.reduce_sum(activations.leaky_relu(X))
        slope = inner.gradient(score, X)
    assert outer.gradient(slope, X) is None


def test_a_layer_of_it_is_saved_and_read_again():
    layer = keras.layers.Activation(activations.leaky_relu)
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    np.testing.assert_array_equal(again(X), THEIRS(X))
