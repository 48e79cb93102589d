"""Networks of one's own: checked before anything is charged."""

import dataclasses
import json

import keras
import numpy as np
import pytest
from keras import layers

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import learning
from dpgan_tf.data import records
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import own_layers
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import own_network_checks
from dpgan_tf.run import own_networks
from tests.privacy import custom_layers

SHAPE = (8, 8, 1)
FORM = records.Form(SHAPE, num_classes=3)
TABLE = records.Form((12,), largest=2)
BASE = recipes.change(presets.get("mnist_basic"), {"data.num_classes": 3})


def critic(shape=SHAPE, *, num_classes=0, extra=()):
    image = keras.Input(shape)
    hidden = layers.Flatten()(image)
    inputs = image
    if num_classes:
        label = keras.Input((), dtype="int64")
        inputs = [image, label]
        rows = layers.Embedding(num_classes, 4)(label)
        hidden = layers.Concatenate()([hidden, rows])
    for layer in extra:
        hidden = layer(hidden)
    return keras.Model(inputs, layers.Dense(1)(hidden), name="mine")


def generator(shape=SHAPE, *, num_classes=0, end="tanh", latent_dim=5):
    latent = keras.Input((latent_dim,))
    hidden, inputs = latent, latent
    if num_classes:
        label = keras.Input((), dtype="int64")
        inputs = [latent, label]
        rows = layers.Embedding(num_classes, 4)(label)
        hidden = layers.Concatenate()([latent, rows])
    hidden = layers.Dense(int(np.prod(shape)), activation=end)(hidden)
    return keras.Model(inputs, layers.Reshape(shape)(hidden), name="mine")


def put(**networks):
    return own_networks.put_into(BASE, **networks)


def test_a_recipe_without_own_networks_stays_as_it_is():
    assert put() is BASE
    assert json.loads(BASE.to_json())["networks"].keys() <= {
        field.name for field in dataclasses.fields(learning.Networks)
    }


def test_a_network_that_is_not_given_is_that_of_the_recipe():
    base = recipes.change(BASE, {"networks.generator": "resized"})
    recipe = own_networks.put_into(base, critic=critic)
    assert recipe.networks.generator == "resized"
    assert assembly.own_architecture(recipe, "critic")
    assert assembly.own_architecture(recipe, "generator") is None


def test_a_function_and_a_model_are_the_same():
    assert put(critic=critic) == put(critic=critic())
    assert put(generator=generator) == put(generator=generator())


def test_networks_decide_what_follows_from_them():
    recipe = put(critic=critic, generator=generator)
    assert recipe.networks.latent_dim == 5
    assert not recipe.networks.conditional
    labelled = {"num_classes": 3}
    recipe = put(critic=critic(**labelled), generator=generator(**labelled))
    assert recipe.networks.conditional
    own_network_checks.require_fit(recipe, FORM)
    assert put(critic=critic).networks.latent_dim == BASE.networks.latent_dim


def test_the_digest_tells_networks_from_each_other():
    other = critic(extra=[layers.LeakyReLU()])
    found = {
        recipe.digest()
        for recipe in (
            BASE,
            put(critic=critic),
            put(critic=other),
            put(generator=generator),
            put(critic=critic, generator=generator),
        )
    }
    assert len(found) == 5


def test_a_recipe_with_own_networks_survives_as_json_and_a_change():
    recipe = put(critic=critic, generator=generator)
    assert config_text.from_json(recipe.to_json()) == recipe
    changed = recipes.change(recipe, {"steps.checkpoint_every": 7})
    assert changed.networks == recipe.networks


def test_what_is_given_is_what_is_built_and_priced():
    given = critic(extra=[layers.Dense(7), layers.LayerNormalization()])
    recipe = recipes.change(
        put(critic=given, generator=generator), {"grouping": "weight_bias"}
    )
    made, maker = assembly.build_networks(recipe, FORM)
    shapes = [tuple(v.shape) for v in made.trainable_variables]
    assert shapes == [tuple(v.shape) for v in given.trainable_variables]
    assert assembly.critic_shapes(recipe, FORM) == shapes
    assert maker.output_shape == (None, *SHAPE)
    # Two kernels, and all vectors together.
    assert budgets.build_budget(recipe, FORM).mechanism.num_groups == 3


def test_more_weights_have_more_noise():
    def length(given):
        return budgets.noise_length(put(critic=given), FORM)

    wide = critic(extra=[layers.Dense(65)])
    one, other = (sum(map(np.size, x.get_weights())) for x in (critic(), wide))
    assert length(wide) / length(critic()) == pytest.approx(
        np.sqrt(other / one), rel=1e-6
    )


def test_weights_of_a_given_network_are_not_kept():
    given = critic()
    given.set_weights([weight + 3 for weight in given.get_weights()])
    assert put(critic=given) == put(critic=critic)
    made = assembly.build_critic(put(critic=given), FORM)
    assert np.max(np.abs(made.get_weights()[0])) < 1


def sharing_between_models():
    shared = layers.Dense(3)
    first = keras.Sequential([keras.Input((3,)), shared])
    second = keras.Sequential([keras.Input((3,)), shared])
    latent = keras.Input((3,))
    hidden = second(first(latent))
    hidden = layers.Dense(64, activation="tanh")(hidden)
    return keras.Model(latent, layers.Reshape(SHAPE)(hidden))


def unbuilt():
    return keras.Sequential([layers.Dense(3)])


class Own(keras.Model):
    def call(self, inputs):
        return inputs


def float_labels():
    latent, label = keras.Input((4,)), keras.Input((1,))
    joined = layers.Concatenate()([latent, label])
    hidden = layers.Dense(64, activation="tanh")(joined)
    return keras.Model([latent, label], layers.Reshape(SHAPE)(hidden))


NO_NETWORKS = {
    "a number": ({"critic": 3}, "critic=3; expected a keras.Model"),
    "a function of nothing": (
        {"generator": lambda: None},
        "generator=None; ex",
    ),
    "unbuilt": ({"generator": unbuilt}, "from keras.Input"),
    "a subclass": ({"generator": Own}, "a subclass of keras.Model"),
    "float labels": ({"generator": float_labels}, "expected latents, float32"),
    "shared": ({"generator": sharing_between_models}, "it is another network"),
    "labels of one": (
        {"critic": critic(num_classes=3), "generator": generator()},
        "the critic takes labels and the other network does not",
    ),
    "dropout": (
        {
            "generator": lambda: keras.Sequential(
                [keras.Input((4,)), layers.Dropout(0.5)]
            )
        },
        "leave it out",
    ),
}


@pytest.mark.parametrize("name", NO_NETWORKS)
def test_what_is_no_network_is_refused_in_one_line(name):
    given, match = NO_NETWORKS[name]
    with pytest.raises(errors.UserError, match=match) as refusal:
        put(**given)
    assert "\n" not in str(refusal.value)


def test_a_critic_in_which_records_meet_is_refused_by_its_own_name():
    mixing = critic(extra=[layers.BatchNormalization(name="my_norm")])
    with pytest.raises(privacy_errors.PrivacyError, match="layer 'my_norm' "):
        put(critic=mixing)


def test_an_own_layer_is_for_critics_alone(monkeypatch):
    monkeypatch.setattr(own_layers, "_classes", {"Gate": custom_layers.Gate})
    recipe = put(critic=critic(extra=[custom_layers.Gate(units=4)]))
    own_network_checks.require_fit(recipe, FORM)
    with pytest.raises(errors.UserError, match="the generator has a Gate"):
        put(
            generator=keras.Sequential(
                [keras.Input((4,)), custom_layers.Gate(units=4)]
            )
        )
    monkeypatch.setattr(own_layers, "_classes", {})
    with pytest.raises(errors.UserError, match="isolation.register"):
        own_network_checks.require_fit(recipe, FORM)


def test_a_guide_needs_networks_with_labels():
    recipe = presets.get("mnist_surrogate")
    with pytest.raises(errors.ConfigError, match="summary.guide_steps=130"):
        own_networks.put_into(recipe, critic=critic)
    both = own_networks.put_into(recipe, critic=critic(num_classes=3))
    assert both.summary == recipe.summary
    plain = recipes.change(
        recipe, {"networks.conditional": False, "summary.guide_steps": 0}
    )
    alone = own_networks.put_into(plain, critic=critic)
    assert alone.summary == plain.summary


def test_a_layer_that_forgets_a_setting_is_another_network(monkeypatch):
    class Forgetful(layers.Layer):
        def __init__(self, factor=1.0, **settings):
            super().__init__(**settings)
            self.factor = factor

        def call(self, inputs):
            return inputs * self.factor

        def get_config(self):
            return {"name": self.name}

    monkeypatch.setattr(own_layers, "_classes", {"Forgetful": Forgetful})
    put(critic=critic(extra=[Forgetful()]))
    with pytest.raises(errors.UserError, match="every setting of your own"):
        put(critic=critic(extra=[Forgetful(factor=2.0)]))
