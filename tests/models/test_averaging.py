"""The released average is a weighted mean of all networks after a step."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.models import averaging


def network(*values):
    """Return a network of a kernel and a bias, and of averages of a batch."""
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(1), layers.BatchNormalization()]
    )
    fill(model, *values)
    return model


def fill(model, *values):
    for variable, value in zip(
        model.variables, np.resize(values, len(model.variables)), strict=True
    ):
        variable.assign(tf.fill(variable.shape, float(value)))


def follow(average, model, *, decay, step):
    averaging.follow(average, model, decay=decay, num_steps=tf.constant(step))


def values_of(model):
    return np.concatenate([np.ravel(v) for v in model.variables])


@pytest.mark.parametrize("decay", [0.0, 0.75, 0.9999])
@pytest.mark.parametrize("step", [0, 1])
def test_up_to_the_first_step_the_network_is_copied(decay, step):
    average, model = network(100), network(3, 1, 4)
    follow(average, model, decay=decay, step=step)
    np.testing.assert_array_equal(values_of(average), values_of(model))


def test_without_decay_the_network_is_copied_at_any_step():
    average, model = network(100), network(3, 1, 4)
    follow(average, model, decay=0.0, step=9)
    np.testing.assert_array_equal(values_of(average), values_of(model))


def test_every_variable_is_averaged_by_powers_of_the_decay():
    """By hand: weights 1/4, 1/2, 1 for three steps with a decay of 1/2."""
    average, model = network(100), network(0)
    for step, value in enumerate((7.0, 14.0, 28.0), start=1):
        fill(model, value, -value)
        follow(average, model, decay=0.5, step=step)
    mean = (7 / 4 + 14 / 2 + 28) / (7 / 4)
    expected = network(mean, -mean)
    np.testing.assert_allclose(
        values_of(average), values_of(expected), rtol=1e-6
    )


@pytest.mark.parametrize("step", [1, 10, 100_000])
def test_a_network_that_stays_is_its_own_average(step):
    average, model = network(2.5), network(2.5)
    follow(average, model, decay=0.999, step=step)
    np.testing.assert_allclose(values_of(average), 2.5, rtol=1e-6)


def test_after_many_steps_a_step_counts_as_much_as_the_decay_leaves():
    average, model = network(0), network(1)
    follow(average, model, decay=0.99, step=100_000)
    np.testing.assert_allclose(values_of(average), 0.01, rtol=1e-4)


def test_the_network_itself_is_left_alone():
    average, model = network(0), network(3, 1, 4)
    before = values_of(model)
    follow(average, model, decay=0.5, step=5)
    np.testing.assert_array_equal(values_of(model), before)


def test_a_network_of_another_form_is_refused():
    other = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="argument 2 is longer"):
        follow(other, network(1), decay=0.5, step=1)
