"""Layers of one's own: registered after a trial, for this process alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.privacy import critic_layers
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import isolation
from dpgan_tf.privacy import own_layers
from tests.privacy import custom_layers
from tests.privacy.ghost import reference


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(own_layers, "_classes", {})


@pytest.mark.parametrize(
    "layer_class", custom_layers.WRONG, ids=lambda c: c.__name__
)
def test_a_layer_in_which_records_meet_is_refused_with_what_moved(layer_class):
    moved = custom_layers.WRONG[layer_class]
    with pytest.raises(errors.PrivacyError, match=moved) as refusal:
        isolation.register(layer_class)
    said = str(refusal.value)
    assert said.startswith(f"layer {layer_class.__name__} ")
    assert "\n" not in said
    assert not own_layers.by_name()


@pytest.mark.parametrize("layer_class", custom_layers.GOOD)
def test_a_registered_layer_learns_by_the_vectorized_engine(layer_class):
    critic = custom_layers.critic_with(layer_class())
    with pytest.raises(errors.PrivacyError, match="isolation.register"):
        engines.choose("auto", critic)
    assert isolation.register(layer_class) is layer_class
    engine = engines.choose("auto", critic)
    assert engine.name == "vectorized"
    assert f"({layer_class.__name__})" in engine.why
    with pytest.raises(errors.PrivacyError, match="engine=ghost does not know"):
        engines.choose("ghost", critic)
    records = reference.records(5, (6, 6, 2), num_draws=2, seed=0)
    loss_fn = reference.LOSSES["penalized"](critic)
    expected = reference.one_at_a_time(loss_fn, critic, records)
    losses, found = engine.differentiate(loss_fn, critic, records)
    np.testing.assert_allclose(losses, expected.losses, rtol=1e-4)
    for one, other in zip(found.gradients, expected.gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_layer_is_tried_again_as_it_stands_in_a_critic():
    class Centered(layers.Layer):
        def __init__(self, axis=-1):
            super().__init__()
            self.axis = axis

        def call(self, inputs):
            return inputs - tf.reduce_mean(inputs, self.axis, keepdims=True)

    isolation.register(Centered)
    engines.choose("auto", custom_layers.critic_with(Centered()))
    critic = custom_layers.critic_with(Centered(axis=0))
    with pytest.raises(errors.PrivacyError, match="Centered.* lets records"):
        engines.choose("auto", critic)


def test_a_subclass_or_a_namesake_is_not_registered_with_it():
    isolation.register(custom_layers.Gate)

    class Special(custom_layers.Gate):
        pass

    class Gate(layers.Layer):
        def call(self, inputs):
            return inputs - tf.reduce_mean(inputs, 0, keepdims=True)

    for other in (Special, Gate):
        critic = custom_layers.critic_with(other())
        with pytest.raises(errors.PrivacyError, match="is not known not to"):
            critic_layers.require_known(critic)


def test_a_registered_layer_whose_call_was_replaced_is_refused():
    isolation.register(custom_layers.NoWeights)
    layer = custom_layers.NoWeights()
    critic = custom_layers.critic_with(layer)
    layer.call = lambda inputs: tf.reverse(inputs, [0])
    with pytest.raises(errors.PrivacyError, match="has a call of its own"):
        critic_layers.require_known(critic)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (3, "3 is not a subclass"),
        (keras.Model, "is not a subclass"),
        (layers.BatchNormalization, "use LayerNormalization"),
        (layers.Dropout, "draws random numbers"),
        (layers.MultiHeadAttention, "is a layer of Keras"),
        (custom_layers.Gate(), "is not a subclass"),
    ],
)
def test_only_classes_of_layers_of_ones_own_can_be_registered(wrong, match):
    with pytest.raises(errors.PrivacyError, match=match):
        isolation.register(wrong)


def test_an_example_stands_for_a_class_with_arguments():
    class Powers(layers.Layer):
        def __init__(self, power):
            super().__init__()
            self.power = power

        def call(self, inputs):
            return inputs**self.power

    with pytest.raises(errors.PrivacyError, match="give an example="):
        isolation.register(Powers)
    with pytest.raises(errors.PrivacyError, match="of another class, Gate"):
        isolation.register(Powers, example=custom_layers.Gate())
    isolation.register(Powers, example=Powers(2), input_shape=(5,))
    assert own_layers.by_name() == {"Powers": Powers}
