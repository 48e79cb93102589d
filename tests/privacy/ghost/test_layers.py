"""Layers give the same through a recorder, and are themselves again after."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import layers as ghost_layers
from tests.privacy.ghost import reference

RNG = np.random.default_rng(0)
IMAGES = tf.constant(RNG.normal(size=(3, 6, 5, 4)), tf.float32)

SUPPORTED = [
    layers.Dense(3),
    layers.Dense(3, use_bias=False, activation="gelu"),
    layers.Conv2D(3, (2, 3), strides=(2, 1), activation="tanh"),
    layers.Conv2D(3, 3, dilation_rate=(1, 2), padding="same", use_bias=False),
    layers.LayerNormalization(),
    layers.LayerNormalization(axis=[1, 2], center=False),
    layers.LayerNormalization(axis=[3, 1], epsilon=0.5),
    layers.LayerNormalization(axis=-2, scale=False),
    layers.GroupNormalization(2),
    layers.GroupNormalization(-1, scale=False, epsilon=0.5),
    layers.GroupNormalization(1, center=False),
]


class Doubled(layers.Layer):
    """A layer that nobody knows, with a weight."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], name="scale")

    def call(self, inputs):
        return 2 * self.scale * inputs


UNSUPPORTED = [
    layers.Conv2DTranspose(2, 3, name="odd"),
    layers.DepthwiseConv2D(3, name="odd"),
    layers.SeparableConv2D(2, 3, name="odd"),
    layers.Conv2D(2, 3, groups=2, name="odd"),
    layers.PReLU(name="odd"),
    layers.LayerNormalization(rms_scaling=True, name="odd"),
    layers.GroupNormalization(2, axis=1, name="odd"),
    layers.TimeDistributed(layers.Conv1D(2, 3, name="odd")),
    layers.BatchNormalization(name="odd"),
    Doubled(name="odd"),
]


def randomize(model):
    for variable in model.trainable_variables:
        variable.assign(RNG.normal(size=variable.shape))
    return model


def score_of(*added, shape=(6, 5, 4)):
    critic = keras.Sequential(
        [keras.Input(shape), *added, layers.Flatten(), layers.Dense(1)]
    )
    return randomize(critic)


class Plain:
    """Applies weights, and remembers nothing."""

    def apply(self, operator, variable, signal):
        return operator.forward(signal, tf.convert_to_tensor(variable.value))


def names(layer):
    return f"{type(layer).__name__} {layer.get_config()}"


@pytest.mark.parametrize("layer", SUPPORTED, ids=names)
def test_a_recorded_layer_gives_what_the_layer_gives(layer):
    critic = score_of(layer)
    expected = critic(IMAGES)
    with ghost_layers.recorded(critic, Plain()):
        assert "call" in vars(layer)
        found = critic(IMAGES, training=True)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert ghost_layers.unsupported(critic) == []


@pytest.mark.parametrize(
    "labels", [[0, 3, 1], [[0, 1], [2, 2], [3, 0]], [-1, 0, -4]], ids=str
)
def test_a_recorded_embedding_gives_what_the_layer_gives(labels):
    """Keras counts negative labels from the end."""
    labels = tf.constant(labels)
    critic = keras.Sequential(
        [keras.Input(labels.shape[1:], dtype="int32"), layers.Embedding(4, 3)]
    )
    randomize(critic)
    expected = critic(labels)
    with ghost_layers.recorded(critic, Plain()):
        found = critic(labels)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("layer", UNSUPPORTED, ids=names)
def test_a_layer_whose_use_of_weights_is_not_known_is_named(layer):
    critic = score_of(layer)
    odd = layer.layer if isinstance(layer, layers.TimeDistributed) else layer
    assert ghost_layers.unsupported(critic) == [f"odd ({type(odd).__name__})"]


def test_a_layer_inside_of_a_nested_model_is_named():
    inner = keras.Sequential(
        [keras.Input((6, 5, 4)), layers.PReLU(name="hidden")], name="inner"
    )
    critic = score_of(inner)
    assert ghost_layers.unsupported(critic) == ["hidden (PReLU)"]


def test_a_subclass_of_a_known_layer_is_not_known():
    class Squared(layers.Dense):
        def call(self, inputs):
            return super().call(inputs) ** 2

    critic = score_of(Squared(2, name="squared"))
    assert ghost_layers.unsupported(critic) == ["squared (Squared)"]


def test_a_layer_with_adapters_is_not_known():
    layer = layers.Dense(3, lora_rank=2, name="adapted")
    critic = score_of(layer)
    assert ghost_layers.unsupported(critic) == ["adapted (Dense)"]


@pytest.mark.parametrize("layer", [layers.PReLU(), layers.Conv2D(2, 3)])
def test_a_layer_without_trainable_weights_is_left_alone(layer):
    critic = score_of(layer)
    layer.trainable = False
    assert ghost_layers.unsupported(critic) == []
    with ghost_layers.recorded(critic, Plain()):
        assert "call" not in vars(layer)


def shared_critic():
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    inner = keras.Sequential([keras.Input((6, 5, 4)), shared])
    return score_of(shared, inner, shared)


def calls(critic):
    return [
        vars(layer)["call"]
        for layer in critic._flatten_layers()
        if "call" in vars(layer)
    ]


def test_a_layer_that_is_used_often_is_wrapped_once_and_restored():
    critic = shared_critic()
    before = critic(IMAGES)
    with ghost_layers.recorded(critic, Plain()):
        assert len(calls(critic)) == 2
        during = critic(IMAGES)
    np.testing.assert_allclose(during, before, rtol=1e-5, atol=1e-4)
    assert calls(critic) == []


def test_layers_are_restored_after_an_error_in_the_loss():
    critic = shared_critic()
    before = critic(IMAGES)

    def loss_fn(images):
        critic(images)
        raise RuntimeError("in the loss")

    with pytest.raises(RuntimeError, match="in the loss"):
        ghost.differentiate(loss_fn, critic, IMAGES)
    assert calls(critic) == []
    np.testing.assert_array_equal(critic(IMAGES), before)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(critic(IMAGES))
    weights = [v.value for v in critic.trainable_variables]
    assert all(g is not None for g in tape.gradient(loss, weights))


def test_layers_are_restored_after_a_refusal():
    critic = score_of(layers.Dense(3))
    with pytest.raises(errors.PrivacyError):
        ghost.differentiate(lambda x: critic(x[:2])[:, 0], critic, IMAGES)
    assert calls(critic) == []


@pytest.mark.parametrize("frozen", ["kernel", "bias"])
@pytest.mark.parametrize("kind", [layers.Conv2D, layers.Dense])
def test_one_frozen_weight_of_a_layer_is_a_constant(kind, frozen):
    layer = kind(3, 3) if kind is layers.Conv2D else kind(3)
    critic = score_of(layer, layers.Activation("tanh"))
    getattr(layer, frozen).trainable = False
    assert len(critic.trainable_variables) == 3
    loss_fn = reference.penalized(critic)
    records = reference.records(3, (6, 5, 4))
    expected = reference.one_at_a_time(loss_fn, critic, records)
    _, gradients = ghost.differentiate(loss_fn, critic, records)
    reference.assert_gradients_equal(gradients, expected.gradients)


def test_a_layer_in_a_wrapper_is_recorded():
    critic = score_of(layers.TimeDistributed(layers.Dense(3)))
    loss_fn = reference.penalized(critic)
    records = reference.records(3, (6, 5, 4))
    expected = reference.one_at_a_time(loss_fn, critic, records)
    _, gradients = ghost.differentiate_unjudged(loss_fn, critic, records)
    reference.assert_gradients_equal(gradients, expected.gradients)
