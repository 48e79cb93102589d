"""Architectures: the same text for the same network, and nothing but Keras."""

import copy
import json
import random

import keras
import numpy as np
import pytest
from keras import layers

from dpgan_tf import errors
from dpgan_tf.models import architecture
from dpgan_tf.models import networks
from dpgan_tf.privacy import isolation
from dpgan_tf.privacy import own_layers
from tests.privacy import custom_layers


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(own_layers, "_classes", {})


def of_many_layers():
    """Shared layers, an inner model, operations, labels, a wrapped layer."""
    image, label = keras.Input((8, 8, 1)), keras.Input((), dtype="int64")
    inner = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(4, 3, activation="relu")]
    )
    flat = layers.Flatten()(inner(image))
    shared = layers.Dense(4, kernel_constraint="max_norm")
    both = layers.Add()([shared(flat), 0.5 * shared(layers.ReLU()(flat))])
    joined = layers.Concatenate()([both[:, :2], keras.ops.one_hot(label, 5)])
    normed = layers.SpectralNormalization(layers.Dense(3))(joined)
    return keras.Model([image, label], layers.Dense(1)(normed))


def inputs():
    rng = np.random.default_rng(0)
    return [
        rng.normal(size=(3, 8, 8, 1)).astype("float32"),
        np.arange(3, dtype=np.int64),
    ]


def test_a_network_built_again_is_the_same_function():
    network = of_many_layers()
    again = architecture.build(architecture.to_text(network))
    again.set_weights(network.get_weights())
    np.testing.assert_array_equal(again(inputs()), network(inputs()))


def test_the_text_depends_on_nothing_that_was_built_before():
    first = architecture.to_text(of_many_layers())
    layers.Dense(3), of_many_layers()
    assert architecture.to_text(of_many_layers()) == first
    assert architecture.to_text(architecture.build(first)) == first


@pytest.mark.parametrize("num_classes", [0, 4])
def test_the_built_in_networks_have_texts(num_classes):
    network = networks.build_generator(
        (16, 16, 3), latent_dim=4, width=2, num_classes=num_classes
    )
    text = architecture.to_text(network)
    assert architecture.shapes(text) == tuple(
        tuple(v.shape) for v in network.trainable_variables
    )


def test_a_text_has_no_weights():
    network = of_many_layers()
    before = architecture.to_text(network)
    network.set_weights([weight + 1 for weight in network.get_weights()])
    assert architecture.to_text(network) == before


@pytest.mark.parametrize(
    "change", [{"units": 2}, {"use_bias": False}, {"activation": "relu"}]
)
def test_another_setting_is_another_text(change):
    def text(**settings):
        return architecture.to_text(
            keras.Sequential(
                [keras.Input((3,)), layers.Dense(**{"units": 1} | settings)]
            )
        )

    assert text() != text(**change)


def with_layer(layer):
    return lambda: keras.Sequential([keras.Input((4,)), layer])


def constant():
    row = keras.Input((4,))
    return keras.Model(row, layers.Add()([row, np.ones((1, 4), np.float32)]))


def own_activation(x):
    return x


REFUSED = {
    "lambda": with_layer(layers.Lambda(lambda x: x)),
    "lambda as activation": with_layer(layers.Dense(2, lambda x: x)),
    "function": with_layer(layers.Dense(2, own_activation)),
    "constant": constant,
    "array": with_layer(
        layers.Dense(
            2, kernel_initializer=keras.initializers.Constant(np.ones((4, 2)))
        )
    ),
    "dropout": with_layer(layers.Dropout(0.5)),
    "own layer": with_layer(custom_layers.Gate()),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_of_keras_has_no_text(name):
    with pytest.raises(errors.UserError, match="network has a ") as refusal:
        architecture.to_text(REFUSED[name]())
    assert "\n" not in str(refusal.value)


def test_a_subclass_of_a_model_has_no_text():
    class Own(keras.Model):
        def call(self, inputs):
            return inputs

    with pytest.raises(errors.UserError, match="keras.Sequential"):
        architecture.to_text(Own())


def test_a_registered_layer_is_known_to_this_process_alone(monkeypatch):
    isolation.register(custom_layers.Gate)
    network = with_layer(custom_layers.Gate(units=2))()
    text = architecture.to_text(network)
    again = architecture.build(text)
    again.set_weights(network.get_weights())
    row = np.ones((1, 4), np.float32)
    np.testing.assert_array_equal(again(row), network(row))
    with pytest.raises(errors.UserError, match="the generator has a Gate"):
        architecture.require_of_keras(text)
    monkeypatch.setattr(own_layers, "_classes", {})
    with pytest.raises(errors.UserError, match="isolation.register"):
        architecture.build(text)


class Built(BaseException):
    """No error: `architecture.build` must not turn it into one of its own."""


FORGED = [
    {"module": "os", "class_name": "system"},
    {"module": "builtins", "class_name": "eval"},
    {"module": "builtins", "class_name": "function"},
    {"module": "keras.layers", "class_name": "TFSMLayer"},
    {"module": "keras.layers", "class_name": "Lambda"},
    {"module": "keras.layers", "class_name": "__lambda__"},
    {"module": "keras.src.ops.numpy", "class_name": "np"},
    {"module": "keras.src.ops.numpy", "class_name": "KerasTensor"},
    {"module": "keras.src.ops.numpy", "class_name": "__builtins__"},
    {"module": "keras.initializers", "class_name": "deserialize"},
    {"module": "dpgan_tf.models", "class_name": "Sequential"},
    {"module": "own", "class_name": "Gate"},
    {"module": None, "class_name": "Dense"},
    {"module": ["keras.layers"], "class_name": "Dense"},
    {"module": "keras.layers", "class_name": ["Dense"]},
    {"registered_name": "Evil>Dense"},
    {"config": {"activation": {"value": ["code", None, None]}}},
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_nothing_is_built_from_a_text_that_names_something_else(
    forged, monkeypatch
):
    def build(*args, **settings):
        raise Built

    text = json.loads(architecture.to_text(with_layer(layers.Dense(1))()))
    text["config"]["layers"][1] |= forged
    monkeypatch.setattr(keras.saving, "deserialize_keras_object", build)
    with pytest.raises(errors.UserError):
        architecture.build(json.dumps(text))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"class_name": 3}'])
def test_a_damaged_text_is_refused_in_one_line(text):
    with pytest.raises(errors.UserError) as refusal:
        architecture.build(text)
    assert "\n" not in str(refusal.value)


def test_a_text_changed_anywhere_is_built_or_refused():
    """Nothing but `UserError` comes of it."""
    text = json.loads(architecture.to_text(of_many_layers()))
    rng = random.Random(0)
    for _ in range(60):
        changed = copy.deepcopy(text)
        place = changed
        while True:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = rng.choice(keys)
            if not isinstance(place[key], (dict, list)) or not place[key]:
                break
            place = place[key]
        place[key] = rng.choice([None, -1, "x", [], {}, 1.5, [3]])
        try:
            architecture.build(json.dumps(changed))
        except errors.UserError:
            continue


def test_an_architecture_that_a_recipe_cannot_hold_is_refused(monkeypatch):
    monkeypatch.setattr(architecture, "LARGEST", 500)
    with pytest.raises(errors.UserError, match="and 500 is the most"):
        architecture.to_text(of_many_layers())
