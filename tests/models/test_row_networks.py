"""Perceptrons for rows: what they compute, and with which variables."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import row_networks


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def test_the_critic_is_two_leaky_layers_and_a_score():
    critic = row_networks.build_table_critic(5, width=4)
    rows = np.random.default_rng(0).uniform(size=[7, 5]).astype(np.float32)
    *hidden, score = [v.numpy() for v in critic.trainable_variables]
    found = rows
    for kernel, bias in zip(hidden[::2], hidden[1::2], strict=True):
        found = found @ kernel + bias
        found = np.where(found > 0, found, 0.2 * found)
    np.testing.assert_allclose(critic(rows), found @ score, rtol=1e-5)


def test_the_score_has_no_bias():
    """It would cost noise, and change no difference of scores."""
    critic = row_networks.build_table_critic(5, width=4)
    assert not critic.get_layer("score").use_bias


@pytest.mark.parametrize(("num_columns", "width"), [(1, 1), (5, 4), (942, 9)])
def test_the_shapes_are_those_of_the_variables(num_columns, width):
    critic = row_networks.build_table_critic(num_columns, width=width)
    found = [tuple(v.shape) for v in critic.trainable_variables]
    wanted = row_networks.table_critic_shapes(num_columns, width=width)
    assert found == wanted


def test_the_generator_is_two_relu_layers_and_a_sigmoid():
    generator = row_networks.build_table_generator(5, latent_dim=3, width=4)
    latents = np.random.default_rng(0).normal(size=[7, 3]).astype(np.float32)
    found = latents
    *hidden, kernel, bias = [v.numpy() for v in generator.variables]
    for weights, shift in zip(hidden[::2], hidden[1::2], strict=True):
        further = np.maximum(found @ weights + shift, 0)
        found = np.concatenate([found, further], axis=1)
    expected = 1 / (1 + np.exp(-(found @ kernel + bias)))
    np.testing.assert_allclose(generator(latents), expected, rtol=1e-4)


def test_a_new_generator_gives_every_column_one_in_a_hundred():
    generator = row_networks.build_table_generator(50, latent_dim=8, width=64)
    at_zero = generator(np.zeros([1, 8], np.float32)).numpy()
    np.testing.assert_allclose(at_zero, 0.01, rtol=1e-5)
    latents = np.random.default_rng(0).normal(size=[500, 8])
    found = generator(latents.astype(np.float32)).numpy()
    assert 0.005 < np.median(found) < 0.02


def test_a_row_does_not_depend_on_the_others_of_its_batch():
    generator = row_networks.build_table_generator(5, latent_dim=3, width=4)
    latents = np.random.default_rng(0).normal(size=[7, 3]).astype(np.float32)
    together = generator(latents, training=True)[:1]
    alone = generator(latents[:1], training=False)
    np.testing.assert_allclose(together, alone, rtol=1e-5)
    assert generator.non_trainable_variables == []


BLOCKS = (3, 1, 4, 1, 2)


def _generator_of_blocks():
    return row_networks.build_table_generator(
        11, latent_dim=3, width=4, blocks=BLOCKS
    )


def test_blocks_are_softmaxes_and_single_columns_sigmoids():
    logits = np.random.default_rng(0).normal(size=[7, 11]) * 30
    found = row_networks.BlockSoftmax(BLOCKS)(logits.astype(np.float32))
    parts = np.split(logits, np.cumsum(BLOCKS)[:-1], axis=1)
    expected = [
        1 / (1 + np.exp(-part))
        if part.shape[1] == 1
        else np.exp(part) / np.exp(part).sum(axis=1, keepdims=True)
        for part in parts
    ]
    np.testing.assert_allclose(
        found, np.concatenate(expected, axis=1), rtol=1e-4, atol=1e-30
    )


def test_huge_logits_give_probabilities_and_gradients():
    logits = tf.constant([[1e30, -1e30, 0, 500, -500, 90, 91, 88, -1e30, 1, 1]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        found = row_networks.BlockSoftmax(BLOCKS)(logits)
        loss = tf.reduce_sum(found**2)
    assert np.isfinite(found.numpy()).all()
    assert np.isfinite(tape.gradient(loss, logits).numpy()).all()


def test_a_new_generator_gives_all_columns_of_a_block_the_same():
    at_zero = _generator_of_blocks()(np.zeros([1, 3], np.float32)).numpy()[0]
    shares = np.repeat([1 / 3, 0.01, 1 / 4, 0.01, 1 / 2], BLOCKS)
    np.testing.assert_allclose(at_zero, shares, rtol=1e-5)


def test_a_generator_of_blocks_can_be_cloned():
    generator = _generator_of_blocks()
    clone = keras.models.clone_model(generator)
    clone.set_weights(generator.get_weights())
    latents = np.random.default_rng(0).normal(size=[7, 3]).astype(np.float32)
    np.testing.assert_array_equal(clone(latents), generator(latents))
