"""Activations that are vouched for: each number of its own."""

import functools

import keras
import numpy as np
import pytest
from keras import activations as of_keras

from dpgan_tf.models import activations
from dpgan_tf.privacy import elementwise

RECORDS = np.random.default_rng(0).normal(scale=3, size=[4, 3, 5])
RECORDS = RECORDS.astype(np.float32)


@pytest.mark.parametrize(
    "function",
    [*elementwise._known, activations.leaky_relu],
    ids=lambda function: function.__name__,
)
def test_a_known_activation_sees_one_number_at_a_time(function):
    """Numbers in any order come out in that order, and alone as together."""
    assert elementwise.is_known(function)
    if function is of_keras.threshold:
        function = functools.partial(function, threshold=0.5, default_value=2)
    found = np.array(function(keras.ops.convert_to_tensor(RECORDS)))
    assert found.shape == RECORDS.shape
    order = np.random.default_rng(1).permutation(RECORDS.size)
    shuffled = RECORDS.ravel()[order].reshape(5, 12)
    again = np.array(function(keras.ops.convert_to_tensor(shuffled)))
    # Kernels of several numbers at a time may round the last of them anew.
    np.testing.assert_allclose(
        again.ravel(), found.ravel()[order], rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize(
    "function",
    [of_keras.softmax, of_keras.log_softmax, of_keras.glu, of_keras.sparsemax],
    ids=lambda function: function.__name__,
)
def test_an_activation_that_mixes_numbers_is_not_known(function):
    assert not elementwise.is_known(function)


def test_another_function_of_a_known_name_is_not_known():
    def relu(x):
        return x

    assert not elementwise.is_known(relu)


@pytest.mark.parametrize("value", [None, "relu", keras.layers.ReLU()])
def test_what_is_no_known_function_is_not_known(value):
    assert not elementwise.is_known(value)


def test_a_function_that_compares_equal_to_everything_is_not_known():
    class Impostor:
        def __eq__(self, other):
            return True

    assert not elementwise.is_known(Impostor())


def test_who_vouches_gets_the_very_function_back(monkeypatch):
    monkeypatch.setattr(elementwise, "_known", list(elementwise._known))

    def half(x):
        return x / 2

    assert not elementwise.is_known(half)
    assert elementwise.known(half) is half
    assert elementwise.is_known(half)
