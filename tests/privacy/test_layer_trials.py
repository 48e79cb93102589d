"""The trial finds every way in which records meet that is tried here."""

import keras
import numpy as np
import pytest

from dpgan_tf.privacy import layer_trials
from tests.privacy import custom_layers


def built(layer_class, shape):
    layer = layer_class()
    layer(keras.Input(shape))
    return layer


@pytest.mark.parametrize("shape", [(5,), (6, 4), (4, 4, 3)])
@pytest.mark.parametrize(
    "layer_class", custom_layers.WRONG, ids=lambda c: c.__name__
)
def test_every_wrong_layer_is_found_for_every_form_of_records(
    layer_class, shape
):
    assert layer_trials.problem_of(built(layer_class, shape), shape)


@pytest.mark.parametrize("layer_class", custom_layers.GOOD)
def test_a_layer_in_which_no_records_meet_passes(layer_class):
    layer = built(layer_class, (4, 4, 3))
    assert layer_trials.problem_of(layer, (4, 4, 3)) is None


def test_a_trial_leaves_the_weights_as_they_were():
    layer = built(custom_layers.Gate, (4,))
    before = layer.get_weights()
    layer_trials.problem_of(layer, (4,))
    np.testing.assert_array_equal(before[0], layer.get_weights()[0])


def test_an_error_is_told_by_the_line_that_says_what_happened():
    error = ValueError(
        "Exception encountered when calling X.call().\n\n"
        "\x1b[1mno such axis\x1b[0m\n\nArguments received by X.call():"
    )
    assert layer_trials.said_by(error) == "no such axis"
    assert layer_trials.said_by(ValueError()) == "ValueError"
