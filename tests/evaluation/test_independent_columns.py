"""Rows of independent columns."""

import numpy as np

from dpgan_tf.evaluation import independent_columns
from tests.evaluation.column_metrics import toy


def test_a_row_is_in_one_cell_of_each_block_as_often_as_asked():
    means = toy.TRAIN.mean(axis=0)
    made = independent_columns.draw(
        means, blocks=toy.SCHEMA.blocks, num=20_000, seed=0
    )
    assert made.dtype == np.uint8 and made.max() == 1
    for cells in (slice(0, 4), slice(4, 8), slice(8, 10)):
        assert (made[:, cells].sum(axis=1) == 1).all()
    # Four deviations.
    np.testing.assert_allclose(
        made.mean(axis=0), means, atol=4 * 0.5 / 20_000**0.5
    )
    assert abs(np.corrcoef(made[:, 7], made[:, 9])[0, 1]) < 4 / 20_000**0.5


def test_noise_below_zero_is_cut_and_blocks_of_nothing_are_uniform():
    means = np.array([-0.2, 0.5, 0.5, -0.1, -0.3, 1.2, -0.2])
    made = independent_columns.draw(
        means, blocks=(3, 2, 1, 1), num=4_000, seed=0
    )
    shares = made.mean(axis=0)
    np.testing.assert_allclose(
        shares, [0, 0.5, 0.5, 0.5, 0.5, 1, 0], atol=4 * 0.5 / 4_000**0.5
    )
