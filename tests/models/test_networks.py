"""The published networks: parameter counts, shapes and ranges."""

import math

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


def test_images_of_another_size_raise():
    with pytest.raises(ValueError, match="28 x 28"):
        networks.build_generator((32, 32, 1), latent_dim=8, width=4)
