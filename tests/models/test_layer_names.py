"""Names of layers follow from a network's form alone."""

import json

import keras
from keras import layers

from dpgan_tf.models import layer_names


def names(network):
    renamed = layer_names.renamed(json.loads(network.to_json()))
    return [entry["config"]["name"] for entry in renamed["config"]["layers"]]


def test_a_layer_has_its_class_and_place_as_name():
    network = keras.Sequential(
        [keras.Input((3,), name="rows"), layers.Dense(1), layers.ReLU()]
    )
    assert names(network) == ["inputlayer_0", "dense_1", "relu_2"]


def test_every_name_in_the_graph_is_replaced():
    row = keras.Input((3,), name="rows_of_mine")
    hidden = layers.Dense(3, name="hidden_of_mine")(row)
    inner = keras.Sequential(
        [keras.Input((3,)), layers.Dense(2, name="inner_of_mine")],
        name="model_of_mine",
    )
    network = keras.Model(
        {"rows": row}, [inner(hidden), hidden], name="network_of_mine"
    )
    renamed = layer_names.renamed(json.loads(network.to_json()))
    assert "of_mine" not in json.dumps(renamed)
    keras.saving.deserialize_keras_object(renamed)


def test_the_given_json_is_left_as_it_is():
    network = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    values = json.loads(network.to_json())
    before = json.dumps(values)
    layer_names.renamed(values)
    assert json.dumps(values) == before


def test_the_layers_that_may_be_used_are_layers_of_keras():
    for name in layer_names.KNOWN | layer_names.DRAWING:
        assert issubclass(getattr(layers, name), layers.Layer), name
    assert not layer_names.KNOWN & layer_names.DRAWING
