"""The published networks: parameter counts, shapes and ranges."""

import math

import keras
import numpy as np
import pytest

from dpgan_tf.models import networks


def num_trainable(model):
    return sum(math.prod(v.shape) for v in model.trainable_variables)


def test_the_mnist_critic_has_the_published_parameters():
    critic = networks.build_critic((28, 28, 1), width=64)
    assert num_trainable(critic) == 1_030_144
    assert len(critic.trainable_variables) == 7


def test_the_mnist_generator_has_the_published_parameters():
    generator = networks.build_generator((28, 28, 1), latent_dim=128, width=64)
    assert num_trainable(generator) == 1_562_369


@pytest.mark.parametrize("channels", [1, 3])
def test_shapes_and_range(channels):
    shape = (28, 28, channels)
    generator = networks.build_generator(shape, latent_dim=8, width=4)
    critic = networks.build_critic(shape, width=4)
    images = generator(np.random.default_rng(0).normal(size=(5, 8)))
    assert images.shape == (5, *shape)
    assert np.abs(images).max() <= 1
    assert critic(images).shape == (5, 1)


def test_the_critic_halves_the_image_three_times():
    critic = networks.build_critic((28, 28, 1), width=4)
    sides = [
        layer.output.shape[1]
        for layer in critic.layers
        if layer.name.startswith("conv")
    ]
    assert sides == [14, 7, 4]


@pytest.mark.parametrize(
    ("side", "width", "num_variables", "of_critic", "of_generator"),
    [
        (48, 128, 7, 4_124_928, 22_060_000),
        (64, 64, 9, 4_314_752, 21_060_000),
    ],
)
def test_larger_networks_have_the_published_parameters(
    side, width, num_variables, of_critic, of_generator
):
    shape = (side, side, 3)
    critic = networks.build_critic(shape, width=width)
    assert num_trainable(critic) == of_critic
    assert len(critic.trainable_variables) == num_variables
    generator = networks.build_generator(shape, latent_dim=128, width=width)
    assert generator.count_params() == pytest.approx(of_generator, abs=10_000)


@pytest.mark.parametrize(
    "shape", [(48, 48, 3), (64, 64, 3), (32, 32, 1), (40, 64, 3), (9, 30, 1)]
)
@pytest.mark.parametrize("num_classes", [0, 5])
def test_any_size_has_a_pair_of_networks(shape, num_classes):
    critic = networks.build_critic(shape, width=2, num_classes=num_classes)
    generator = networks.build_generator(
        shape, latent_dim=8, width=2, num_classes=num_classes
    )
    inputs = keras.random.normal((5, 8))
    labels = keras.ops.arange(5)
    made = generator([inputs, labels] if num_classes else inputs)
    assert made.shape == (5, *shape)
    assert np.abs(made).max() <= 1
    scores = critic([made, labels] if num_classes else made)
    assert scores.shape == (5, 1)


def test_a_residual_block_adds_to_its_upsampled_input():
    generator = networks.build_generator((16, 16, 1), latent_dim=4, width=2)
    up = generator.get_layer("up_1_shortcut_up")
    assert up.interpolation == "nearest"
    for name in ("up_1_conv_1", "up_1_conv_2"):
        layer = generator.get_layer(name)
        layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    probe = keras.Model(
        generator.inputs,
        [
            generator.get_layer("up_1_sum").output,
            generator.get_layer("up_1_shortcut").output,
        ],
    )
    summed, shortcut = probe(np.ones((3, 4), np.float32))
    np.testing.assert_array_equal(summed, shortcut)


@pytest.mark.parametrize("shape", [(7, 28, 1), (64, 257, 3)])
def test_sides_out_of_range_raise(shape):
    with pytest.raises(ValueError, match="sides of 8 to 256"):
        networks.build_generator(shape, latent_dim=8, width=4)
    with pytest.raises(ValueError, match="sides of 8 to 256"):
        networks.build_critic(shape, width=4)


@pytest.mark.parametrize(
    "shape", [(8, 8, 1), (16, 12, 3), (28, 28, 1), (32, 32, 3), (100, 64, 3)]
)
def test_resize_convolutions_make_images_of_every_size(shape):
    generator = networks.build_generator(
        shape, latent_dim=5, width=4, num_classes=3, form="resized"
    )
    images = generator([np.zeros([2, 5]), np.array([0, 2])]).numpy()
    assert images.shape == (2, *shape)
    assert np.abs(images).max() <= 1
