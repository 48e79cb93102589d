"""A generator that is fitted to moments."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import moment_matching
from dpgan_tf.models import row_networks

MEAN = np.array([0.5, 0.4, 0.02, 0.3])


def generator():
    keras.utils.set_random_seed(0)
    return row_networks.build_table_generator(4, latent_dim=3, width=16)


def test_calibrated_means_are_the_wanted_ones():
    made = generator()
    # Biases alone: whatever the rest of the network does.
    last = made.get_layer("logits")
    last.kernel.assign(last.kernel * 5)
    before = [w.numpy() for w in made.weights[:-1]]
    moment_matching.calibrate(made, MEAN, seed=1)
    found = made(tf.random.normal([50_000, 3])).numpy().mean(axis=0)
    np.testing.assert_allclose(found, MEAN, atol=0.01)
    for weight, old in zip(made.weights[:-1], before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), old)


def test_the_distance_is_that_of_pairs_and_means_by_hand():
    pairs = np.zeros([4, 4])
    pairs[0, 1] = pairs[1, 0] = 0.25
    scale = np.array([1.0, 2.0, 1.0, 1.0])
    model = moment_matching.MomentMatching(
        generator(), mean=MEAN, scale=scale, pairs=pairs
    )
    halves = [
        MEAN + np.array([0.1, 0.2, 0.0, 0.0]),
        MEAN + np.array([-0.1, 0.0, 0.0, 0.0]),
    ]
    # First half: product .1 * .4 = .04; second: 0. Twice, for (i, j), (j, i).
    expected = 2 * (0.04 - 0.25) * (0.0 - 0.25)
    expected += 10 * (0.0**2 + (0.2 * 2 / 2) ** 2)
    found = model.distance(tf.constant(np.array(halves), tf.float32))
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_a_generator_learns_which_columns_go_together():
    mean = np.full(4, 0.3)
    correlation = np.eye(4)
    correlation[0, 1] = correlation[1, 0] = 0.6
    pairs = correlation * 0.21 * np.sqrt(1 / 0.21)
    np.fill_diagonal(pairs, 0)
    made = generator()
    moment_matching.calibrate(made, mean, seed=0)
    model = moment_matching.MomentMatching(
        made, mean=mean, scale=np.full(4, 0.21**-0.25), pairs=pairs
    )
    model.compile(optimizer=keras.optimizers.Adam(0.005))
    latents = tf.data.Dataset.range(400).map(
        lambda i: tf.random.stateless_normal([512, 3], tf.stack([i, i]))
    )
    model.fit(latents, verbose=0)
    p = made(tf.random.stateless_normal([20_000, 3], [5, 5])).numpy()
    rows = np.random.default_rng(0).random(p.shape) < p
    found = np.corrcoef(rows.T.astype(float))
    assert found[0, 1] > 0.45
    assert abs(found[2, 3]) < 0.1 and abs(found[0, 3]) < 0.1
    np.testing.assert_allclose(rows.mean(axis=0), mean, atol=0.05)


def test_calibrated_means_of_blocks_are_the_wanted_ones():
    keras.utils.set_random_seed(0)
    blocks = (2, 1, 3)
    made = row_networks.build_table_generator(
        6, latent_dim=3, width=16, blocks=blocks
    )
    last = made.get_layer("logits")
    last.kernel.assign(last.kernel * 5)
    mean = np.array([0.97, 0.03, 0.2, 0.6, 0.39, 0.01])
    moment_matching.calibrate(made, mean, seed=1, blocks=blocks)
    found = made(tf.random.normal([50_000, 3])).numpy().mean(axis=0)
    np.testing.assert_allclose(found, mean, atol=0.01)
