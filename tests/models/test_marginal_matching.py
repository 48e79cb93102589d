"""A generator that is fitted to products of pairs of columns."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import marginal_matching
from dpgan_tf.models import row_networks

BLOCKS = (2, 1, 3)


def generator():
    keras.utils.set_random_seed(0)
    return row_networks.build_table_generator(
        6, latent_dim=4, width=16, blocks=BLOCKS
    )


def test_the_distance_of_two_halves_by_hand():
    model = marginal_matching.MarginalMatching(
        row_networks.build_table_generator(2, latent_dim=2, width=2)
    )
    target = np.array([[0.5, 0.1], [0.1, 0.2]])
    weights = np.array([[1.0, 2.0], [2.0, 0.0]])
    model.follow(target, weights)
    rows = [[1.0, 0.5], [0.0, 1.0], [0.5, 0.5], [0.5, 0.0]]
    # Means .5 and .75, mean product .25; and .5, .25 and .125.
    wanted = (0.0 * 0.0) * 1 + 2 * 2 * (0.25 - 0.1) * (0.125 - 0.1)
    found = model.distance(tf.constant(rows))
    assert float(found) == pytest.approx(marginal_matching._SCALE * wanted)


def test_products_are_means_with_means_on_the_diagonal():
    model = marginal_matching.MarginalMatching(generator())
    found = model.products(num=5_000, seed=3)
    np.testing.assert_allclose(found, found.T, rtol=1e-6)
    mean = np.diag(found)
    assert mean[:2].sum() == pytest.approx(1, abs=1e-5)
    assert mean[3:].sum() == pytest.approx(1, abs=1e-5)
    # A block's cells with another block's add up to that one's means.
    np.testing.assert_allclose(found[:2, 3:].sum(axis=0), mean[3:], atol=1e-5)
    np.testing.assert_array_equal(found, model.products(num=5_000, seed=3))
    assert (found != model.products(num=5_000, seed=4)).any()


def test_steps_lead_to_what_is_followed_and_then_to_what_is_followed_next():
    model = marginal_matching.MarginalMatching(generator())
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    for cells in ((0, 1), (1, 0)):
        target = np.diag([0.5, 0.5, 0.2, 0.4, 0.4, 0.2])
        block = np.zeros([2, 3])
        block[cells, (0, 1)] = 0.4
        block[:, 2] = 0.1
        target[:2, 3:] = block
        target[3:, :2] = block.T
        weights = np.zeros([6, 6])
        weights[:2, 3:] = weights[3:, :2] = 1
        np.fill_diagonal(weights, 1)
        model.follow(target, weights)
        before = abs(model.products(num=2_048, seed=1) - target)[weights > 0]
        latents = tf.data.Dataset.range(300).map(
            lambda i: tf.random.stateless_normal([256, 4], [7, i])
        )
        model.fit(latents, verbose=0, shuffle=False)
        after = abs(model.products(num=2_048, seed=1) - target)[weights > 0]
        assert after.max() < 0.05 < before.max()


def test_what_has_no_weight_is_not_followed():
    model = marginal_matching.MarginalMatching(generator())
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    before = model.generator.get_weights()
    model.follow(np.full([6, 6], 0.3), np.zeros([6, 6]))
    model.fit(tf.random.stateless_normal([8, 4], [1, 2]), verbose=0)
    for old, new in zip(before, model.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
