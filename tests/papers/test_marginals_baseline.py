"""Rows of independent columns: as frequent as the noisy means say."""

import numpy as np
import pytest

from dpgan_tf.data import records
from dpgan_tf.papers import marginals_baseline


def test_marginals_have_the_noise_that_their_budget_asks_for():
    rows = np.zeros([1_000, 400], np.uint8)
    rows[::2, 200:] = 1
    errors_of_means = {}
    for epsilon in (0.5, 5.0):
        drawn = marginals_baseline.sample(
            records.PrivateRecords(rows, None, records.Scale(1, 0.0)),
            target_epsilon=epsilon,
            target_delta=1e-5,
            accountant="pld",
            row_clip_norm=15.0,
            num=4_000,
            seed=0,
        )
        # Frequent columns, where nothing is cut off below zero.
        found = drawn.mean(axis=0)[200:]
        errors_of_means[epsilon] = found.std()
    # Noise of 15 sigma / 1,000, sigma 7.03 and .89; draws add .008.
    assert errors_of_means[0.5] == pytest.approx(0.106, rel=0.25)
    assert errors_of_means[5.0] == pytest.approx(0.0155, rel=0.25)


def drawn(rows, *, largest=1, epsilon=1e4, num=2_000, seed=0, blocks=()):
    return marginals_baseline.sample(
        records.PrivateRecords(rows, None, records.Scale(largest, 0.0)),
        target_epsilon=epsilon,
        target_delta=1e-5,
        accountant="rdp",
        row_clip_norm=10.0,
        blocks=blocks,
        num=num,
        seed=seed,
    )


def test_columns_are_as_frequent_as_they_were_and_independent():
    """With hardly any noise; columns 0 and 1 are the same in every row."""
    rng = np.random.default_rng(1)
    rows = (rng.random([1_000, 4]) < [0.5, 0, 0.1, 0.9]).astype(np.uint8)
    rows[:, 1] = rows[:, 0]
    made = drawn(rows)
    assert made.dtype == np.uint8 and set(np.unique(made)) == {0, 1}
    # Four deviations of 2,000 draws.
    np.testing.assert_allclose(
        made.mean(axis=0), rows.mean(axis=0), atol=4 * 0.5 / 2_000**0.5
    )
    assert abs(np.corrcoef(made[:, 0], made[:, 1])[0, 1]) < 4 / 2_000**0.5


def test_counts_go_up_to_the_largest():
    rows = np.full([500, 3], 3, np.uint8)
    made = drawn(rows, largest=3, num=50)
    assert made.max() == 3 and made.mean() > 2.9


def test_the_noise_is_drawn_anew_each_time():
    """The seed is of the rows alone."""
    rows = np.ones([50, 30], np.uint8)
    first, second = (drawn(rows, epsilon=0.5) for _ in range(2))
    assert not np.array_equal(first, second)


def test_a_row_of_blocks_is_in_one_cell_of_each():
    """With hardly any noise; the blocks' cells are the same in every row."""
    cells = np.random.default_rng(1).choice(3, 1_000, p=(0.6, 0.3, 0.1))
    block = np.eye(3, dtype=np.uint8)[cells]
    made = drawn(np.concatenate([block, block], axis=1), blocks=(3, 3))
    first, second = made[:, :3], made[:, 3:]
    assert (first.sum(axis=1) == 1).all() and (second.sum(axis=1) == 1).all()
    np.testing.assert_allclose(
        first.mean(axis=0), (0.6, 0.3, 0.1), atol=4 * 0.5 / 2_000**0.5
    )
    same = (first * second).sum() / 2_000
    assert same == pytest.approx(0.46, abs=4 * 0.5 / 2_000**0.5)
