"""Which engine is taken, and that it says why."""

import keras
import pytest
from keras import layers

from dpgan_tf.models import networks
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import errors


def critic_with(*added):
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            *added,
            layers.Flatten(),
            layers.Dense(1, name="score"),
        ]
    )


def test_auto_takes_the_ghost_engine_for_the_networks_of_the_project():
    critic = networks.build_critic((28, 28, 1), width=2)
    engine = engines.choose("auto", critic)
    assert engine.name == "ghost"
    assert not engine.joint_pass
    assert "all critic layers" in engine.why


@pytest.mark.parametrize("name", ["ghost", "vectorized"])
def test_an_engine_that_is_asked_for_is_taken(name):
    engine = engines.choose(name, critic_with())
    assert (engine.name, engine.why) == (name, "asked for")


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2DTranspose(2, 3, name="odd"),
        layers.PReLU(name="odd"),
        layers.Conv2D(2, 3, groups=2, name="odd"),
        layers.LayerNormalization(rms_scaling=True, name="odd"),
        layers.GroupNormalization(2, axis=1, name="odd"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_layer_that_ghost_does_not_know_is_named(layer):
    critic = critic_with(layer)
    wanted = f"odd .{type(layer).__name__}"
    with pytest.raises(errors.PrivacyError, match=wanted):
        engines.choose("ghost", critic)
    engine = engines.choose("auto", critic)
    assert engine.name == "vectorized"
    assert f"odd ({type(layer).__name__})" in engine.why


def test_layers_without_weights_and_frozen_ones_are_all_known():
    frozen = layers.PReLU(name="frozen", trainable=False)
    critic = critic_with(frozen, layers.MaxPooling2D(), layers.ELU())
    assert engines.choose("auto", critic).name == "ghost"


def test_weights_of_the_critic_itself_are_not_known():
    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.score = layers.Dense(1)
            self.scale = self.add_weight(shape=(), name="scale")

        def call(self, images):
            flat = keras.ops.reshape(images, (-1, 72))
            return self.scale * self.score(flat)

    critic = Own()
    critic.build((None, 6, 6, 2))
    with pytest.raises(errors.PrivacyError, match="own"):
        engines.choose("ghost", critic)


@pytest.mark.parametrize("name", ["ghosts", "", "jax"])
def test_an_unknown_engine_is_refused(name):
    with pytest.raises(ValueError, match=f"engine='{name}'"):
        engines.choose(name, critic_with())
